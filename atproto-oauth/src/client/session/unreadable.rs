//! Rows that cannot be read: retried for a while, and never deleted or written over.
//!
//! A replica that lags catches up. A row that was changed or put back stays unreadable and counts as gone in the end:
//! only a new sign-in helps. A row that another process can read, with a secret or a version that is not here, never
//! counts as gone.

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;

use crate::client::policy::{MAX_UNREADABLE_ROWS, UNREADABLE_GRACE, UNREADABLE_IDLE};
use crate::error::Error;
use crate::store::StoreError;
use crate::types::{Clock, Timestamp};

/// Since when rows cannot be read.
pub(crate) struct UnreadableRows {
    since: Cache<String, Timestamp>,
    clock: Arc<dyn Clock>,
}

impl UnreadableRows {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let since = Cache::builder()
            .max_capacity(MAX_UNREADABLE_ROWS)
            .time_to_idle(UNREADABLE_IDLE)
            .build();
        Self { since, clock }
    }

    /// Takes note that the store answered about the row `id` with `error`; true once the row counts as gone.
    pub(crate) fn note_unreadable(&self, id: &str, error: &StoreError) -> bool {
        if !error.is_unreadable() || error.is_unknown() {
            return false;
        }
        let now = self.clock.now();
        let since = self.since.get_with(id.to_owned(), || now);
        since.until(now) >= UNREADABLE_GRACE
    }

    /// Takes note that the row `id` was read.
    pub(crate) fn note_readable(&self, id: &str) {
        self.since.invalidate(id);
    }
}

impl fmt::Debug for UnreadableRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnreadableRows({})", self.since.entry_count())
    }
}

/// The error for a row that is unreadable, or that the store could not look up.
pub(crate) fn read_error(error: StoreError) -> Error {
    if !error.is_unreadable() {
        return error.into();
    }
    Error::temporarily_unavailable("the session cannot be read now; try again in a moment")
        .with_source(error)
}
