//! Why an extractor has no value.

use axum::response::Response;

use crate::error::Error;

/// Why [`from_session`](super::SessionExtractor::from_session) made no value.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotMade {
    /// The session lacks something.
    Error(Error),
    /// A loader refuses, in its own words.
    Answer(Response),
}

impl From<Error> for NotMade {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}
