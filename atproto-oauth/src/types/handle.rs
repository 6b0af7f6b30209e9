//! Handles, the names people type.

use std::str::FromStr;
use std::sync::Arc;

use super::input::clean_input;
use super::policy::{MAX_HANDLE_LEN, MAX_LABEL_LEN};
use super::text::checked_text;
use crate::error::{Error, ErrorKind};

#[cfg(test)]
mod tests;

/// The name of an account as people write it, a domain name: `alice.example.com`.
///
/// Held in lower case. A handle can change its owner, so it is shown and never used as a key; that is
/// the [`Did`](super::Did).
///
/// `FromStr` accepts exactly the valid strings; what people type goes through
/// [`from_input`](Self::from_input).
///
/// ```
/// use atproto_oauth::Handle;
///
/// assert_eq!(Handle::from_input(" @Alice.Example.com ")?, "alice.example.com");
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(Arc<str>);

const RESERVED_TLDS: [&str; 8] = [
    "alt",
    "arpa",
    "example",
    "internal",
    "invalid",
    "local",
    "localhost",
    "onion",
];

impl Handle {
    /// What is shown for an account whose handle could not be verified.
    pub const INVALID: &'static str = "handle.invalid";

    /// Reads what a person typed or pasted: drops what is invisible, spaces around it and the `@` before it, then
    /// checks it.
    ///
    /// # Errors
    ///
    /// `missing_handle` when nothing is left, `invalid_handle` when it is not a handle.
    pub fn from_input(text: &str) -> Result<Self, Error> {
        let text = clean_input(text)?;
        if text.is_empty() {
            return Err(Error::new(
                ErrorKind::MissingHandle,
                "there is no handle; type yours, like `alice.example.com`",
            ));
        }
        text.parse()
    }

    /// The handle in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The top-level domain is reserved (`.local`, `.example` …), so the handle is never looked up.
    #[must_use]
    pub fn is_reserved_tld(&self) -> bool {
        is_reserved_tld(&self.0)
    }

    /// It ends in `.test`, which is for development only.
    #[must_use]
    pub fn is_test(&self) -> bool {
        is_test_tld(&self.0)
    }
}

checked_text!(Handle);

impl FromStr for Handle {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if is_hostname(text) {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(Error::new(
                ErrorKind::InvalidHandle,
                "this is not a handle; write it like `alice.example.com`",
            ))
        }
    }
}

/// Whether the last label of `host` is one of the endings that the AT Protocol excludes: `alt`, `arpa`,
/// `example`, `internal`, `invalid`, `local`, `localhost` and `onion`. (`test` is not among them.)
#[must_use]
pub(crate) fn is_reserved_tld(host: &str) -> bool {
    let tld = tld(host);
    RESERVED_TLDS
        .iter()
        .any(|reserved| tld.eq_ignore_ascii_case(reserved))
}

/// Whether the last label of `host` is `test`: for development only.
#[must_use]
pub(super) fn is_test_tld(host: &str) -> bool {
    tld(host).eq_ignore_ascii_case("test")
}

/// A domain name of two or more labels whose last one does not start with a digit: no IP address, no
/// trailing dot.
pub(super) fn is_hostname(text: &str) -> bool {
    text.len() <= MAX_HANDLE_LEN
        && text.contains('.')
        && text.split('.').all(is_label)
        && !tld(text).starts_with(|c: char| c.is_ascii_digit())
}

pub(super) fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL_LEN).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn tld(host: &str) -> &str {
    host.rsplit('.').next().unwrap_or_default()
}
