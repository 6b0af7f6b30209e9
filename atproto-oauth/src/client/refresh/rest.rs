//! How long a server that could not answer is left alone: twice as long each time, and never by all processes
//! and sessions at the same moment.

use std::time::Duration;

use crate::jose::random;
use crate::types::Timestamp;

/// After the first failure, and at most, unless the server asks for more.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(40);

/// A server that asks for longer is asked all the same.
const MAX_ASKED: Duration = Duration::from_mins(5);

/// Of one session in this process.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    until: Option<Timestamp>,
    failures: u32,
}

impl Rest {
    /// How long it lasts still.
    pub(super) fn left(&self, now: Timestamp) -> Option<Duration> {
        let until = self.until.filter(|until| *until > now)?;
        Some(now.until(until))
    }

    /// It begins, or goes on for longer; the server may have `asked` for a time (TK-07).
    pub(super) fn begin(&mut self, now: Timestamp, asked: Option<Duration>) {
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.failures));
        let longest = doubled.min(LONGEST);
        let [spread] = random().unwrap_or_default();
        let wait = longest * (1024 - u32::from(spread)) / 1024;
        let asked = asked.unwrap_or_default().min(MAX_ASKED);
        self.until = Some(now.plus(wait.max(asked)));
        self.failures = self.failures.saturating_add(1);
    }

    pub(super) fn end(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn twice_as_long_each_time_and_then_no_longer() {
        let (mut rest, now) = (Rest::default(), Timestamp(1_000));
        assert_eq!(rest.left(now), None);
        for seconds in [5, 10, 20, 40, 40] {
            rest.begin(now, None);
            let left = rest.left(now).unwrap();
            assert!(
                (seconds * 3 / 4..=seconds).contains(&left.as_secs()),
                "{left:?}"
            );
            assert_eq!(rest.left(now.plus(left)), None);
        }
        rest.end();
        rest.begin(now, None);
        assert!(rest.left(now).unwrap() <= 5 * SECOND);
    }

    #[test]
    fn a_server_may_ask_for_longer_and_not_for_ever() {
        let now = Timestamp(1_000);
        for (asked, least, most) in [(1, 3, 5), (60, 60, 60), (100_000, 300, 300)] {
            let mut rest = Rest::default();
            rest.begin(now, Some(asked * SECOND));
            let left = rest.left(now).unwrap().as_secs();
            assert!((least..=most).contains(&left), "{asked}: {left}");
        }
    }
}
