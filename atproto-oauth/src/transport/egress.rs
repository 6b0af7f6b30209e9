//! Which addresses requests may go to, checked before and after names are resolved.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

use super::{Overrides, Problem, TransportError, is_public};

/// Top-level names that never lead to the public internet (RFC 6761, 6762, 7686, 8375, 9476).
const RESERVED: [&str; 7] = [
    "alt",
    "arpa",
    "internal",
    "invalid",
    "local",
    "localhost",
    "onion",
];

/// The one policy for every request, every redirect and every resolved address.
#[derive(Clone, Debug)]
pub(super) struct EgressPolicy {
    /// `http` and `https` to this machine, on any port.
    pub(super) loopback: bool,
    pub(super) ports: Vec<u16>,
    pub(super) overrides: Overrides,
    /// [`is_public`], but for tests that need a "public" server on loopback.
    pub(super) judge: fn(IpAddr) -> bool,
}

impl Default for EgressPolicy {
    fn default() -> Self {
        Self {
            loopback: false,
            ports: vec![443],
            overrides: Overrides::default(),
            judge: is_public,
        }
    }
}

impl EgressPolicy {
    /// The URL to connect to, or why not.
    pub(super) fn check(&self, url: &str) -> Result<Url, TransportError> {
        let url = Url::parse(url).map_err(|e| refused("?", e))?;
        match self.objection(&url) {
            Some(reason) => Err(refused(url.host_str().unwrap_or("?"), reason)),
            None => Ok(url),
        }
    }

    /// Where a redirect from `url` leads: as [`check`](Self::check), and never from elsewhere to this
    /// machine.
    pub(super) fn follow(&self, url: &Url, location: &str) -> Result<Url, TransportError> {
        let host = url.host_str().unwrap_or("?");
        let next = url.join(location).map_err(|e| refused(host, e))?;
        if self.is_loopback(&next) && !self.is_loopback(url) {
            return Err(refused(host, "a redirect to this machine"));
        }
        self.check(next.as_str())
    }

    /// Refuses the whole answer if *any* address is not public: a name that answers with both is being
    /// rebound, and which one would be connected to is not ours to choose.
    pub(super) fn check_addresses(
        &self,
        host: &str,
        addresses: &[SocketAddr],
    ) -> Result<(), TransportError> {
        match addresses.iter().find(|a| !(self.judge)(a.ip())) {
            Some(a) => Err(refused(host, format!("{} is not a public address", a.ip()))),
            None => Ok(()),
        }
    }

    /// A name that this policy calls this machine.
    pub(super) fn is_localhost(&self, name: &str) -> bool {
        self.loopback && name.eq_ignore_ascii_case("localhost")
    }

    fn objection(&self, url: &Url) -> Option<&'static str> {
        if !url.username().is_empty() || url.password().is_some() {
            return Some("credentials in a URL");
        }
        if self.is_loopback(url) && matches!(url.scheme(), "http" | "https") {
            return None;
        }
        if url.scheme() != "https" {
            return Some("only `https` is allowed");
        }
        let Some(Host::Domain(name)) = url.host() else {
            return Some("an address instead of a name");
        };
        let port = url.port_or_known_default().unwrap_or(0);
        if let Some(ports) = self.overrides.ports(name) {
            let other = !ports.contains(&port);
            return other.then_some("the fixed address of this name is for another port");
        }
        let name = name.strip_suffix('.').unwrap_or(name);
        let top = name.rsplit('.').next().unwrap_or(name);
        if RESERVED.contains(&top) {
            return Some("a name that is not part of the public internet");
        }
        (!self.ports.contains(&port)).then_some("this port is not allowed")
    }

    fn is_loopback(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Domain(name)) => self.is_localhost(name),
            Some(Host::Ipv4(address)) => self.loopback && address == Ipv4Addr::LOCALHOST,
            Some(Host::Ipv6(address)) => self.loopback && address == Ipv6Addr::LOCALHOST,
            None => false,
        }
    }
}

/// The reason is for operators; people read the [`Problem`].
fn refused(
    host: &str,
    reason: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> TransportError {
    TransportError::new(host, Problem::Refused).with_source(reason)
}
