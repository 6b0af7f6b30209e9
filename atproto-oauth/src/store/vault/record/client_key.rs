//! The record of a client key, shared by all processes.

use super::Record;
use crate::jose::{base64url, sha256};
use crate::store::vault::codec::{Reader, Writer, damaged};
use crate::store::{Kind, StoreError};
use crate::types::Timestamp;

/// Since when a client key is published, and its later states (AT Protocol OAuth: Confidential Client
/// Authentication). The key itself is not stored.
///
/// Its id is the SHA-256 of its name, its group [`KEYS`](Self::KEYS).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKeyRecord {
    /// The name of the key.
    pub kid: String,
    /// Its RFC 7638 thumbprint: the name is not for another key.
    pub thumbprint: [u8; 32],
    /// When a process first had it.
    pub first_seen: Timestamp,
    /// Since when no process has said that it lacks the key.
    pub published_at: Timestamp,
    /// When a process said that it lacks the key, unless one that has it answered since.
    pub missing_at: Option<Timestamp>,
    /// When it was declared compromised.
    pub compromised_at: Option<Timestamp>,
    /// When a process last began to count its sessions.
    pub counted_at: Option<Timestamp>,
    /// How many there were.
    pub sessions: Option<u64>,
}

impl ClientKeyRecord {
    /// The group that all of them are listed in.
    pub const KEYS: &'static str = "keys";

    /// A key that no process had before `now`.
    #[must_use]
    pub fn new(kid: &str, thumbprint: [u8; 32], now: Timestamp) -> Self {
        Self {
            kid: kid.into(),
            thumbprint,
            first_seen: now,
            published_at: now,
            missing_at: None,
            compromised_at: None,
            counted_at: None,
            sessions: None,
        }
    }

    /// The id of the key `kid`, which may hold any characters.
    #[must_use]
    pub fn id_of(kid: &str) -> String {
        base64url::encode(&sha256(kid.as_bytes()))
    }
}

const FORMAT: u8 = 1;

impl Record for ClientKeyRecord {
    const KIND: Kind = Kind::ClientKey;

    fn id(&self) -> String {
        Self::id_of(&self.kid)
    }

    fn group(&self) -> String {
        Self::KEYS.into()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        None
    }

    fn encode(&self, out: &mut Writer) {
        out.byte(FORMAT);
        out.text(&self.kid);
        out.array(&self.thumbprint);
        out.time(self.first_seen);
        out.time(self.published_at);
        out.option(self.missing_at, Writer::time);
        out.option(self.compromised_at, Writer::time);
        out.option(self.counted_at, Writer::time);
        out.option(self.sessions, Writer::number);
    }

    fn decode(id: &str, input: &mut Reader<'_>) -> Result<Self, StoreError> {
        input.format(FORMAT)?;
        let kid = input.text()?;
        if Self::id_of(kid) != id {
            return Err(damaged());
        }
        Ok(Self {
            kid: kid.into(),
            thumbprint: input.array()?,
            first_seen: input.time()?,
            published_at: input.time()?,
            missing_at: input.option(Reader::time)?,
            compromised_at: input.option(Reader::time)?,
            counted_at: input.option(Reader::time)?,
            sessions: input.option(Reader::number)?,
        })
    }
}
