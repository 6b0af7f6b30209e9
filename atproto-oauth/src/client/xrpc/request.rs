//! A request to the account's own PDS: a current token, and a DPoP proof for each attempt.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::Serialize;
use url::Url;

use super::query::query;
use crate::client::policy::{
    MAX_NSID_LEN, MAX_TOKEN_RETRIES, MAX_XRPC_ANSWER, MAX_XRPC_REFUSAL, XRPC_TIMEOUT,
};
use crate::client::server::transport_error::unreachable;
use crate::client::session::session::Session;
use crate::client::session::state::Snapshot;
use crate::error::{Error, ErrorKind};
use crate::protocol::dpop::{self, Proof};
use crate::protocol::form::DPOP;
use crate::transport::{Body, Limits, TransportError};

/// A request to one XRPC method of the account's PDS, for raw bodies, streams and headers.
///
/// It goes to the PDS and nowhere else: the method is a name, not a URL, and redirects are not followed (RFC
/// 9449 §7.1, RFC 9700 §4.12).
#[must_use = "it is sent by `send`"]
pub struct XrpcRequest<A = ()> {
    session: Session<A>,
    method: Method,
    nsid: String,
    query: String,
    headers: HeaderMap,
    body: Body,
    limits: Limits,
    problem: Option<Error>,
}

impl<A> Session<A> {
    /// A request to the method `nsid` of the account's PDS.
    pub fn request(&self, method: Method, nsid: &str) -> XrpcRequest<A> {
        let problem = (!is_nsid(nsid)).then(|| {
            Error::invalid_request(format!(
                "`{nsid}` is not the name of an XRPC method; write for example \
                             `com.atproto.repo.getRecord`"
            ))
        });
        XrpcRequest {
            session: self.clone(),
            method,
            nsid: nsid.to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Body::empty(),
            limits: Limits::new(XRPC_TIMEOUT, MAX_XRPC_ANSWER),
            problem,
        }
    }
}

impl<A> XrpcRequest<A> {
    /// Query parameters: a struct or map of texts, numbers, truth values and lists of them.
    pub fn query(mut self, parameters: &impl Serialize) -> Self {
        match query(parameters) {
            Ok(query) => self.query = query,
            Err(error) => self.problem = self.problem.or(Some(error)),
        }
        self
    }

    /// A header. `Authorization`, `DPoP` and `Host` are refused: they are the session's.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if name == AUTHORIZATION || name == DPOP || name == HOST {
            let error = Error::invalid_request(format!(
                "the header `{name}` is set by the session; remove it"
            ));
            self.problem = self.problem.or(Some(error));
        } else {
            self.headers.append(name, value);
        }
        self
    }

    /// A body and its content type. A body that is a stream is sent once: if the server answers with a
    /// challenge the request fails as transient, and the caller sends it again.
    pub fn body(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        match HeaderValue::from_str(content_type) {
            Ok(value) => drop(self.headers.insert(CONTENT_TYPE, value)),
            Err(_) => {
                self.problem = self.problem.or(Some(Error::invalid_request(
                    "the content type is malformed",
                )));
            }
        }
        self.body = body.into();
        self
    }

    /// A JSON body.
    pub fn json(self, input: &impl Serialize) -> Self {
        match serde_json::to_vec(input) {
            Ok(bytes) => self.body("application/json", Bytes::from(bytes)),
            Err(error) => {
                let error = Error::invalid_request("the input cannot be written as JSON")
                    .with_source(error);
                Self {
                    problem: self.problem.or(Some(error)),
                    ..self
                }
            }
        }
    }

    /// What the answer may cost: time in total and bytes. Default: 30 seconds and 16 MiB.
    pub fn limits(self, deadline: Duration, max_bytes: u64) -> Self {
        Self {
            limits: Limits::new(deadline, max_bytes),
            ..self
        }
    }

    /// Sends it. An answer of any status is an answer; see [`XrpcError`](crate::XrpcError) for what
    /// `query` and `procedure` make of one.
    ///
    /// # Errors
    /// The request is malformed, the session ended, or the server does not answer.
    pub async fn send(self) -> Result<Response<Body>, Error> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let (state, inner) = (&self.session.state, &self.session.client.0);
        let replay = self.body.as_bytes().cloned();
        let mut body = Some(self.body);
        let mut take = || {
            let again = replay.clone().map(Body::from);
            again.or_else(|| body.take()).ok_or_else(|| {
                Error::temporarily_unavailable(
                    "the server asked for the request again, and a stream cannot be sent twice; send \
                     it again",
                )
            })
        };
        let mut current = inner.refresher.usable(state, None).await?;
        let mut tried = Tried::default();
        loop {
            let now = inner.context.now();
            let (url, head) = self
                .session
                .head(&current, &self.method, &self.nsid, &self.query)?;
            let mut request = Request::from_parts(head, take()?);
            request.headers_mut().extend(self.headers.clone());
            let response = inner.context.transport.send(request, self.limits).await;
            let response = response.map_err(no_answer)?;
            if let Some(nonce) = dpop::nonce(response.headers()) {
                state.set_pds_nonce(&current.record.pds, nonce);
                inner.context.nonces.put(&url, nonce);
            }
            if response.status() != StatusCode::UNAUTHORIZED
                && response.status() != StatusCode::BAD_REQUEST
            {
                state.note_accepted(&current);
                return Ok(response);
            }
            // Small by nature; read it to see whether it is a challenge.
            let (parts, body) = response.into_parts();
            let max = self.limits.max_bytes.min(MAX_XRPC_REFUSAL);
            let response = Response::from_parts(parts, body.bytes(max).await.map_err(no_answer)?);
            if dpop::wants_nonce(&response) && !tried.nonce {
                tried.nonce = true;
            } else if dpop::rejects_token(response.status(), response.headers()) {
                let next = inner.refresher.usable(state, Some(&current)).await?;
                if next.same_token(&current) {
                    return Ok(response.map(Body::from));
                }
                if tried.tokens == MAX_TOKEN_RETRIES {
                    return Err(outrun());
                }
                // Another server has other nonces and another clock.
                tried = Tried {
                    tokens: tried.tokens + 1,
                    nonce: tried.nonce && next.record.pds == current.record.pds,
                    clock: tried.clock && next.record.pds == current.record.pds,
                };
                current = next;
            } else if !tried.clock && inner.context.clock_skew.learn(&url, now, &response) {
                tried.clock = true;
            } else {
                return Ok(response.map(Body::from));
            }
        }
    }
}

