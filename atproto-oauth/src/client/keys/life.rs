//! The life of a client key: published, active, retired; missing or compromised (CA-07, CA-08).

use std::time::Duration;

use crate::store::ClientKeyRecord;
use crate::types::Timestamp;

/// How long an authorization server may believe a key set that it fetched: the reference server does so
/// for ten minutes. What a key signs earlier is refused wherever an older key set is remembered.
pub(super) const CACHE: Duration = Duration::from_mins(10);

/// How often the sessions of a key are counted.
const COUNT: Duration = Duration::from_hours(24);

/// How long what is known of a key that nobody has any more is kept.
const FORGET: Duration = Duration::from_hours(24 * 365);

/// What a client key is good for at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyState {
    /// In the key set, and signs nothing yet: servers may not know it, or another key stands before it.
    Published,
    /// Signs new sign-ins, and what belongs to its sessions.
    Active,
    /// In the key set for the sessions that were made with it. It can be taken out when none is left.
    Retired,
    /// Not among the keys of this process. Its sessions wait until it is back.
    Missing,
    /// Somebody else may have it: it is not used, and its sessions are over.
    Compromised,
}

/// Since when a key of this process is published.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since {
    pub(super) first_seen: Timestamp,
    pub(super) published_at: Timestamp,
}

impl Since {
    pub(super) fn of(record: &ClientKeyRecord) -> Self {
        Self {
            first_seen: record.first_seen,
            published_at: record.published_at,
        }
    }

    /// Every server knows the key that asked for it at all.
    fn is_known(&self, now: Timestamp) -> bool {
        self.published_at.plus(CACHE) <= now
    }
}

/// Which of the keys, in the order of the settings, signs new sign-ins: the first that is known
/// everywhere. As long as none is, the one that was there first: in a first deployment nobody waits.
pub(super) fn active(keys: &[Since], now: Timestamp) -> Option<usize> {
    let oldest = || {
        let all = keys.iter().enumerate();
        all.min_by_key(|(_, key)| key.first_seen)
            .map(|(place, _)| place)
    };
    keys.iter()
        .position(|key| key.is_known(now))
        .or_else(oldest)
}

/// The states of the keys, in the order of the settings.
pub(super) fn states(keys: &[Since], now: Timestamp) -> Vec<KeyState> {
    let active = active(keys, now);
    let since = active.and_then(|place| keys.get(place));
    let state = |(place, key): (usize, &Since)| match active {
        Some(active) if active == place => KeyState::Active,
        Some(active) if active > place => KeyState::Published,
        // Behind the active one: it has signed already, or it has just come.
        _ if since.is_some_and(|active| active.first_seen < key.first_seen) => KeyState::Published,
        _ => KeyState::Retired,
    };
    keys.iter().enumerate().map(state).collect()
}

/// What this process says of a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Here {
    /// It is among its keys.
    Has([u8; 32]),
    Lacks,
    Compromised,
}

/// What becomes of a key's record; none if nothing.
///
/// A key that one process lacks may be missing in the key set that a server has just fetched. So it
/// counts as published from the moment on when that was last the case: a roll-out that takes long
/// is waited out, and a key that comes back after a while is new again.
pub(super) fn noted(
    kid: &str,
    record: Option<&ClientKeyRecord>,
    here: Here,
    now: Timestamp,
) -> Option<ClientKeyRecord> {
    let Some(record) = record else {
        return match here {
            Here::Has(thumbprint) => Some(ClientKeyRecord::new(kid, thumbprint, now)),
            Here::Lacks | Here::Compromised => None,
        };
    };
    let mut next = record.clone();
    match here {
        _ if record.compromised_at.is_some() => {}
        // Another key under the same name, which is refused.
        Here::Has(thumbprint) if thumbprint != record.thumbprint => {}
        Here::Has(_) if record.missing_at.is_some() || record.published_at > now => {
            next.first_seen = record.first_seen.min(now);
            next.published_at = now;
            next.missing_at = None;
            next.sessions = None;
        }
        Here::Has(_) => {}
        Here::Lacks => {
            next.missing_at.get_or_insert(now);
        }
        Here::Compromised => {
            next.compromised_at = Some(now);
            next.counted_at = None;
            next.sessions = None;
        }
    }
    (next != *record).then_some(next)
}

/// It is time to count the sessions of a key that can have them without using it: once a day, until there
/// are none. Of a compromised one a day longer, as another process may not have heard of it at once.
pub(super) fn is_due(record: &ClientKeyRecord, now: Timestamp) -> bool {
    let none_left = record.sessions == Some(0);
    let settled = match (record.compromised_at, record.missing_at) {
        (Some(since), _) => {
            let late = |at: Timestamp| at >= since.plus(COUNT);
            none_left && record.counted_at.is_some_and(late)
        }
        (None, Some(_)) => none_left,
        (None, None) => true,
    };
    let recent = |at: Timestamp| now < at.plus(COUNT);
    !settled && !record.counted_at.is_some_and(recent)
}

/// Nobody has had the key for a year, and no session waits for it. One that leaked is never forgotten.
pub(super) fn is_forgotten(record: &ClientKeyRecord, now: Timestamp) -> bool {
    let is_old = |since: Timestamp| since.plus(FORGET) <= now;
    let is_gone = record.missing_at.is_some_and(is_old);
    is_gone && record.sessions == Some(0) && record.compromised_at.is_none()
}

#[cfg(test)]
mod tests;
