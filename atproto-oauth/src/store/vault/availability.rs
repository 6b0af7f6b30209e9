//! Whether the store is down, by its last answer, and how often it came back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::store::StoreError;

#[derive(Debug, Default)]
pub(super) struct Outages(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// When it last failed, if it did not answer since.
    down: Option<Instant>,
    returned: Option<Instant>,
    returns: u64,
}

impl Outages {
    /// Passes an answer on.
    pub(super) fn heard<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        let is_down = answer.as_ref().is_err_and(StoreError::is_down);
        let mut seen = self.seen();
        if is_down {
            seen.down = Some(Instant::now());
        } else if seen.down.take().is_some() {
            seen.returned = Some(Instant::now());
            seen.returns += 1;
        }
        answer
    }

    /// By the last answer.
    pub(super) fn is_down(&self) -> bool {
        self.seen().down.is_some()
    }

    /// By an answer that is no older than that.
    pub(super) fn was_down_within(&self, time: Duration) -> bool {
        self.seen().down.is_some_and(|at| at.elapsed() < time)
    }

    /// It came back no longer ago than that.
    pub(super) fn returned_within(&self, time: Duration) -> bool {
        self.seen().returned.is_some_and(|at| at.elapsed() < time)
    }

    pub(super) fn returns(&self) -> u64 {
        self.seen().returns
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