/// Why a request was sent again already; each reason counts once for each token.
#[derive(Default)]
struct Tried {
    nonce: bool,
    tokens: u8,
    clock: bool,
}

impl<A> Session<A> {
    /// The address and the head of one attempt: token, proof, proxy.
    fn head(
        &self,
        current: &Arc<Snapshot>,
        method: &Method,
        nsid: &str,
        query: &str,
    ) -> Result<(Url, http::request::Parts), Error> {
        let (record, inner) = (&current.record, &self.client.0);
        let url = endpoint(current, nsid, query)?;
        let nonce = self
            .state
            .pds_nonce(&record.pds)
            .or_else(|| inner.context.nonces.get(&url));
        let proof = Proof {
            method,
            url: &url,
            nonce: nonce.as_deref(),
            access_token: Some(&record.access_token),
            now: inner
                .context
                .clock_skew
                .server_time(&url, inner.context.now()),
        };
        let authorization = format!("DPoP {}", record.access_token.expose_secret());
        let mut authorization = HeaderValue::try_from(authorization).map_err(|error| {
            Error::invalid_request("the access token is malformed").with_source(error)
        })?;
        authorization.set_sensitive(true);
        let mut request = Request::builder()
            .method(method.clone())
            .uri(url.as_str())
            .header(AUTHORIZATION, authorization)
            .header(DPOP, proof.sign(&record.dpop_key)?);
        if let Some(service) = &self.proxy {
            if !service.starts_with("did:") || !service.contains('#') {
                return Err(Error::invalid_request(format!(
                    "`{service}` is not a service; write a DID and a fragment, such as \
                     `did:web:api.bsky.app#bsky_appview`"
                )));
            }
            request = request.header("atproto-proxy", &**service);
        }
        let request = request.body(()).map_err(|error| {
            Error::invalid_request("the request cannot be built").with_source(error)
        })?;
        Ok((url, request.into_parts().0))
    }
}

impl<A> fmt::Debug for XrpcRequest<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XrpcRequest")
            .field("method", &self.method)
            .field("nsid", &self.nsid)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// The error of a request whose token was refreshed each time it was on its way.
fn outrun() -> Error {
    Error::temporarily_unavailable(
        "the tokens of the session change faster than the request arrives; try again in a moment",
    )
}

fn no_answer(error: TransportError) -> Error {
    let kind = ErrorKind::AuthorizationServerMetadataFailed;
    unreachable(error, kind, "the account's server")
}

fn endpoint(current: &Snapshot, nsid: &str, query: &str) -> Result<Url, Error> {
    let mut url =
        Url::parse(&current.record.pds.join(&format!("/xrpc/{nsid}"))).map_err(|error| {
            Error::invalid_request("the account's server has a malformed address")
                .with_source(error)
        })?;
    url.set_query(Some(query).filter(|query| !query.is_empty()));
    Ok(url)
}

/// Letters, digits, hyphens and dots: nothing that could change where the request goes.
fn is_nsid(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= MAX_NSID_LEN && text.split('.').count() >= 3 && text.split('.').all(part)
}
