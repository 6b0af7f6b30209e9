//! The default transport.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::header::{self, HeaderMap, HeaderName};
use http::{Method, StatusCode};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::builder::GuardedBuilder;
use super::dns::Resolver;
use super::policy::Policy;
use super::{Body, Limits, Problem, Transport, TransportError, meter};
use crate::Error;

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
    pub(super) policy: Arc<Policy>,
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

/// Longer deadlines are as good as none.
const FOREVER: Duration = Duration::from_hours(24);

impl Guarded {
    /// With the policy above and nothing else.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) where the system has no usable root
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
        let deadline = Instant::now() + limits.deadline.min(FOREVER);
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
            let to: String = to.unwrap_or_default().chars().take(200).collect();
            return Err(redirected().with_source(format!("it leads to `{to}`")));
        }
        let next = self.0.policy.follow(url, location);
        next.map_err(|refused| redirected().with_source(refused))
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

impl std::fmt::Debug for Guarded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Policy {
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

/// Our own error where there is one inside (a refused address), otherwise what the client knows.
pub(super) fn failure(host: &str, error: reqwest::Error) -> TransportError {
    // Queries hold what must not be in logs.
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut own = None;
    while let Some(e) = cause {
        own = own.or_else(|| {
            e.downcast_ref::<TransportError>()
                .map(TransportError::problem)
        });
        cause = e.source();
    }
    let problem = match own {
        Some(problem) => problem,
        None if error.is_builder() => Problem::Refused,
        // Names, connection and TLS; no part of the request was sent.
        None if error.is_connect() => Problem::Unreachable,
        None if error.is_timeout() => Problem::Timeout,
        None => Problem::Broken,
    };
    TransportError::new(host, problem).with_source(error)
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
