//! Turns transport failures into user-facing errors.

use crate::error::{Error, ErrorKind};
use crate::transport::{Problem, TransportError};

/// The error for a request that got no answer from `who`: transient where it may pass, of `kind` where the address or
/// the answer is not acceptable.
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
