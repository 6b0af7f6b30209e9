//! Errors of the HTTP client, as this crate's own.

use super::{Problem, TransportError};

/// Our own error where there is one inside (a refused address), otherwise what the client knows.
pub(super) fn failure(host: &str, error: reqwest::Error) -> TransportError {
    // Queries hold what must not be in logs.
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut own = None;
    while let Some(e) = cause {
        own = own.or_else(|| {
            e.downcast_ref::<TransportError>()
                .map(TransportError::problem)
        });
        cause = e.source();
    }
    let problem = match own {
        Some(problem) => problem,
        None if error.is_builder() => Problem::Refused,
        // Names, connection and TLS; no part of the request was sent.
        None if error.is_connect() => Problem::Unreachable,
        None if error.is_timeout() => Problem::Timeout,
        None => Problem::Broken,
    };
    TransportError::new(host, problem).with_source(error)
}
