//! Random bytes from the operating system.

use super::base64url;
use crate::error::{Error, ErrorKind};

/// `N` bytes from the system's source of randomness.
///
/// # Errors
///
/// `temporarily_unavailable` when the operating system has no random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(no_randomness)?;
    Ok(bytes)
}

/// 256 random bits as 43 characters of base64url: a `state`, a `code_verifier`, a `jti`, a cookie.
///
/// # Errors
///
/// As [`random`].
pub fn random_token() -> Result<String, Error> {
    random::<32>().map(|bytes| base64url::encode(&bytes))
}

pub(super) fn no_randomness(source: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::TemporarilyUnavailable,
        "the operating system gave no random bytes; try again",
    )
    .with_source(source.to_string())
}
