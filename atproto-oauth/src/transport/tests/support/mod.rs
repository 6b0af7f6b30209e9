//! Small servers on loopback, written by hand so that they can misbehave.

mod dns;
mod server;
mod tls;

use std::error::Error as _;
use std::time::Duration;

pub(super) use dns::{Dns, Reply};
pub(super) use server::{Act, Server, hang_up, ok, redirect};
pub(super) use tls::Authority;

use crate::transport::{Body, Guarded, GuardedBuilder, Limits, Transport, TransportError};

/// Generous, for what should not come near it.
pub(super) const LIMITS: Limits = Limits::new(Duration::from_secs(20), 64 * 1024);

/// `http` to a server on loopback.
pub(super) fn development() -> Guarded {
    built(Guarded::builder().allow_loopback(true).no_dns())
}

pub(super) fn built(builder: GuardedBuilder) -> Guarded {
    builder.build().expect("a transport")
}

pub(super) fn get(url: &str) -> http::Request<Body> {
    request("GET", url, Body::empty())
}

pub(super) fn request(method: &str, url: &str, body: Body) -> http::Request<Body> {
    let request = http::Request::builder().method(method).uri(url);
    request.body(body).expect("a request")
}

/// The status and the whole body.
pub(super) async fn fetch(
    transport: &Guarded,
    request: http::Request<Body>,
    limits: Limits,
) -> Result<(u16, String), TransportError> {
    let answer = transport.send(request, limits).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().bytes(u64::MAX).await?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// The error and its causes, as an operator reads them.
pub(super) fn causes(error: &TransportError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        text = format!("{text}: {e}");
        cause = e.source();
    }
    text
}
