//! The state of a session in memory, shared by all its handles.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use secrecy::{ExposeSecret, SecretString};

use super::key::SessionKey;
use super::last_used::LastUsed;
use super::refresh::backoff::Backoff;
use super::staleness::ReadMark;
use crate::error::{Error, ErrorKind};
use crate::store::{SessionRecord, Stored};
use crate::types::Origin;

/// One session, shared by all tasks of this process.
pub(crate) struct SessionState {
    pub(crate) key: SessionKey,
    current: RwLock<Arc<Snapshot>>,
    /// The newest nonce of the PDS, and which PDS that is: an account may move.
    pds_nonce: Mutex<Option<(Origin, String)>>,
    ended: AtomicBool,
    /// Since a server last accepted a token, one was refreshed because it was rejected.
    pub(crate) was_forced: AtomicBool,
    /// When its row was last read.
    read_at: Mutex<ReadMark>,
    pub(super) last_used: LastUsed,
    /// Held by the task that refreshes; the backoff says when the next attempt makes sense.
    pub(crate) refresh_turn: tokio::sync::Mutex<Backoff>,
}

/// The session as it was last read or written.
pub(crate) struct Snapshot {
    pub(crate) record: SessionRecord,
    /// The row's version in the store.
    pub(crate) version: u64,
    /// The record is newer than its row, because writing it failed: the access token that it replaced
    /// there.
    pub(crate) unsaved: Option<SecretString>,
    /// A server accepted this access token once.
    accepted: Arc<AtomicBool>,
}

impl Snapshot {
    pub(crate) fn new(record: SessionRecord, version: u64) -> Self {
        Self {
            record,
            version,
            unsaved: None,
            accepted: Arc::default(),
        }
    }

    /// The same session and access token, as another version of its row.
    pub(crate) fn rewritten(&self, record: SessionRecord, version: u64) -> Self {
        Self {
            record,
            version,
            unsaved: None,
            accepted: self.accepted.clone(),
        }
    }

    /// The same access token.
    pub(crate) fn has_token(&self, token: &str) -> bool {
        self.record.access_token.expose_secret() == token
    }

    pub(crate) fn same_token(&self, other: &Self) -> bool {
        self.has_token(other.record.access_token.expose_secret())
    }

    fn accept(&self) {
        self.accepted.store(true, Ordering::Relaxed);
    }

    pub(crate) fn was_accepted(&self) -> bool {
        self.accepted.load(Ordering::Relaxed)
    }
}

impl SessionState {
    pub(super) fn new(record: SessionRecord, version: u64, mark: ReadMark) -> Self {
        let pds = record.pds.clone();
        Self {
            key: SessionKey::new(record.did.clone(), record.random_id),
            pds_nonce: Mutex::new(record.pds_nonce.clone().map(|nonce| (pds, nonce))),
            current: RwLock::new(Arc::new(Snapshot::new(record, version))),
            ended: AtomicBool::new(false),
            was_forced: AtomicBool::new(false),
            read_at: Mutex::new(mark),
            last_used: LastUsed::default(),
            refresh_turn: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn current(&self) -> Arc<Snapshot> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set(&self, current: Snapshot) -> Arc<Snapshot> {
        let current = Arc::new(current);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current.clone();
        current
    }

    /// As [`set`](Self::set), for what was just written. Another process may have refreshed the session since, and a
    /// task here may have read that: what is newer stays.
    pub(crate) fn set_if_newer(&self, next: Snapshot) -> Arc<Snapshot> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if next.version > current.version || current.unsaved.is_some() {
            *current = Arc::new(next);
        }
        current.clone()
    }

    /// Takes over what was read from the store, unless it is older than what is in memory, or memory holds tokens that
    /// the store does not have.
    pub(crate) fn merge_from_store(&self, stored: Stored<SessionRecord>) -> Arc<Snapshot> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if stored.version > current.version && current.unsaved.is_none() {
            let next = Snapshot::new(stored.record, stored.version);
            *current = Arc::new(if next.same_token(&current) {
                current.rewritten(next.record, next.version)
            } else {
                next
            });
        }
        current.clone()
    }

    /// The newest nonce this session was given by `pds` (RFC 9449 §9).
    pub(crate) fn pds_nonce(&self, pds: &Origin) -> Option<String> {
        let slot = lock(&self.pds_nonce);
        let known = slot.as_ref().filter(|(from, _)| from == pds);
        known.map(|(_, nonce)| nonce.clone())
    }

    pub(crate) fn set_pds_nonce(&self, pds: &Origin, nonce: &str) {
        let mut slot = lock(&self.pds_nonce);
        let known = slot.as_ref().is_some_and(|(p, n)| p == pds && n == nonce);
        if !known {
            *slot = Some((pds.clone(), nonce.to_owned()));
        }
    }

    /// Takes note that a server accepted this token.
    pub(crate) fn note_accepted(&self, current: &Snapshot) {
        current.accept();
        self.was_forced.store(false, Ordering::Relaxed);
    }

    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.ended.load(Ordering::Acquire) {
            Err(ended())
        } else {
            Ok(())
        }
    }

    /// When its row was last read.
    pub(super) fn read_at(&self) -> ReadMark {
        *lock(&self.read_at)
    }

    pub(super) fn set_read_at(&self, mark: ReadMark) {
        *lock(&self.read_at) = mark;
    }
}

/// Whether two records have the same refresh token, or none.
pub(crate) fn same_refresh_token(one: &SessionRecord, other: &SessionRecord) -> bool {
    match (&one.refresh_token, &other.refresh_token) {
        (Some(one), Some(two)) => one.expose_secret() == two.expose_secret(),
        (one, two) => one.is_none() && two.is_none(),
    }
}

pub(super) fn not_found() -> Error {
    Error::new(
        ErrorKind::SessionNotFound,
        "there is no session under this key; it was signed out or it expired: sign in again",
    )
}

pub(crate) fn ended() -> Error {
    Error::new(ErrorKind::SessionEnded, "the session ended; sign in again")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
