//! DPoP nonces: per server, new every minute, the one before still accepted.

use crate::error::Error;
use crate::jose::{base64url, random, sha256};
use crate::types::Timestamp;

/// The secret all nonces derive from.
pub(super) struct Nonces {
    secret: [u8; 32],
}

impl Nonces {
    pub(super) fn new() -> Result<Self, Error> {
        Ok(Self { secret: random()? })
    }

    /// Makes every nonce so far invalid, also the newest.
    pub(super) fn rotate(&mut self) {
        self.secret = sha256(&self.secret);
    }

    /// The nonce that `server` gives out now.
    pub(super) fn current(&self, server: &str, now: Timestamp) -> String {
        self.of(server, now.0 / 60)
    }

    /// The current nonce, or the one of the minute before.
    pub(super) fn accepts(&self, server: &str, now: Timestamp, nonce: &str) -> bool {
        let minute = now.0 / 60;
        [minute, minute.saturating_sub(1)]
            .into_iter()
            .any(|minute| self.of(server, minute) == nonce)
    }

    fn of(&self, server: &str, minute: u64) -> String {
        let mut seed = self.secret.to_vec();
        seed.extend(minute.to_be_bytes());
        seed.extend(server.as_bytes());
        base64url::encode(&sha256(&seed))
    }
}
