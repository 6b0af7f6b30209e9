//! What every request to another server needs.

use std::sync::Arc;

use http::Request;

use super::clock_skew::ClockSkew;
use super::nonces::Nonces;
use crate::protocol::Response;
use crate::transport::{Body, Limits, Transport, TransportError};
use crate::types::{Clock, Timestamp};

/// The transport, the clock, and what is known of the servers: their nonces and their clock skew.
pub(crate) struct RequestContext {
    pub(crate) client_id: String,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) nonces: Nonces,
    pub(crate) clock_skew: ClockSkew,
}

impl RequestContext {
    pub(crate) fn new(
        client_id: String,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            client_id,
            transport,
            clock,
            nonces: Nonces::new(),
            clock_skew: ClockSkew::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn fetch(
        &self,
        request: Request<Body>,
        limits: Limits,
    ) -> Result<Response, TransportError> {
        let response = self.transport.send(request, limits).await?;
        let (parts, body) = response.into_parts();
        let body = body.bytes(limits.max_bytes).await?;
        Ok(Response::from_parts(parts, body))
    }
}
