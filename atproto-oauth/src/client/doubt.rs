//! Rows that cannot be read: in doubt for a while, and never deleted or written over.
//!
//! A copy of the store that lags catches up. What was changed or put back stays so, and counts as none in the
//! end: signing in is all that helps. What another process can read, with a secret or a version that is not here,
//! is never taken for none.

use std::fmt;
use std::time::Duration;

use moka::sync::Cache;

use super::{Inner, OAuthClient};
use crate::store::StoreError;
use crate::types::Timestamp;
use crate::{Error, ErrorKind};

/// How long a row is in doubt.
const DOUBT: Duration = Duration::from_mins(1);

/// Rows that are in doubt at the same time, and how long one that nobody asks for is remembered.
const ROWS: u64 = 10_000;
const LIFE: Duration = Duration::from_hours(1);

/// Since when rows cannot be read.
pub(crate) struct Doubts(Cache<String, Timestamp>);

impl Doubts {
    pub(crate) fn new() -> Self {
        let since = Cache::builder().max_capacity(ROWS).time_to_idle(LIFE);
        Self(since.build())
    }
}

impl fmt::Debug for Doubts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Doubts({} rows)", self.0.entry_count())
    }
}

impl Inner {
    /// The row `id`, which the store answered about with `error`, is as good as none.
    pub(crate) fn is_lost(&self, id: &str, error: &StoreError) -> bool {
        if !error.is_unreadable() || error.is_unknown() {
            return false;
        }
        let now = self.clock.now();
        let since = self.doubts.0.get_with(id.to_owned(), || now);
        since.until(now) >= DOUBT
    }

    /// The row `id` was read.
    pub(crate) fn is_read(&self, id: &str) {
        self.doubts.0.invalidate(id);
    }
}

impl OAuthClient {
    /// As [`Inner::is_lost`].
    pub(crate) fn is_lost(&self, id: &str, error: &StoreError) -> bool {
        self.0.is_lost(id, error)
    }

    /// As [`Inner::is_read`].
    pub(crate) fn is_read(&self, id: &str) {
        self.0.is_read(id);
    }
}

/// For whoever asked for a row that is in doubt, or for one that the store could not look up.
pub(crate) fn unread(error: StoreError) -> Error {
    if !error.is_unreadable() {
        return error.into();
    }
    Error::new(
        ErrorKind::TemporarilyUnavailable,
        "the session cannot be read now; try again in a moment",
    )
    .with_source(error)
}
