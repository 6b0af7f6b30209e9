//! The operator's exceptions from the default policy.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::dns::{NameServer, Resolver, Shared};
use super::guarded::{Guarded, Inner};
use super::policy::Policy;
use super::{Overrides, tls};
use crate::{Error, ErrorKind};

/// Part of every deadline, so that a host that swallows packets is told apart from one that is slow.
const CONNECT: Duration = Duration::from_secs(5);
/// Short, as many connections lead to servers that are never asked again.
const IDLE: Duration = Duration::from_secs(20);
const PING: Duration = Duration::from_secs(15);

/// Builds a [`Guarded`]; every setting is an exception that the operator answers for.
///
/// ```no_run
/// # use atproto_oauth::transport::Guarded;
/// let transport = Guarded::builder()
///     .overrides("*.example.dev:443=127.0.0.1:8443".parse()?)
///     .root_certificates(std::fs::read("ca.pem").unwrap_or_default())
///     .build()?;
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
#[derive(Default)]
#[must_use = "it does nothing before `build`"]
pub struct GuardedBuilder {
    policy: Policy,
    roots: Vec<Vec<u8>>,
    server: NameServer,
}

impl GuardedBuilder {
    /// For development: allows `http` and `https` to `localhost`, `127.0.0.1` and `[::1]` on any port.
    /// Everything else stays guarded, and no redirect from elsewhere leads there. `ATPROTO_ALLOW_LOOPBACK`.
    pub fn allow_loopback(mut self, allow: bool) -> Self {
        self.policy.loopback = allow;
        self
    }

    /// Fixed addresses for names, exempt from the private-address guard. `ATPROTO_RESOLVE`.
    pub fn overrides(mut self, overrides: Overrides) -> Self {
        self.policy.overrides = overrides;
        self
    }

    /// Certificates (PEM, one or several) trusted beside the system's. `ATPROTO_CA_FILE`.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Allows another port than 443, for every public host.
    pub fn allow_port(mut self, port: u16) -> Self {
        self.policy.ports.push(port);
        self
    }

    /// Asks this name server (UDP and TCP) instead of the system's, and leaves the hosts file alone.
    pub fn nameserver(mut self, address: SocketAddr) -> Self {
        self.server = NameServer::At(address);
        self
    }

    /// Asks no name server: only fixed addresses and loopback resolve, and there are no TXT records.
    pub fn no_dns(mut self) -> Self {
        self.server = NameServer::None;
        self
    }

    /// For tests that need a "public" server on loopback.
    #[cfg(test)]
    pub(super) fn judge(mut self, judge: fn(std::net::IpAddr) -> bool) -> Self {
        self.policy.judge = judge;
        self
    }

    /// Reads the system's root certificates and name servers, once; blocks for some milliseconds.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where a certificate is unreadable or there is none at all.
    pub fn build(self) -> Result<Guarded, Error> {
        let unusable = |e: Box<dyn std::error::Error + Send + Sync>| {
            let message = "the HTTP client cannot be built; see the cause";
            Error::new(ErrorKind::Configuration, message).with_source(e)
        };
        let policy = Arc::new(self.policy);
        let resolver = Resolver::new(Arc::clone(&policy), self.server);
        let resolver = Arc::new(resolver.map_err(|e| unusable(e.into()))?);
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(&self.roots)?)
            .https_only(!policy.loopback)
            .dns_resolver(Shared(Arc::clone(&resolver)))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(concat!("atproto-oauth/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(8)
            // A connection that died without a word would swallow one request after the other.
            .http2_keep_alive_interval(PING)
            .http2_keep_alive_while_idle(true)
            .build()
            .map_err(|e| unusable(e.into()))?;
        Ok(Guarded(Arc::new(Inner {
            client,
            resolver,
            policy,
        })))
    }
}

impl fmt::Debug for GuardedBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedBuilder")
            .field("policy", &self.policy)
            .field("root_certificates", &self.roots.len())
            .field("server", &self.server)
            .finish()
    }
}
