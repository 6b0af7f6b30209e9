//! Staleness: how long what was read from a store that other processes write to may answer requests.
//!
//! Sessions and browsers in memory spare a read of the store at every request. A logout in another process has to be
//! seen all the same, so nothing in memory counts as current for longer than
//! [`store_staleness`](crate::OAuthClientBuilder::store_staleness). Only requests are answered from memory: code that
//! takes, compares or changes a row reads it first.
//!
//! A store that is down cannot be read, and no process can write a logout to it. What was read before goes on answering
//! requests for [`OUTAGE_GRACE`]; a process that alone lost its connection stops then.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::client::policy::{OUTAGE_GRACE, OUTAGE_RETRY};
use crate::store::Vault;
use crate::types::{Clock, Timestamp};

/// The moment of a read of the store: when it began, and how often the store had recovered by then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadMark {
    at: Instant,
    time: Timestamp,
    recoveries: u64,
}

/// Tells which reads of a store are still current.
#[derive(Clone)]
pub(crate) struct Staleness {
    vault: Vault,
    clock: Arc<dyn Clock>,
    /// `None` where no other process writes to the store.
    limit: Option<Duration>,
}

impl Staleness {
    pub(crate) fn new(vault: Vault, clock: Arc<dyn Clock>, limit: Option<Duration>) -> Self {
        Self {
            vault,
            clock,
            limit,
        }
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How long changes of other processes may go unseen; `None` if no other process writes to the store.
    pub(crate) fn limit(&self) -> Option<Duration> {
        self.limit
    }

    /// To be taken before the store is read.
    pub(crate) fn mark(&self) -> ReadMark {
        ReadMark {
            at: Instant::now(),
            time: self.clock.now(),
            recoveries: self.vault.recoveries(),
        }
    }

    /// Whether what was read at `mark` may still answer a request. After an outage nothing may: the store can have
    /// lost rows.
    pub(crate) fn is_current(&self, mark: ReadMark) -> bool {
        let is_younger = |limit| self.is_younger(mark, limit);
        self.limit.is_none_or(is_younger) || self.was_just_down() && self.serves_during_outage(mark)
    }

    /// Whether the store is down, and what was read at `mark` answers requests meanwhile. Never where the store is to
    /// be read at every request.
    pub(crate) fn serves_during_outage(&self, mark: ReadMark) -> bool {
        self.vault.is_down()
            && self.limit.is_none_or(|limit| {
                !limit.is_zero() && self.is_younger(mark, limit.max(OUTAGE_GRACE))
            })
    }

    /// Whether the store failed to answer a moment ago.
    pub(crate) fn was_just_down(&self) -> bool {
        self.vault.was_down_within(OUTAGE_RETRY)
    }

    fn is_younger(&self, mark: ReadMark, limit: Duration) -> bool {
        // By the client's clock, and by one that is never put back.
        let (now, end) = (self.clock.now(), mark.time.plus(limit));
        let young = mark.time <= now && now < end && mark.at.elapsed() < limit;
        young && mark.recoveries == self.vault.recoveries()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::client::policy::STORE_STALENESS;
    use crate::store::{MemoryStore, Secrets};

    #[derive(Clone, Debug)]
    struct Set(Arc<AtomicU64>);

    impl Clock for Set {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::SeqCst))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_current_for_longer_than_configured() {
        let time = Arc::new(AtomicU64::new(1_000));
        let clock: Arc<dyn Clock> = Arc::new(Set(time.clone()));
        let (store, secrets) = (Arc::new(MemoryStore::new()), Secrets::generate().unwrap());
        let vault = Vault::new(store, &secrets, "client", clock.clone());
        let staleness = |limit| Staleness::new(vault.clone(), clock.clone(), limit);
        for (limit, current_at) in [
            (None, &[999, 1_000, 1_004, 9_999][..]),
            (Some(5), &[1_000, 1_004]),
            (Some(1), &[1_000]),
            (Some(0), &[]),
        ] {
            let staleness = staleness(limit.map(Duration::from_secs));
            time.store(1_000, Ordering::SeqCst);
            let mark = staleness.mark();
            for now in [999, 1_000, 1_004, 1_005, 9_999] {
                time.store(now, Ordering::SeqCst);
                let current = limit.is_none() || current_at.contains(&now);
                assert_eq!(staleness.is_current(mark), current, "{limit:?} at {now}");
            }
        }
        // The client's clock stands still, or was put back.
        let staleness = staleness(Some(STORE_STALENESS));
        let mark = staleness.mark();
        tokio::time::advance(Duration::from_millis(4_999)).await;
        assert!(staleness.is_current(mark));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!staleness.is_current(mark));
    }
}
