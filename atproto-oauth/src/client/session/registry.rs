//! The sessions of this process in memory: each exactly once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use moka::sync::Cache;

use super::staleness::ReadMark;
use super::state::SessionState;
use crate::client::policy::{MAX_CACHED_SESSIONS, SESSION_IDLE};
use crate::store::SessionRecord;

/// The states that any task still uses.
type States = Arc<Mutex<HashMap<String, Weak<SessionState>>>>;

/// The sessions of this process. There is one state per key, so two tasks can never refresh the same session apart
/// from each other.
pub(crate) struct SessionRegistry {
    states: States,
    ends: AtomicU64,
    recent: Cache<String, Arc<SessionState>>,
    /// Sessions whose newest tokens are not in the store; they must not be dropped.
    unsaved: Mutex<HashMap<String, Arc<SessionState>>>,
}

impl SessionRegistry {
    pub(crate) fn new() -> Self {
        let states = States::default();
        let forget = states.clone();
        let recent = Cache::builder()
            .max_capacity(MAX_CACHED_SESSIONS)
            .time_to_idle(SESSION_IDLE)
            .eviction_listener(move |id: Arc<String>, state: Arc<SessionState>, _| {
                let mut states = lock(&forget);
                let same = |weak: &Weak<SessionState>| Weak::as_ptr(weak) == Arc::as_ptr(&state);
                // No other reference is left: the entry may go.
                if Arc::strong_count(&state) == 1 && states.get(&*id).is_some_and(same) {
                    states.remove(&*id);
                }
            })
            .build();
        Self {
            states,
            ends: AtomicU64::new(0),
            recent,
            unsaved: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<SessionState>> {
        if let Some(state) = self.recent.get(id) {
            return Some(state);
        }
        let state = lock(&self.states).get(id).and_then(Weak::upgrade)?;
        self.recent.insert(id.to_owned(), state.clone());
        Some(state)
    }

    /// How many sessions have ended so far; see [`insert`](Self::insert).
    pub(crate) fn ends(&self) -> u64 {
        self.ends.load(Ordering::SeqCst)
    }

    /// Returns the state under the record's key, and inserts one if there is none. `before` is the count of
    /// [`ends`](Self::ends) from before the row was read. `None` if a session ended since: it may be this one, so the
    /// caller has to read the row again.
    pub(crate) fn insert(
        &self,
        record: SessionRecord,
        version: u64,
        before: u64,
        mark: ReadMark,
    ) -> Option<Arc<SessionState>> {
        let new = Arc::new(SessionState::new(record, version, mark));
        let id = new.key.to_string();
        let state = {
            let mut states = lock(&self.states);
            if self.ends() != before {
                return None;
            }
            if states.len() > 2 * usize::try_from(MAX_CACHED_SESSIONS).unwrap_or(usize::MAX) {
                states.retain(|_, state| state.strong_count() > 0);
            }
            states.get(&id).and_then(Weak::upgrade).unwrap_or_else(|| {
                states.insert(id.clone(), Arc::downgrade(&new));
                new
            })
        };
        self.recent.insert(id, state.clone());
        Some(state)
    }

    /// Ends the session for all tasks of this process. Its tokens that are not in the store stay
    /// [`unsaved`](Self::unsaved), until they are revoked.
    pub(crate) fn end(&self, id: &str) {
        let known = {
            let mut states = lock(&self.states);
            self.ends.fetch_add(1, Ordering::SeqCst);
            states.remove(id).and_then(|weak| weak.upgrade())
        };
        for state in known.into_iter().chain(self.recent.remove(id)) {
            state.end();
        }
    }

    /// Ends the sessions for which `is_over` is true.
    pub(crate) fn end_where(&self, is_over: impl Fn(&SessionRecord) -> bool) {
        let ids: Vec<String> = lock(&self.states)
            .iter()
            .filter(|(_, state)| {
                let state = state.upgrade();
                state.is_some_and(|state| is_over(&state.current().record))
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in &ids {
            self.end(id);
        }
    }

    /// Holds a session whose tokens are not in the store, until it is [`saved`](Self::saved). True for the first one.
    pub(crate) fn add_unsaved(&self, state: &Arc<SessionState>) -> bool {
        let mut unsaved = lock(&self.unsaved);
        let first = unsaved.is_empty();
        unsaved.insert(state.key.to_string(), state.clone());
        first
    }

    pub(crate) fn saved(&self, id: &str) {
        lock(&self.unsaved).remove(id);
    }

    /// As [`saved`](Self::saved), if this is its access token: newer ones stay.
    pub(crate) fn saved_token(&self, id: &str, token: &str) {
        let mut unsaved = lock(&self.unsaved);
        if unsaved
            .get(id)
            .is_some_and(|state| state.current().has_token(token))
        {
            unsaved.remove(id);
        }
    }

    pub(crate) fn is_all_saved(&self) -> bool {
        lock(&self.unsaved).is_empty()
    }

    pub(crate) fn unsaved(&self) -> Vec<Arc<SessionState>> {
        lock(&self.unsaved).values().cloned().collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
