//! Exponential backoff with jitter after a failed refresh.

use std::time::Duration;

use crate::client::policy::{BACKOFF_FIRST, BACKOFF_MAX, MAX_RETRY_AFTER};
use crate::jose::random;
use crate::types::Timestamp;

/// The backoff of one session in this process.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    until: Option<Timestamp>,
    failures: u32,
}

impl Backoff {
    /// How long it still lasts.
    pub(super) fn remaining(&self, now: Timestamp) -> Option<Duration> {
        let until = self.until.filter(|until| *until > now)?;
        Some(now.until(until))
    }

    /// Doubles the wait; the server may have asked for a time with `Retry-After` (RFC 6749 §5.2).
    pub(super) fn record_failure(&mut self, now: Timestamp, retry_after: Option<Duration>) {
        let doubled = BACKOFF_FIRST.saturating_mul(2_u32.saturating_pow(self.failures));
        let longest = doubled.min(BACKOFF_MAX);
        let [spread] = random().unwrap_or_default();
        let wait = longest * (1024 - u32::from(spread)) / 1024;
        let asked = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
        self.until = Some(now.plus(wait.max(asked)));
        self.failures = self.failures.saturating_add(1);
    }

    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn twice_as_long_each_time_and_then_no_longer() {
        let (mut backoff, now) = (Backoff::default(), Timestamp(1_000));
        assert_eq!(backoff.remaining(now), None);
        for seconds in [5, 10, 20, 40, 40] {
            backoff.record_failure(now, None);
            let left = backoff.remaining(now).unwrap();
            assert!(
                (seconds * 3 / 4..=seconds).contains(&left.as_secs()),
                "{left:?}"
            );
            assert_eq!(backoff.remaining(now.plus(left)), None);
        }
        backoff.reset();
        backoff.record_failure(now, None);
        assert!(backoff.remaining(now).unwrap() <= 5 * SECOND);
    }

    #[test]
    fn a_server_may_ask_for_longer_and_not_for_ever() {
        let now = Timestamp(1_000);
        for (asked, least, most) in [(1, 3, 5), (60, 60, 60), (100_000, 300, 300)] {
            let mut backoff = Backoff::default();
            backoff.record_failure(now, Some(asked * SECOND));
            let left = backoff.remaining(now).unwrap().as_secs();
            assert!((least..=most).contains(&left), "{asked}: {left}");
        }
    }
}
