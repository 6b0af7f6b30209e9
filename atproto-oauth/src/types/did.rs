//! Decentralised identifiers, the names of accounts.

use std::str::FromStr;
use std::sync::Arc;

use super::handle::{is_hostname, is_reserved_tld};
use super::policy::MAX_DID_LEN;
use super::text::checked_text;
use crate::error::Error;

#[cfg(test)]
mod tests;

/// The permanent name of an account: `did:plc:…` or `did:web:…`.
///
/// Any DID that is well-formed by the AT Protocol can be held (at most 2,048 bytes, case-sensitive);
/// whether an account may have it is asked with [`kind`](Self::kind).
///
/// ```
/// use atproto_oauth::Did;
///
/// let did: Did = "did:plc:ewvi7nxzyoun6zhxrhs64oiz".parse()?;
/// assert_eq!(did.method(), "plc");
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Did(Arc<str>);

/// How the document of a [`Did`] is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DidMethod<'a> {
    /// `did:plc`: ask the directory.
    Plc,
    /// `did:web`: ask the host itself.
    Web {
        /// A host name of two or more labels and no reserved ending, or `localhost`. It may still be
        /// under `.test`; development only, as is `localhost`: the caller decides.
        host: &'a str,
        /// Only ever there for `localhost`.
        port: Option<u16>,
    },
    /// A well-formed DID of a method that the AT Protocol does not use for accounts.
    Unsupported,
}

impl Did {
    /// The DID, exactly as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The method: `plc` in `did:plc:…`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.parts().0
    }

    /// How its document is found.
    ///
    /// # Errors
    ///
    /// `invalid_handle` for a `did:plc` that is not 24 characters of `a-z2-7`, and for a `did:web`
    /// with a path, a port, an IP address or a reserved host name.
    pub fn kind(&self) -> Result<DidMethod<'_>, Error> {
        match self.parts() {
            ("plc", id) if is_plc(id) => Ok(DidMethod::Plc),
            ("plc", _) => Err(Error::invalid_handle(
                "this `did:plc` is malformed; it has 24 characters of `a-z` and `2-7` after `did:plc:`",
            )),
            ("web", id) => web(id).ok_or_else(|| {
                Error::invalid_handle(
                    "this `did:web` cannot be used; write `did:web:` and a public host name, \
                     without a path or a port",
                )
            }),
            _ => Ok(DidMethod::Unsupported),
        }
    }

    /// Method and identifier.
    fn parts(&self) -> (&str, &str) {
        self.0
            .strip_prefix("did:")
            .and_then(|rest| rest.split_once(':'))
            .unwrap_or_default()
    }
}

checked_text!(Did);

impl FromStr for Did {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if is_did(text) {
            Ok(Self(text.into()))
        } else {
            Err(Error::invalid_handle(
                "this is not a DID; write it like `did:plc:ewvi7nxzyoun6zhxrhs64oiz`",
            ))
        }
    }
}

fn is_did(text: &str) -> bool {
    let Some((method, id)) = text
        .strip_prefix("did:")
        .and_then(|rest| rest.split_once(':'))
    else {
        return false;
    };
    let is_id_byte = |b: u8| b.is_ascii_alphanumeric() || b"._:%-".contains(&b);
    text.len() <= MAX_DID_LEN
        && !method.is_empty()
        && method.bytes().all(|b| b.is_ascii_lowercase())
        && !id.is_empty()
        && id.bytes().all(is_id_byte)
        && !id.ends_with([':', '%'])
}

fn is_plc(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'))
}

fn web(id: &str) -> Option<DidMethod<'_>> {
    if id == "localhost" {
        return Some(DidMethod::Web {
            host: id,
            port: None,
        });
    }
    if let Some(port) = id.strip_prefix("localhost%3A") {
        let digits = port.bytes().all(|b| b.is_ascii_digit()) && !port.starts_with('0');
        let port = port.parse().ok().filter(|_| digits)?;
        return Some(DidMethod::Web {
            host: "localhost",
            port: Some(port),
        });
    }
    (is_hostname(id) && !is_reserved_tld(id)).then_some(DidMethod::Web {
        host: id,
        port: None,
    })
}
