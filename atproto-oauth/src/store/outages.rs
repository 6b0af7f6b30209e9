//! Whether the store is down, by its last answer, and how often it came back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::StoreError;

#[derive(Debug, Default)]
pub(super) struct Outages {
    is_down: AtomicBool,
    returns: AtomicU64,
    returned: Mutex<Option<Instant>>,
    failed: Mutex<Option<Instant>>,
}

impl Outages {
    /// Passes an answer on.
    pub(super) fn heard<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        let is_down = answer.as_ref().is_err_and(StoreError::is_down);
        if is_down {
            self.is_down.store(true, Ordering::Release);
            set_now(&self.failed);
        } else if self.is_down.load(Ordering::Relaxed) && self.is_down.swap(false, Ordering::AcqRel)
        {
            self.returns.fetch_add(1, Ordering::AcqRel);
            set_now(&self.returned);
        }
        answer
    }

    /// By the last answer.
    pub(super) fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Acquire)
    }

    /// By an answer that is no older than that.
    pub(super) fn was_down_within(&self, time: Duration) -> bool {
        self.is_down() && is_within(&self.failed, time)
    }

    /// It came back no longer ago than that.
    pub(super) fn returned_within(&self, time: Duration) -> bool {
        is_within(&self.returned, time)
    }

    pub(super) fn returns(&self) -> u64 {
        self.returns.load(Ordering::Acquire)
    }
}

fn set_now(moment: &Mutex<Option<Instant>>) {
    *moment.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

fn is_within(moment: &Mutex<Option<Instant>>, time: Duration) -> bool {
    let moment = *moment.lock().unwrap_or_else(PoisonError::into_inner);
    moment.is_some_and(|moment| moment.elapsed() < time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn moments_pass() {
        let outages = Outages::default();
        let second = Duration::from_secs(1);
        assert!(!outages.was_down_within(second) && !outages.returned_within(second));
        drop(outages.heard::<()>(Err(StoreError::down("test"))));
        assert!(outages.was_down_within(second) && !outages.returned_within(second));
        tokio::time::advance(second).await;
        assert!(!outages.was_down_within(second) && outages.is_down());
        drop(outages.heard(Ok(())));
        assert!(!outages.was_down_within(second) && outages.returned_within(second));
        tokio::time::advance(second).await;
        assert!(!outages.returned_within(second));
    }

    #[test]
    fn only_the_first_answer_after_an_outage_is_a_return() {
        let outages = Outages::default();
        let down = || drop(outages.heard::<()>(Err(StoreError::down("test"))));
        let up = || drop(outages.heard(Ok(())));
        up();
        assert_eq!(outages.returns(), 0);
        assert!(!outages.is_down());
        down();
        down();
        assert!(outages.is_down());
        assert_eq!(outages.returns(), 0);
        up();
        up();
        assert!(!outages.is_down());
        assert_eq!(outages.returns(), 1);
        down();
        // It answers, if not as hoped.
        drop(outages.heard::<()>(Err(StoreError::unreadable("test"))));
        assert_eq!(outages.returns(), 2);
    }
}
