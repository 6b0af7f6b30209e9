//! How long what was read from the store may be believed, where other processes write there, too.
//!
//! Sessions and browsers that are at hand spare a look at the store at every request. A sign-out in another
//! process must be seen all the same, so nothing at hand is believed for longer than
//! [`store_staleness`](super::OAuthClientBuilder::store_staleness). Only requests are answered from it: whoever
//! takes, compares or changes a row reads it first.
//!
//! A store that is down cannot be asked, and nobody can write a sign-out to it. What was seen before goes on
//! answering requests for [`WITHOUT_STORE`]; a process that alone lost sight of the store stops then.

use std::time::Duration;

use tokio::time::Instant;

use super::{Inner, OAuthClient};
use crate::types::Timestamp;

/// What others changed is seen after this time at the latest, unless somebody says otherwise.
pub(super) const STALENESS: Duration = Duration::from_secs(5);

/// How long requests are answered without a store that is down.
const WITHOUT_STORE: Duration = Duration::from_mins(1);

/// How often a store that is down is asked again: each time may take seconds.
const AGAIN: Duration = Duration::from_secs(1);

/// A look at the store: when it began, and how often the store had come back by then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    at: Instant,
    time: Timestamp,
    returns: u64,
}

impl Inner {
    /// To be taken before the store is read.
    pub(crate) fn look(&self) -> Look {
        Look {
            at: Instant::now(),
            time: self.clock.now(),
            returns: self.vault.recoveries(),
        }
    }

    /// What was seen then may still be believed. A store that was down and is back may have lost something.
    pub(crate) fn is_fresh(&self, look: Look) -> bool {
        let is_young = |limit| self.is_younger(look, limit);
        self.staleness.is_none_or(is_young) || self.was_just_down() && self.does_without_store(look)
    }

    /// The store did not answer, and what was seen then will do. Never where it is to be asked every time.
    pub(crate) fn does_without_store(&self, look: Look) -> bool {
        self.vault.is_down()
            && self.staleness.is_none_or(|limit| {
                !limit.is_zero() && self.is_younger(look, limit.max(WITHOUT_STORE))
            })
    }

    /// It was asked a moment ago, and did not answer.
    pub(super) fn was_just_down(&self) -> bool {
        self.vault.was_down_within(AGAIN)
    }

    fn is_younger(&self, look: Look, limit: Duration) -> bool {
        // By the client's clock, and by one that is never put back.
        let (now, end) = (self.clock.now(), look.time.plus(limit));
        let young = look.time <= now && now < end && look.at.elapsed() < limit;
        young && look.returns == self.vault.recoveries()
    }
}

impl OAuthClient {
    /// As [`Inner::look`].
    pub(crate) fn look(&self) -> Look {
        self.0.look()
    }

    /// As [`Inner::is_fresh`].
    pub(crate) fn is_fresh(&self, look: Look) -> bool {
        self.0.is_fresh(look)
    }

    /// As [`Inner::does_without_store`].
    pub(crate) fn does_without_store(&self, look: Look) -> bool {
        self.0.does_without_store(look)
    }

    /// As [`Inner::hear_of_keys`].
    pub(crate) async fn hear_of_keys(&self) {
        self.0.hear_of_keys().await;
    }

    /// How long changes of other processes may go unseen; `None`: there are none.
    pub(crate) fn staleness(&self) -> Option<Duration> {
        self.0.staleness
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::store::MemoryStore;
    use crate::types::Clock;

    #[derive(Clone, Debug)]
    struct Set(Arc<AtomicU64>);

    impl Clock for Set {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::SeqCst))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_believed_for_longer_than_was_said() {
        let clock = Set(Arc::new(AtomicU64::new(1_000)));
        let client = OAuthClient::builder()
            .base_url("http://127.0.0.1:3000")
            .store(MemoryStore::new())
            .clock(clock.clone());
        let client = client.build().await.unwrap();
        let mut inner = Arc::into_inner(client.0).unwrap();
        for (limit, believed_at) in [
            (None, &[999, 1_000, 1_004, 9_999][..]),
            (Some(5), &[1_000, 1_004]),
            (Some(1), &[1_000]),
            (Some(0), &[]),
        ] {
            inner.staleness = limit.map(Duration::from_secs);
            clock.0.store(1_000, Ordering::SeqCst);
            let look = inner.look();
            for now in [999, 1_000, 1_004, 1_005, 9_999] {
                clock.0.store(now, Ordering::SeqCst);
                let believed = limit.is_none() || believed_at.contains(&now);
                assert_eq!(inner.is_fresh(look), believed, "{limit:?} at {now}");
            }
        }
        // The client's clock stands still, or was put back.
        inner.staleness = Some(STALENESS);
        let look = inner.look();
        tokio::time::advance(Duration::from_millis(4_999)).await;
        assert!(inner.is_fresh(look));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!inner.is_fresh(look));
    }
}
