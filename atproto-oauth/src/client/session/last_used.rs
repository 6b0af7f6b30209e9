//! When a session was last used. Requests do not write: a refresh writes it with its tokens, and a session that is
//! used without one is written once a day.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::client::policy::LAST_USED_PERIOD;
use crate::types::Timestamp;

/// When this process last tried to write the use of a session.
#[derive(Debug, Default)]
pub(super) struct LastUsed(AtomicU64);

impl LastUsed {
    /// True for at most one caller per period.
    pub(super) fn touch(&self, now: Timestamp) -> bool {
        let (tried, relaxed) = (self.0.load(Ordering::Relaxed), Ordering::Relaxed);
        let due = tried == 0 || Timestamp(tried).until(now) >= LAST_USED_PERIOD;
        let won = || {
            self.0
                .compare_exchange(tried, now.0, relaxed, relaxed)
                .is_ok()
        };
        due && won()
    }
}
