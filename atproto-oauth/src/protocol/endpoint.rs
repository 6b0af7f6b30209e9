//! URLs that servers name: where requests and people are sent.

use url::{Host, Url};

use super::policy::MAX_URL;
use crate::types::{Origin, is_reserved_tld};

/// Which servers may be talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Servers {
    /// Public https only.
    Public,
    /// Also `http://localhost` and its addresses, for development and tests.
    Loopback,
}

impl Servers {
    /// An origin that may be talked to (AT Protocol OAuth: Security Considerations).
    #[must_use]
    pub fn allow(self, origin: &Origin) -> bool {
        (self == Self::Loopback && origin.is_loopback())
            || (origin.is_https() && is_public_name(origin.host()))
    }

    /// Parses an endpoint: an absolute URL on a server that may be talked to, without user information; a
    /// fragment is dropped (AT Protocol OAuth: Security Considerations).
    #[must_use]
    pub fn endpoint(self, text: &str) -> Option<Url> {
        if text.len() > MAX_URL {
            return None;
        }
        let mut url = Url::parse(text).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        url.set_fragment(None);
        let loopback = self == Self::Loopback && is_loopback(&url);
        let public = match url.host() {
            Some(Host::Domain(name)) => is_public_name(name),
            _ => false,
        };
        match url.scheme() {
            "https" if public || loopback => Some(url),
            "http" if loopback => Some(url),
            _ => None,
        }
    }
}

/// A host name that can be a server on the public internet: not an address, not a single label, no dot
/// at either end, not under a reserved top-level domain. Addresses behind the name are checked when it
/// is connected to.
#[must_use]
pub fn is_public_name(host: &str) -> bool {
    match host.rsplit_once('.') {
        Some((_, top)) => {
            host.split('.').all(|label| !label.is_empty())
                && !top.starts_with(|c: char| c.is_ascii_digit())
                && !top.eq_ignore_ascii_case("test")
                && !is_reserved_tld(host)
        }
        None => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The origin a URL's requests go to, as the key of nonces: `https://host` or `https://host:port`.
#[must_use]
pub fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests;
