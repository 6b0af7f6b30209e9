//! Outgoing requests: the trait, the rules that every implementation keeps, and the guarded default.

mod address;
mod body;
mod dns;
mod egress;
mod guarded;
mod meter;
mod overrides;
pub(crate) mod policy;
mod reqwest_error;
mod tls;

pub use address::is_public;
pub use body::Body;
pub use guarded::{Guarded, GuardedBuilder};
pub use overrides::Overrides;
#[cfg(feature = "redis")]
pub(crate) use tls::config as tls_config;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use crate::types::BoxFuture;

/// Sends HTTP requests to other servers.
///
/// Every address comes from strangers (a handle, a DID document, server metadata), so an
/// implementation must: never follow more than [`Limits::redirects`] redirects and check each hop,
/// refuse private and special addresses after resolution and connect only to what it checked, stop at
/// [`Limits::deadline`] in total and at [`Limits::max_bytes`] of *decoded* body, and add no cookies, no
/// proxy and no credentials of its own.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends one request. The deadline covers the answer's body too, while it is read.
    fn send(
        &self,
        request: http::Request<Body>,
        limits: Limits,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>>;

    /// The TXT records of `name`, each joined to one string; none is an empty list.
    fn txt(
        &self,
        name: &str,
        deadline: Duration,
    ) -> BoxFuture<'_, Result<Vec<String>, TransportError>>;
}

/// What one request may cost.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// From start to the last byte of the answer.
    pub deadline: Duration,
    /// Bytes of the answer's body, after decompression.
    pub max_bytes: u64,
    /// Redirects that may be followed; 0 everywhere but for the handle's well-known document.
    pub redirects: u8,
}

impl Limits {
    /// No redirects.
    #[must_use]
    pub const fn new(deadline: Duration, max_bytes: u64) -> Self {
        Self {
            deadline,
            max_bytes,
            redirects: 0,
        }
    }

    /// With up to `n` redirects.
    #[must_use]
    pub const fn redirects(self, n: u8) -> Self {
        Self {
            redirects: n,
            ..self
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("{host}: {problem}")]
pub struct TransportError {
    host: String,
    problem: Problem,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of [`TransportError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Policy refuses the address; nothing was sent.
    #[error("this address is not allowed")]
    Refused,
    /// There is no such name, or no server listens there; nothing was sent.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The deadline passed; the request may have arrived.
    #[error("no answer in time")]
    Timeout,
    /// The body is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// A redirect where none is allowed, or too many.
    #[error("a redirect is not allowed here")]
    Redirected,
    /// The connection broke; the request may have arrived.
    #[error("the connection broke")]
    Broken,
}

impl TransportError {
    /// `host` is for operators; `source` may hold details.
    #[must_use]
    pub fn new(host: impl Into<String>, problem: Problem) -> Self {
        Self {
            host: host.into(),
            problem,
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What happened.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// The request certainly never reached the server, so sending it again is safe.
    #[must_use]
    pub fn never_sent(&self) -> bool {
        matches!(self.problem, Problem::Refused | Problem::Unreachable)
    }
}
