//! Expiry: when tokens are refreshed, and when a session ends.

use std::time::Duration;

use crate::client::policy::{
    CONFIDENTIAL_SESSION_LIFETIME, EXPIRY_MARGIN, PUBLIC_SESSION_LIFETIME, REFRESH_EARLY,
};
use crate::store::{ClientAuth, SessionRecord};
use crate::types::Timestamp;

pub(super) fn is_expired(record: &SessionRecord, now: Timestamp) -> bool {
    record.access_expires_at.is_some_and(|end| end <= now)
}

/// Whether the access token is too close to its end to be used, also where it cannot be refreshed now.
pub(super) fn is_over(record: &SessionRecord, now: Timestamp) -> bool {
    is_expired(record, now.plus(EXPIRY_MARGIN.min(life(record) / 12)))
}

/// Whether the server gave the access token a lifetime above zero.
pub(super) fn has_life(record: &SessionRecord) -> bool {
    !life(record).is_zero()
}

fn life(record: &SessionRecord) -> Duration {
    let end = record.access_expires_at;
    end.map_or(Duration::ZERO, |end| record.refreshed_at.until(end))
}

/// About to expire. Sessions of one server do not all do so at once: each has its own moment (RFC 6749 §5.1).
pub(super) fn is_expiring(record: &SessionRecord, now: Timestamp) -> bool {
    let Some(end) = record.access_expires_at else {
        return false;
    };
    let early = REFRESH_EARLY.min(life(record) / 6).as_secs();
    let [spread, ..] = record.random_id;
    let jitter = early * u64::from(spread) / 512;
    end <= now.plus(Duration::from_secs(early.saturating_sub(jitter)))
}

/// When a session ends at the latest (AT Protocol OAuth: Tokens and Session Lifetime): two weeks after sign-in
/// for a public client, 180 days after the last refresh for a confidential one.
pub(crate) fn session_end(
    auth: &ClientAuth,
    created_at: Timestamp,
    refreshed_at: Timestamp,
) -> Timestamp {
    match auth {
        ClientAuth::None => created_at.plus(PUBLIC_SESSION_LIFETIME),
        ClientAuth::PrivateKeyJwt { .. } => refreshed_at.plus(CONFIDENTIAL_SESSION_LIFETIME),
    }
}

#[cfg(test)]
mod tests;
