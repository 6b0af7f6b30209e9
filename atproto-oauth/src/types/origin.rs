//! Where a server is: scheme, host and port, and nothing else.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use url::Url;

use super::handle::is_label;
use super::policy::MAX_ORIGIN_LEN;
use super::text::checked_text;
use crate::error::{Error, ErrorKind};

#[cfg(test)]
mod tests;

/// A server: `https://pds.example.com`, with `:port` when it is not 443.
///
/// The string is kept exactly and compared byte by byte, so only the one canonical spelling is
/// accepted: lower case, no path (not even `/`), query, fragment, user name or default port. Plain
/// `http` and IP addresses are for `localhost`, `127.0.0.0/8` and `[::1]` in development only; where
/// those may be used is decided by who asks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(Arc<str>);

/// The name of an authorization server (RFC 8414): an [`Origin`], by the AT Protocol's rules.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer(Origin);

impl Origin {
    /// Reads an origin.
    ///
    /// # Errors
    ///
    /// `authorization_server_metadata_failed` for anything but the canonical spelling.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if is_origin(text) {
            Ok(Self(text.into()))
        } else {
            Err(Error::new(
                ErrorKind::AuthorizationServerMetadataFailed,
                "this is not the address of a server; it must read `https://host` or \
                 `https://host:port`, in lower case and without a path",
            ))
        }
    }

    /// The exact string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without the port; an IPv6 address is in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host_and_port().0
    }

    /// The port, 443 or 80 when none is written.
    #[must_use]
    pub fn port(&self) -> u16 {
        let default = if self.is_https() { 443 } else { 80 };
        self.host_and_port().1.unwrap_or(default)
    }

    /// The scheme is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// The host is `localhost`, `127.0.0.0/8` or `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host())
    }

    /// The URL of `path` on this server; a missing `/` before it is added, so that the result is
    /// always on this server.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        let slash = if path.starts_with('/') { "" } else { "/" };
        [self.as_str(), slash, path].concat()
    }

    fn host_and_port(&self) -> (&str, Option<u16>) {
        split_port(self.0.split_once("://").map_or("", |(_, rest)| rest))
    }
}

impl Issuer {
    /// Reads an issuer.
    ///
    /// # Errors
    ///
    /// As [`Origin::parse`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Origin::parse(text).map(Self)
    }

    /// The exact string, for the simple comparison that RFC 9207 and RFC 8414 demand.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where it is.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.0
    }

    /// As [`Origin::host`].
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host()
    }

    /// As [`Origin::port`].
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// As [`Origin::is_https`].
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.is_https()
    }

    /// As [`Origin::is_loopback`].
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.0.is_loopback()
    }

    /// As [`Origin::join`].
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        self.0.join(path)
    }
}

checked_text!(Origin);
checked_text!(Issuer);

impl FromStr for Origin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl FromStr for Issuer {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl From<Origin> for Issuer {
    fn from(origin: Origin) -> Self {
        Self(origin)
    }
}

impl From<Issuer> for Origin {
    fn from(issuer: Issuer) -> Self {
        issuer.0
    }
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let (host, port) = split_port(rest);
    let allowed = match scheme {
        "https" => is_name(host),
        "http" => is_loopback(host),
        _ => false,
    };
    // The URL parser has the last word: what it would print must be what was written.
    text.len() <= MAX_ORIGIN_LEN
        && allowed
        && port != Some(0)
        && Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text)
}

/// Splits `host:port`; a port that is no number stays with the host, where it is refused.
fn split_port(rest: &str) -> (&str, Option<u16>) {
    rest.rsplit_once(':')
        .and_then(|(host, port)| Some((host, Some(port.parse().ok()?))))
        .unwrap_or((rest, None))
}

fn is_name(host: &str) -> bool {
    let is_ip_like = host
        .rsplit('.')
        .next()
        .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    !is_ip_like && host.split('.').all(is_label)
}

fn is_loopback(host: &str) -> bool {
    let v6 = || host.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    host == "localhost"
        || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
        || v6().is_some_and(|ip: Ipv6Addr| ip.is_loopback())
}
