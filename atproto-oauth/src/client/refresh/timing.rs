//! When tokens are renewed, and when a session is over.

use std::time::Duration;

use crate::store::{ClientAuth, SessionRecord};
use crate::types::Timestamp;

/// A token is renewed this long before it expires, or a sixth of its life, whichever is shorter.
const EARLY: Duration = Duration::from_mins(1);

/// A token is not used so close to its end. The reference server deletes the session whose token runs out
/// while it looks at a request.
const LAST: Duration = Duration::from_secs(5);

pub(super) fn is_expired(record: &SessionRecord, now: Timestamp) -> bool {
    record.access_expires_at.is_some_and(|end| end <= now)
}

/// Too late to use it, even if it cannot be renewed now.
pub(super) fn is_over(record: &SessionRecord, now: Timestamp) -> bool {
    is_expired(record, now.plus(LAST.min(life(record) / 12)))
}

/// Its server meant it to be used at all.
pub(super) fn has_life(record: &SessionRecord) -> bool {
    !life(record).is_zero()
}

fn life(record: &SessionRecord) -> Duration {
    let end = record.access_expires_at;
    end.map_or(Duration::ZERO, |end| record.refreshed_at.until(end))
}

/// About to expire. Sessions of one server do not all do so at once: each has its own moment (TK-11).
pub(super) fn is_expiring(record: &SessionRecord, now: Timestamp) -> bool {
    let Some(end) = record.access_expires_at else {
        return false;
    };
    let early = EARLY.min(life(record) / 6).as_secs();
    let [spread, ..] = record.nonce;
    let jitter = early * u64::from(spread) / 512;
    end <= now.plus(Duration::from_secs(early.saturating_sub(jitter)))
}

/// When a session ends at the latest (TK-13): two weeks after sign-in for a public client, 180 days
/// after the last refresh for a confidential one.
pub(crate) fn session_end(
    auth: &ClientAuth,
    created_at: Timestamp,
    refreshed_at: Timestamp,
) -> Timestamp {
    const DAY: u64 = 24;
    match auth {
        ClientAuth::None => created_at.plus(Duration::from_hours(14 * DAY)),
        ClientAuth::PrivateKeyJwt { .. } => refreshed_at.plus(Duration::from_hours(180 * DAY)),
    }
}

#[cfg(test)]
mod tests;
