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
}

impl Outages {
    /// Passes an answer on.
    pub(super) fn heard<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        let is_down = answer.as_ref().is_err_and(StoreError::is_down);
        if is_down {
            self.is_down.store(true, Ordering::Release);
        } else if self.is_down.load(Ordering::Relaxed) && self.is_down.swap(false, Ordering::AcqRel)
        {
            self.returns.fetch_add(1, Ordering::AcqRel);
            *self.returned.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        answer
    }

    /// By the last answer.
    pub(super) fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Acquire)
    }

    /// It came back no longer ago than that.
    pub(super) fn returned_within(&self, time: Duration) -> bool {
        let returned = *self.returned.lock().unwrap_or_else(PoisonError::into_inner);
        returned.is_some_and(|returned| returned.elapsed() < time)
    }

    pub(super) fn returns(&self) -> u64 {
        self.returns.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
