//! Availability of the store: whether its last answer was a failure, and how often it recovered.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::store::StoreError;

#[derive(Debug, Default)]
pub(super) struct Availability(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// When it last failed, if it has not answered since.
    failed_at: Option<Instant>,
    recovered_at: Option<Instant>,
    recoveries: u64,
}

impl Availability {
    /// Takes note of an answer, and passes it on.
    pub(super) fn record<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        let is_down = answer.as_ref().is_err_and(StoreError::is_down);
        let mut state = self.state();
        if is_down {
            state.failed_at = Some(Instant::now());
        } else if state.failed_at.take().is_some() {
            state.recovered_at = Some(Instant::now());
            state.recoveries += 1;
        }
        answer
    }

    /// The last answer was a failure.
    pub(super) fn is_down(&self) -> bool {
        self.state().failed_at.is_some()
    }

    /// The last answer was a failure, no longer ago than `time`.
    pub(super) fn was_down_within(&self, time: Duration) -> bool {
        self.state().failed_at.is_some_and(|at| at.elapsed() < time)
    }

    /// It recovered no longer ago than `time`.
    pub(super) fn recovered_within(&self, time: Duration) -> bool {
        self.state()
            .recovered_at
            .is_some_and(|at| at.elapsed() < time)
    }

    pub(super) fn recoveries(&self) -> u64 {
        self.state().recoveries
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn moments_pass() {
        let availability = Availability::default();
        let second = Duration::from_secs(1);
        assert!(!availability.was_down_within(second) && !availability.recovered_within(second));
        drop(availability.record::<()>(Err(StoreError::down("test"))));
        assert!(availability.was_down_within(second) && !availability.recovered_within(second));
        tokio::time::advance(second).await;
        assert!(!availability.was_down_within(second) && availability.is_down());
        drop(availability.record(Ok(())));
        assert!(!availability.was_down_within(second) && availability.recovered_within(second));
        tokio::time::advance(second).await;
        assert!(!availability.recovered_within(second));
    }

    #[test]
    fn only_the_first_answer_after_an_outage_is_a_recovery() {
        let availability = Availability::default();
        let down = || drop(availability.record::<()>(Err(StoreError::down("test"))));
        let up = || drop(availability.record(Ok(())));
        up();
        assert_eq!(availability.recoveries(), 0);
        assert!(!availability.is_down());
        down();
        down();
        assert!(availability.is_down());
        assert_eq!(availability.recoveries(), 0);
        up();
        up();
        assert!(!availability.is_down());
        assert_eq!(availability.recoveries(), 1);
        down();
        // It answers, if not as hoped.
        drop(availability.record::<()>(Err(StoreError::unreadable("test"))));
        assert_eq!(availability.recoveries(), 2);
    }
}
