//! Servers that do not answer, as errors for people.

use crate::transport::{Problem, TransportError};
use crate::{Error, ErrorKind};

/// `who` does not answer: try again later; or its address or its answer is not acceptable, which is an
/// error of `kind`.
pub(crate) fn unreachable(error: TransportError, kind: ErrorKind, who: &str) -> Error {
    let (kind, message) = match error.problem() {
        Problem::Refused => (
            kind,
            format!("{who} is not on the public internet; nothing was sent there"),
        ),
        Problem::TooLarge | Problem::Redirected => (
            kind,
            format!(
                "{who} gave an answer that cannot be accepted; only its operator can correct it"
            ),
        ),
        _ => (
            ErrorKind::TemporarilyUnavailable,
            format!("{who} does not answer; try again in a moment"),
        ),
    };
    Error::new(kind, message).with_source(error)
}
