//! Sessions in memory: one shared state per session, however many handles there are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use moka::sync::Cache;
use secrecy::ExposeSecret;

use super::{Inner, SessionKey};
use crate::store::SessionRecord;
use crate::types::Timestamp;
use crate::{Error, ErrorKind};

/// Sessions kept at hand after their last use.
const HOT: u64 = 50_000;
const HOT_LIFE: Duration = Duration::from_mins(15);

/// One session, shared by everybody in this process who uses it.
pub(crate) struct Live {
    pub(crate) key: SessionKey,
    current: RwLock<Arc<Current>>,
    pds_nonce: Mutex<Option<String>>,
    ended: AtomicBool,
    /// Whose turn it is to refresh, and when the next attempt makes sense.
    pub(crate) turn: tokio::sync::Mutex<Option<Timestamp>>,
}

/// The session as it was last read or written.
pub(crate) struct Current {
    pub(crate) record: SessionRecord,
    /// The row's version in the store.
    pub(crate) version: u64,
    /// The record is newer than its row: writing it failed and is tried again.
    pub(crate) unsaved: bool,
}

impl Current {
    /// The same access token.
    pub(crate) fn has_token(&self, token: &str) -> bool {
        self.record.access_token.expose_secret() == token
    }
}

impl Live {
    fn new(record: SessionRecord, version: u64) -> Self {
        Self {
            key: SessionKey::new(record.did.clone(), record.nonce),
            pds_nonce: Mutex::new(record.pds_nonce.clone()),
            current: RwLock::new(Arc::new(Current {
                record,
                version,
                unsaved: false,
            })),
            ended: AtomicBool::new(false),
            turn: tokio::sync::Mutex::new(None),
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

    /// The newest nonce the PDS gave this session (DP-07).
    pub(crate) fn pds_nonce(&self) -> Option<String> {
        self.pds_nonce
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_pds_nonce(&self, nonce: &str) {
        let mut slot = self
            .pds_nonce
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if slot.as_deref() != Some(nonce) {
            *slot = Some(nonce.to_owned());
        }
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
}

/// The sessions of this process. Whoever holds a session holds the only one under its key, so two
/// tasks can never refresh apart from each other.
pub(crate) struct LiveSessions {
    held: Arc<Mutex<HashMap<String, Weak<Live>>>>,
    hot: Cache<String, Arc<Live>>,
}

impl LiveSessions {
    pub(crate) fn new() -> Self {
        let held: Arc<Mutex<HashMap<String, Weak<Live>>>> = Arc::default();
        let forget = held.clone();
        let hot = Cache::builder()
            .max_capacity(HOT)
            .time_to_idle(HOT_LIFE)
            .eviction_listener(move |id: Arc<String>, live: Arc<Live>, _| {
                let mut held = forget.lock().unwrap_or_else(PoisonError::into_inner);
                // This reference and nobody else's: the entry may go.
                if Arc::strong_count(&live) == 1 {
                    held.remove(&*id);
                }
            })
            .build();
        Self { held, hot }
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Live>> {
        if let Some(live) = self.hot.get(id) {
            return Some(live);
        }
        let live = self.lock().get(id).and_then(Weak::upgrade)?;
        self.hot.insert(id.to_owned(), live.clone());
        Some(live)
    }

    /// The one under the record's key: another's, if there is one already.
    pub(crate) fn insert(&self, record: SessionRecord, version: u64) -> Arc<Live> {
        let fresh = Arc::new(Live::new(record, version));
        let id = fresh.key.to_string();
        let live = {
            let mut held = self.lock();
            if held.len() > 2 * usize::try_from(HOT).unwrap_or(usize::MAX) {
                held.retain(|_, live| live.strong_count() > 0);
            }
            match held.get(&id).and_then(Weak::upgrade) {
                Some(live) => live,
                None => {
                    held.insert(id.clone(), Arc::downgrade(&fresh));
                    fresh
                }
            }
        };
        self.hot.insert(id, live.clone());
        live
    }

    /// Ends the session for everybody in this process.
    pub(crate) fn end(&self, id: &str) {
        if let Some(live) = self.get(id) {
            live.end();
        }
        self.hot.invalidate(id);
        self.lock().remove(id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Weak<Live>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The session under `key`, from memory or from the store (TK-21).
    pub(crate) async fn live<A>(&self, key: &SessionKey<A>) -> Result<Arc<Live>, Error> {
        let id = key.to_string();
        if let Some(live) = self.live.get(&id) {
            live.check()?;
            let expired = live
                .current()
                .record
                .expires_at
                .is_some_and(|end| end <= self.clock.now());
            return if expired { Err(ended()) } else { Ok(live) };
        }
        let stored = self.vault.get::<SessionRecord>(&id).await?.ok_or_else(|| {
            Error::new(
                ErrorKind::SessionNotFound,
                "there is no session under this key; it was signed out or it expired: sign in again",
            )
        })?;
        if stored.record.did != *key.did() || stored.record.nonce != *key.nonce() {
            return Err(Error::new(
                ErrorKind::SessionStoreFailed,
                "the store answered with another session than the one asked for",
            ));
        }
        Ok(self.live.insert(stored.record, stored.version))
    }
}

pub(crate) fn ended() -> Error {
    Error::new(ErrorKind::SessionEnded, "the session ended; sign in again")
}
