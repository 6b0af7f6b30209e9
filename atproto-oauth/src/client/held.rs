//! Which sessions this process holds: each exactly once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use moka::sync::Cache;

use super::fresh::Look;
use super::live::Live;
use crate::store::SessionRecord;

/// Sessions kept at hand after their last use.
const HOT: u64 = 50_000;
const HOT_LIFE: Duration = Duration::from_mins(15);

type Held = Arc<Mutex<HashMap<String, Weak<Live>>>>;

/// The sessions of this process. Whoever holds a session holds the only one under its key, so two
/// tasks can never refresh apart from each other.
pub(crate) struct LiveSessions {
    held: Held,
    ends: AtomicU64,
    hot: Cache<String, Arc<Live>>,
    /// Those whose newest tokens are nowhere but here; they must not be forgotten.
    unsaved: Mutex<HashMap<String, Arc<Live>>>,
}

impl LiveSessions {
    pub(crate) fn new() -> Self {
        let held = Held::default();
        let forget = held.clone();
        let hot = Cache::builder()
            .max_capacity(HOT)
            .time_to_idle(HOT_LIFE)
            .eviction_listener(move |id: Arc<String>, live: Arc<Live>, _| {
                let mut held = lock(&forget);
                let same = |weak: &Weak<Live>| Weak::as_ptr(weak) == Arc::as_ptr(&live);
                // This reference and nobody else's: the entry may go.
                if Arc::strong_count(&live) == 1 && held.get(&*id).is_some_and(same) {
                    held.remove(&*id);
                }
            })
            .build();
        Self {
            held,
            ends: AtomicU64::new(0),
            hot,
            unsaved: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Live>> {
        if let Some(live) = self.hot.get(id) {
            return Some(live);
        }
        let live = lock(&self.held).get(id).and_then(Weak::upgrade)?;
        self.hot.insert(id.to_owned(), live.clone());
        Some(live)
    }

    /// How many sessions ended so far; see [`insert`](Self::insert).
    pub(crate) fn ends(&self) -> u64 {
        self.ends.load(Ordering::SeqCst)
    }

    /// The one under the record's key: another's, if there is one already. None, if any session ended
    /// since there were `before` ends, as it may be this one: then its row has to be read again.
    pub(crate) fn insert(
        &self,
        record: SessionRecord,
        version: u64,
        before: u64,
        look: Look,
    ) -> Option<Arc<Live>> {
        let fresh = Arc::new(Live::new(record, version, look));
        let id = fresh.key.to_string();
        let live = {
            let mut held = lock(&self.held);
            if self.ends() != before {
                return None;
            }
            if held.len() > 2 * usize::try_from(HOT).unwrap_or(usize::MAX) {
                held.retain(|_, live| live.strong_count() > 0);
            }
            held.get(&id).and_then(Weak::upgrade).unwrap_or_else(|| {
                held.insert(id.clone(), Arc::downgrade(&fresh));
                fresh
            })
        };
        self.hot.insert(id, live.clone());
        Some(live)
    }

    /// Ends the session for everybody in this process. Tokens of it that are nowhere but here stay
    /// [`unsaved`](Self::unsaved): whoever would write them revokes them.
    pub(crate) fn end(&self, id: &str) {
        let known = {
            let mut held = lock(&self.held);
            self.ends.fetch_add(1, Ordering::SeqCst);
            held.remove(id).and_then(|weak| weak.upgrade())
        };
        for live in known.into_iter().chain(self.hot.remove(id)) {
            live.end();
        }
    }

    /// Ends those of which `is_over` says so.
    pub(crate) fn end_where(&self, is_over: impl Fn(&SessionRecord) -> bool) {
        let ids: Vec<String> = lock(&self.held)
            .iter()
            .filter(|(_, live)| {
                let live = live.upgrade();
                live.is_some_and(|live| is_over(&live.current().record))
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in &ids {
            self.end(id);
        }
    }

    /// Keeps the session whatever happens, until it is [`saved`](Self::saved). True for the first.
    pub(crate) fn keep(&self, live: &Arc<Live>) -> bool {
        let mut unsaved = lock(&self.unsaved);
        let first = unsaved.is_empty();
        unsaved.insert(live.key.to_string(), live.clone());
        first
    }

    pub(crate) fn saved(&self, id: &str) {
        lock(&self.unsaved).remove(id);
    }

    /// As [`saved`](Self::saved), if what is kept is this access token: newer ones stay.
    pub(crate) fn saved_token(&self, id: &str, token: &str) {
        let mut unsaved = lock(&self.unsaved);
        if unsaved
            .get(id)
            .is_some_and(|live| live.current().has_token(token))
        {
            unsaved.remove(id);
        }
    }

    pub(crate) fn is_all_saved(&self) -> bool {
        lock(&self.unsaved).is_empty()
    }

    pub(crate) fn unsaved(&self) -> Vec<Arc<Live>> {
        lock(&self.unsaved).values().cloned().collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
