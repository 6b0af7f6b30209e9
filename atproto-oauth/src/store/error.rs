//! Errors of a store.

use std::error::Error as StdError;

/// A store failed. `Display` is for operators: it names the place and what to do, never a value.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    problem: Problem,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    Down,
    Failed,
    Unreadable,
    Unknown,
}

impl StoreError {
    /// The store cannot be reached now; the same call may succeed later.
    #[must_use]
    pub fn down(message: impl Into<String>) -> Self {
        Self::new(message, Problem::Down)
    }

    /// The store refuses or is damaged; trying again does not help.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(message, Problem::Failed)
    }

    /// The store works, but this one row was changed or rolled back. It is never used; where it stays so, there
    /// is no session.
    #[must_use]
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::new(message, Problem::Unreadable)
    }

    /// As [`unreadable`](Self::unreadable), but another process may be able to read the row: it was sealed with a
    /// secret that is not here, or written by a version that this one does not know. The row may be valid; it is
    /// left untouched.
    #[must_use]
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::new(message, Problem::Unknown)
    }

    fn new(message: impl Into<String>, problem: Problem) -> Self {
        Self {
            message: message.into(),
            problem,
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same, for another caller; the cause stays with this one.
    #[cfg(any(feature = "embedded", feature = "redis"))]
    pub(super) fn again(&self) -> Self {
        Self::new(self.message.clone(), self.problem)
    }

    /// The same call may succeed later.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.problem == Problem::Down
    }

    /// Only this row is bad; see [`unreadable`](Self::unreadable) and [`unknown`](Self::unknown).
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(self.problem, Problem::Unreadable | Problem::Unknown)
    }

    /// Others may be able to read this row; see [`unknown`](Self::unknown).
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.problem == Problem::Unknown
    }
}

impl From<StoreError> for crate::error::Error {
    fn from(error: StoreError) -> Self {
        let kind = if error.is_down() || error.is_unknown() {
            crate::error::ErrorKind::TemporarilyUnavailable
        } else {
            crate::error::ErrorKind::SessionStoreFailed
        };
        Self::new(kind, "the session store failed; see the logs").with_source(error)
    }
}
