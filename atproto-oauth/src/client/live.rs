//! Sessions in memory: one shared state per session, however many handles there are.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use secrecy::{ExposeSecret, SecretString};

use super::doubt::unread;
use super::fresh::Look;
use super::refresh::Rest;
use super::used::Use;
use super::{Inner, SessionKey};
use crate::store::{SessionRecord, Stored};
use crate::types::Origin;
use crate::{Error, ErrorKind};

/// One session, shared by everybody in this process who uses it.
pub(crate) struct Live {
    pub(crate) key: SessionKey,
    current: RwLock<Arc<Current>>,
    /// The newest nonce of the PDS, and which PDS that is: an account may move.
    pds_nonce: Mutex<Option<(Origin, String)>>,
    ended: AtomicBool,
    /// Since a server accepted a token, one was renewed because it was rejected.
    pub(crate) was_forced: AtomicBool,
    /// When the store was last seen to have it.
    looked: Mutex<Look>,
    pub(super) used: Use,
    /// Whose turn it is to refresh, and when the next attempt makes sense.
    pub(crate) turn: tokio::sync::Mutex<Rest>,
}

/// The session as it was last read or written.
pub(crate) struct Current {
    pub(crate) record: SessionRecord,
    /// The row's version in the store.
    pub(crate) version: u64,
    /// The record is newer than its row, because writing it failed: the access token that it replaced
    /// there.
    pub(crate) unsaved: Option<SecretString>,
    /// A server took this access token once.
    accepted: Arc<AtomicBool>,
}

impl Current {
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

impl Live {
    pub(super) fn new(record: SessionRecord, version: u64, look: Look) -> Self {
        let pds = record.pds.clone();
        Self {
            key: SessionKey::new(record.did.clone(), record.nonce),
            pds_nonce: Mutex::new(record.pds_nonce.clone().map(|nonce| (pds, nonce))),
            current: RwLock::new(Arc::new(Current::new(record, version))),
            ended: AtomicBool::new(false),
            was_forced: AtomicBool::new(false),
            looked: Mutex::new(look),
            used: Use::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn current(&self) -> Arc<Current> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set(&self, current: Current) -> Arc<Current> {
        let current = Arc::new(current);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current.clone();
        current
    }

    /// As [`set`](Self::set), for what was just written. Since then another process may have renewed the session, and
    /// somebody here may have read it: what is newer stays.
    pub(crate) fn advance(&self, next: Current) -> Arc<Current> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if next.version > current.version || current.unsaved.is_some() {
            *current = Arc::new(next);
        }
        current.clone()
    }

    /// Takes over what the store says, unless it is older than what is known, or what is known is newer
    /// than the store.
    pub(crate) fn adopt(&self, stored: Stored<SessionRecord>) -> Arc<Current> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if stored.version > current.version && current.unsaved.is_none() {
            let next = Current::new(stored.record, stored.version);
            *current = Arc::new(if next.same_token(&current) {
                current.rewritten(next.record, next.version)
            } else {
                next
            });
        }
        current.clone()
    }

    /// The newest nonce this session was given by `pds` (DP-07).
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

    /// A server took this token.
    pub(crate) fn accepted(&self, current: &Current) {
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

    /// When the store was last seen to have it.
    pub(super) fn looked(&self) -> Look {
        *lock(&self.looked)
    }

    fn was_seen(&self, look: Look) {
        *lock(&self.looked) = look;
    }
}

impl Inner {
    /// The session under `key`, from memory or from the store (TK-21).
    pub(crate) async fn live<A>(&self, key: &SessionKey<A>) -> Result<Arc<Live>, Error> {
        let id = key.to_string();
        self.hear_of_keys().await;
        if let Some(live) = self.live.get(&id) {
            live.check()?;
            self.check_compromised(&live.current().record.auth)?;
            let look = live.looked();
            if !self.is_fresh(look)
                && let Err(error) = self.look_again(&live).await
                && (live.check().is_err() || !self.does_without_store(look))
            {
                return Err(error);
            }
            let end = live.current().record.expires_at;
            return match end {
                Some(end) if end <= self.clock.now() => Err(ended()),
                _ => Ok(live),
            };
        }
        loop {
            let (before, look) = (self.live.ends(), self.look());
            let stored = match self.vault.get::<SessionRecord>(&id).await {
                Ok(stored) => stored.ok_or_else(not_found)?,
                Err(error) if self.is_lost(&id, &error) => {
                    return Err(not_found().with_source(error));
                }
                Err(error) => return Err(unread(error)),
            };
            self.is_read(&id);
            if stored.record.did != *key.did() || stored.record.nonce != *key.nonce() {
                return Err(Error::new(
                    ErrorKind::SessionStoreFailed,
                    "the store answered with another session than the one asked for",
                ));
            }
            self.check_compromised(&stored.record.auth)?;
            // Signed out since it was read? Then it must not come back to life here.
            let (record, version) = (stored.record, stored.version);
            if let Some(live) = self.live.insert(record, version, before, look) {
                return Ok(live);
            }
        }
    }

    /// What the store says now. A row that is gone was signed out.
    pub(crate) async fn look_again(&self, live: &Live) -> Result<Arc<Current>, Error> {
        let (id, look) = (live.key.to_string(), self.look());
        match self.vault.get::<SessionRecord>(&id).await {
            Ok(Some(stored)) => {
                live.was_seen(look);
                self.is_read(&id);
                Ok(live.adopt(stored))
            }
            Ok(None) => {
                self.live.end(&id);
                Err(ended())
            }
            // Put back, or changed: here it ends as it does where it is not known.
            Err(error) if live.current().unsaved.is_none() && self.is_lost(&id, &error) => {
                self.live.end(&id);
                Err(ended().with_source(error))
            }
            Err(error) => Err(unread(error)),
        }
    }
}

/// A row with the same tokens of both kinds is what was to be written.
pub(crate) fn same_refresh_token(one: &SessionRecord, other: &SessionRecord) -> bool {
    match (&one.refresh_token, &other.refresh_token) {
        (Some(one), Some(two)) => one.expose_secret() == two.expose_secret(),
        (one, two) => one.is_none() && two.is_none(),
    }
}

fn not_found() -> Error {
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
