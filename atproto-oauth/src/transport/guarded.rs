//! The default transport, and how it is built.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::types::BoxFuture;
use http::header::{self, HeaderMap, HeaderName};
use http::{Method, StatusCode};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::dns::{NameServer, Resolver, Shared};
use super::egress::EgressPolicy;
use super::policy::{
    CONNECT_TIMEOUT, HTTP2_PING_INTERVAL, MAX_DEADLINE, MAX_SHOWN_ORIGIN, POOL_IDLE_TIMEOUT,
    POOL_MAX_IDLE_PER_HOST,
};
use super::reqwest_error::failure;
use super::{Body, Limits, Overrides, Problem, Transport, TransportError, meter, tls};
use crate::error::Error;

/// The default [`Transport`]: one pooled HTTP/1.1 and HTTP/2 client for the life of the application,
/// with a guard against requests that strangers could aim at your own network.
///
/// * `https` only, on port 443 only, to names only, never to addresses; no credentials in URLs.
/// * A name is resolved once for each connection. If *any* of its addresses is not
///   [public](super::is_public) the request is refused, and only the checked addresses are connected to,
///   so that a name that changes its mind between check and connection gains nothing.
/// * Redirects are followed only where [`Limits`] allow some, only for `GET` and `HEAD`, without any of
///   the request's headers but `accept`, and each one is checked like a first request.
/// * The deadline covers names, connection, request and the whole answer; the size counts after
///   decompression.
/// * No cookies, no proxy from the environment, no credentials, no `Referer`. TLS uses its own
///   provider and the system's root certificates.
///
/// Exceptions are the operator's: see [`builder`](Self::builder).
///
/// ```no_run
/// # use atproto_oauth::transport::Guarded;
/// let transport = Guarded::new()?;
/// # Ok::<(), atproto_oauth::Error>(())
/// ```
#[derive(Clone)]
pub struct Guarded(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) client: reqwest::Client,
    pub(super) resolver: Arc<Resolver>,
    pub(super) policy: Arc<EgressPolicy>,
}

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
    policy: EgressPolicy,
    roots: Vec<Vec<u8>>,
    server: NameServer,
}

/// Belong to one connection or to one length, and are written anew; `expect` is never answered here.
const OWN_HEADERS: [HeaderName; 8] = [
    header::HOST,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::EXPECT,
    header::PROXY_AUTHORIZATION,
];

impl Guarded {
    /// With the policy above and nothing else.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::error::ErrorKind::Configuration) where the system has no usable root
    /// certificates.
    pub fn new() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// To make exceptions: fixed addresses, loopback, extra root certificates, ports.
    pub fn builder() -> GuardedBuilder {
        GuardedBuilder::default()
    }

    async fn exchange(
        &self,
        request: http::Request<Body>,
        limits: Limits,
    ) -> Result<http::Response<Body>, TransportError> {
        let deadline = Instant::now() + limits.deadline.min(MAX_DEADLINE);
        let (parts, body) = request.into_parts();
        let mut url = self.0.policy.check(&parts.uri.to_string())?;
        let accept = parts.headers.get(header::ACCEPT).cloned();
        let mut request = outgoing(&url, parts.method.clone(), parts.headers, body);
        let mut left = limits.redirects;
        loop {
            let host = host(&url).to_owned();
            let answer = timeout_at(deadline, self.0.client.execute(request)).await;
            let answer = answer
                .map_err(|_| TransportError::new(&host, Problem::Timeout))?
                .map_err(|e| failure(&host, e))?;
            if !is_redirect(answer.status()) {
                return received(host, &parts.method, answer, deadline, limits.max_bytes);
            }
            let harmless = matches!(parts.method, Method::GET | Method::HEAD);
            url = self.redirect(&url, &answer, harmless && left > 0)?;
            left = left.saturating_sub(1);
            let headers = accept.iter().map(|value| (header::ACCEPT, value.clone()));
            request = outgoing(&url, parts.method.clone(), headers.collect(), Body::empty());
        }
    }

    fn redirect(
        &self,
        url: &Url,
        answer: &reqwest::Response,
        allowed: bool,
    ) -> Result<Url, TransportError> {
        let redirected = || TransportError::new(host(url), Problem::Redirected);
        let location = answer.headers().get(header::LOCATION);
        let location = location
            .and_then(|value| value.to_str().ok())
            .ok_or_else(|| redirected().with_source("it does not say where to"))?;
        if !allowed {
            // Its query may hold what must not be in logs.
            let to = url
                .join(location)
                .map(|to| to.origin().ascii_serialization());
            let to: String = to
                .unwrap_or_default()
                .chars()
                .take(MAX_SHOWN_ORIGIN)
                .collect();
            return Err(redirected().with_source(format!("it leads to `{to}`")));
        }
        let next = self.0.policy.follow(url, location);
        next.map_err(|refused| redirected().with_source(refused))
    }
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
    /// [`ErrorKind::Configuration`](crate::error::ErrorKind::Configuration) where a certificate is unreadable or there is none at all.
    pub fn build(self) -> Result<Guarded, Error> {
        let unusable = |e: Box<dyn std::error::Error + Send + Sync>| {
            Error::configuration("the HTTP client cannot be built; see the cause").with_source(e)
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
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .pool_max_idle_per_host(POOL_MAX_IDLE_PER_HOST)
            // A connection that died without a word would swallow one request after the other.
            .http2_keep_alive_interval(HTTP2_PING_INTERVAL)
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

impl Transport for Guarded {
    fn send(
        &self,
        request: http::Request<Body>,
        limits: Limits,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(self.exchange(request, limits))
    }

    fn txt(
        &self,
        name: &str,
        deadline: Duration,
    ) -> BoxFuture<'_, Result<Vec<String>, TransportError>> {
        let name = name.to_owned();
        Box::pin(async move {
            match timeout(deadline, self.0.resolver.txt(&name)).await {
                Ok(answer) => answer,
                Err(_) => Err(TransportError::new(name, Problem::Timeout)),
            }
        })
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EgressPolicy {
            loopback,
            ports,
            overrides,
            ..
        } = &*self.0.policy;
        f.debug_struct("Guarded")
            .field("allow_loopback", loopback)
            .field("ports", ports)
            .field("overrides", &format_args!("{overrides}"))
            .finish_non_exhaustive()
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

fn outgoing(url: &Url, method: Method, mut headers: HeaderMap, body: Body) -> reqwest::Request {
    for name in &OWN_HEADERS {
        headers.remove(name);
    }
    let announced = headers.remove(header::CONTENT_LENGTH);
    let length = match body.as_bytes() {
        None => announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok()),
        // The client leaves it out, and servers may answer 411.
        Some(bytes) if bytes.is_empty() && has_content(&method) => Some(0),
        Some(_) => None,
    };
    headers.extend(length.map(|length| (header::CONTENT_LENGTH, length.into())));
    let mut request = reqwest::Request::new(method, url.clone());
    *request.headers_mut() = headers;
    *request.body_mut() = Some(meter::outgoing(host(url), body, length));
    request
}

fn received(
    host: String,
    method: &Method,
    mut answer: reqwest::Response,
    deadline: Instant,
    max: u64,
) -> Result<http::Response<Body>, TransportError> {
    let announced = answer.content_length().unwrap_or(0);
    if announced > max && method != Method::HEAD {
        return Err(TransportError::new(host, Problem::TooLarge));
    }
    let mut response = http::Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.version_mut() = answer.version();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    *response.body_mut() = meter::incoming(host, answer.bytes_stream(), deadline, max);
    Ok(response)
}

fn has_content(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("?")
}
