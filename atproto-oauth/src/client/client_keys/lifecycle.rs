//! The lifecycle of a client key: published, active, retired; missing or compromised (AT Protocol OAuth:
//! Confidential Client Authentication).

use crate::client::policy::{KEY_COUNT_PERIOD, KEY_FORGET_AFTER, KEY_SET_CACHE};
use crate::store::ClientKeyRecord;
use crate::types::Timestamp;

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
    /// It leaked: it is not used, and its sessions are over.
    Compromised,
}

/// Since when a key of this process is published.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublishedSince {
    pub(super) first_seen: Timestamp,
    pub(super) published_at: Timestamp,
}

impl PublishedSince {
    pub(super) fn of(record: &ClientKeyRecord) -> Self {
        Self {
            first_seen: record.first_seen,
            published_at: record.published_at,
        }
    }

    /// Whether every server that fetches key sets can know the key.
    fn is_known(&self, now: Timestamp) -> bool {
        self.published_at.plus(KEY_SET_CACHE) <= now
    }
}

/// Which of the keys, in the order of the settings, signs new sign-ins: the first that is known
/// everywhere. As long as none is, the one that was there first: a first deployment does not wait.
pub(super) fn active(keys: &[PublishedSince], now: Timestamp) -> Option<usize> {
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
pub(super) fn states(keys: &[PublishedSince], now: Timestamp) -> Vec<KeyState> {
    let active = active(keys, now);
    let since = active.and_then(|place| keys.get(place));
    let state = |(place, key): (usize, &PublishedSince)| match active {
        Some(active) if active == place => KeyState::Active,
        Some(active) if active > place => KeyState::Published,
        // After the active key in the settings: one first seen later is new, an older one is retired.
        _ if since.is_some_and(|active| active.first_seen < key.first_seen) => KeyState::Published,
        _ => KeyState::Retired,
    };
    keys.iter().enumerate().map(state).collect()
}

/// Whether this process has a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum LocalKey {
    /// The process has the key.
    Has([u8; 32]),
    Lacks,
    Compromised,
}

/// The changed record of a key; none if it stays as it is.
///
/// A key that one process lacks may be missing in the key set that a server has just fetched. So it
/// counts as published from the moment on when that was last the case: a roll-out that takes long
/// is waited out, and a key that comes back after a while is new again.
pub(super) fn updated(
    kid: &str,
    record: Option<&ClientKeyRecord>,
    local: LocalKey,
    now: Timestamp,
) -> Option<ClientKeyRecord> {
    let Some(record) = record else {
        return match local {
            LocalKey::Has(thumbprint) => Some(ClientKeyRecord::new(kid, thumbprint, now)),
            LocalKey::Lacks | LocalKey::Compromised => None,
        };
    };
    let mut next = record.clone();
    match local {
        _ if record.compromised_at.is_some() => {}
        // Another key under the same name, which is refused.
        LocalKey::Has(thumbprint) if thumbprint != record.thumbprint => {}
        LocalKey::Has(_) if record.missing_at.is_some() || record.published_at > now => {
            next.first_seen = record.first_seen.min(now);
            next.published_at = now;
            next.missing_at = None;
            next.sessions = None;
        }
        LocalKey::Has(_) => {}
        LocalKey::Lacks => {
            next.missing_at.get_or_insert(now);
        }
        LocalKey::Compromised => {
            next.compromised_at = Some(now);
            next.counted_at = None;
            next.sessions = None;
        }
    }
    (next != *record).then_some(next)
}

/// Whether the sessions of a key that is not used any more are due to be counted: once a day, until there are none. For
/// a compromised key a day longer, as another process may not have read of it at once.
pub(super) fn is_due(record: &ClientKeyRecord, now: Timestamp) -> bool {
    let none_left = record.sessions == Some(0);
    let settled = match (record.compromised_at, record.missing_at) {
        (Some(since), _) => {
            let late = |at: Timestamp| at >= since.plus(KEY_COUNT_PERIOD);
            none_left && record.counted_at.is_some_and(late)
        }
        (None, Some(_)) => none_left,
        (None, None) => true,
    };
    let recent = |at: Timestamp| now < at.plus(KEY_COUNT_PERIOD);
    !settled && !record.counted_at.is_some_and(recent)
}

/// No process has had the key for a year, and no session waits for it. A compromised key is never forgotten.
pub(super) fn is_forgotten(record: &ClientKeyRecord, now: Timestamp) -> bool {
    let is_old = |since: Timestamp| since.plus(KEY_FORGET_AFTER) <= now;
    let is_gone = record.missing_at.is_some_and(is_old);
    is_gone && record.sessions == Some(0) && record.compromised_at.is_none()
}

#[cfg(test)]
mod tests;
