//! The ways in which a server of the network can lie or break.

use std::time::Duration;

use serde_json::{Value, json};

use super::endpoint::Endpoint;

/// One way to lie or to break, for [`TestNetwork::misbehave`](super::TestNetwork::misbehave).
///
/// A few general ones make all of them: replace an answer, edit it, or break the connection. The
/// functions below name the usual lies; anything else is one [`Edit`](Self::Edit) away:
///
/// ```
/// use atproto_oauth::testing::{Endpoint, Fault};
/// use serde_json::json;
///
/// // The refresh response is for another account.
/// let fault = Fault::edit(Endpoint::Refresh, "sub", json!("did:plc:eeeeeeeeeeeeeeeeeeeeeeee"));
/// // The DID document names a PDS that is not https.
/// let fault = Fault::edit(Endpoint::DidDocument, "/service/0/serviceEndpoint", json!("file:///"));
/// // A token request is processed, and the answer gets lost.
/// let fault = Fault::Drop { at: Endpoint::Exchange };
/// ```
///
/// | lie | fault |
/// |---|---|
/// | the handle belongs to another account | `edit(ResolveHandle, "did", other)` |
/// | the document does not claim the handle | `missing(DidDocument, "alsoKnownAs")` |
/// | two authorization servers, or none | `edit(ProtectedResource, "authorization_servers", json!([…]))` |
/// | another resource | `edit(ProtectedResource, "resource", "https://…")` |
/// | no PAR, no `iss` support, no ES256, … | `missing(AuthorizationServer, "…")` |
/// | a token endpoint in a private network | `edit(AuthorizationServer, "token_endpoint", "https://10.0.0.1/")` |
/// | no `request_uri` | `missing(PushedRequest, "request_uri")` |
/// | a bearer token | `edit(Exchange, "token_type", "Bearer")` |
/// | no refresh token this time | `missing(Refresh, "refresh_token")` |
/// | overloaded | `status(Refresh, 429).with_header("retry-after", "7")` |
/// | a compressed bomb | `answer(at, 200, "application/json", bytes).with_header("content-encoding", "gzip")` |
/// | everything is down | `Fault::Drop { at: Endpoint::Any }` |
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Answers with this, and does nothing.
    Answer {
        /// Which requests.
        at: Endpoint,
        /// The status.
        status: u16,
        /// The headers.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Does what was asked, then changes one member of the JSON answer.
    Edit {
        /// Which requests.
        at: Endpoint,
        /// The member's name, or a JSON pointer where it starts with `/`.
        field: String,
        /// Its value; `None` takes the member away.
        value: Option<Value>,
    },
    /// Does what was asked, then changes one header of the answer.
    Header {
        /// Which requests.
        at: Endpoint,
        /// The header's name.
        name: String,
        /// Its value; `None` takes the header away.
        value: Option<String>,
    },
    /// Changes one parameter of the redirect that leads back to the application.
    Callback {
        /// The parameter's name.
        parameter: String,
        /// Its value; `None` takes the parameter away.
        value: Option<String>,
    },
    /// Demands another DPoP nonce at every request, for ever; nothing else is done.
    EndlessNonces {
        /// Which requests.
        at: Endpoint,
    },
    /// Does what was asked, then closes the connection without an answer.
    Drop {
        /// Which requests.
        at: Endpoint,
    },
    /// Does nothing and never answers.
    Hang {
        /// Which requests.
        at: Endpoint,
    },
    /// Waits, then does what was asked.
    Delay {
        /// Which requests.
        at: Endpoint,
        /// How long.
        by: Duration,
    },
    /// Answers correctly, one byte at a time.
    Drip {
        /// Which requests.
        at: Endpoint,
        /// The time between two bytes.
        every: Duration,
    },
    /// Answers 200 with a JSON body that never ends; nothing is done.
    Endless {
        /// Which requests.
        at: Endpoint,
    },
}

impl Fault {
    /// Answers with `status` and an OAuth error body; nothing is done.
    #[must_use]
    pub fn status(at: Endpoint, status: u16) -> Self {
        let body =
            json!({ "error": "server_error", "error_description": "the test network says so" });
        Self::json(at, status, &body)
    }

    /// Answers with `status` and this JSON; nothing is done.
    #[must_use]
    pub fn json(at: Endpoint, status: u16, body: &Value) -> Self {
        Self::answer(at, status, "application/json", body.to_string())
    }

    /// Answers with `status` and this body; nothing is done.
    #[must_use]
    pub fn answer(at: Endpoint, status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer {
            at,
            status,
            headers: vec![("content-type".into(), content_type.into())],
            body: body.into(),
        }
    }

    /// Answers 200 with a page instead of what was asked for.
    #[must_use]
    pub fn html(at: Endpoint) -> Self {
        Self::answer(
            at,
            200,
            "text/html",
            "<!doctype html><title>Welcome</title>",
        )
    }

    /// Answers with a redirect that keeps the method (307).
    #[must_use]
    pub fn redirect(at: Endpoint, location: &str) -> Self {
        Self::Answer {
            at,
            status: 307,
            headers: vec![("location".into(), location.into())],
            body: Vec::new(),
        }
    }

    /// Answers 200 with a JSON object of this many bytes.
    #[must_use]
    pub fn huge(at: Endpoint, bytes: usize) -> Self {
        let body = format!(
            "{{\"padding\":\"{}\"}}",
            "x".repeat(bytes.saturating_sub(14))
        );
        Self::answer(at, 200, "application/json", body)
    }

    /// Sets one member of the JSON answer: see [`Edit`](Self::Edit).
    #[must_use]
    pub fn edit(at: Endpoint, field: &str, value: impl Into<Value>) -> Self {
        Self::Edit {
            at,
            field: field.into(),
            value: Some(value.into()),
        }
    }

    /// Takes one member of the JSON answer away.
    #[must_use]
    pub fn missing(at: Endpoint, field: &str) -> Self {
        Self::Edit {
            at,
            field: field.into(),
            value: None,
        }
    }

    /// The authorization server's metadata name another issuer.
    #[must_use]
    pub fn foreign_issuer(issuer: &str) -> Self {
        Self::edit(Endpoint::AuthorizationServer, "issuer", issuer)
    }

    /// The callback has no `iss`.
    #[must_use]
    pub fn no_iss() -> Self {
        Self::Callback {
            parameter: "iss".into(),
            value: None,
        }
    }

    /// The callback has another server's `iss`.
    #[must_use]
    pub fn foreign_iss(issuer: &str) -> Self {
        Self::Callback {
            parameter: "iss".into(),
            value: Some(issuer.into()),
        }
    }

    /// The PDS does not accept any access token, not even a fresh one.
    #[must_use]
    pub fn unauthorized_for_ever() -> Self {
        let challenge = r#"DPoP algs="ES256", error="invalid_token", error_description="no""#;
        Self::Answer {
            at: Endpoint::Xrpc,
            status: 401,
            headers: vec![
                ("content-type".into(), "application/json".into()),
                ("www-authenticate".into(), challenge.into()),
            ],
            body: br#"{"error":"invalid_token","message":"no"}"#.to_vec(),
        }
    }

    /// A server that takes part in DPoP but never sends a nonce.
    #[must_use]
    pub fn no_nonce(at: Endpoint) -> Self {
        Self::Header {
            at,
            name: "dpop-nonce".into(),
            value: None,
        }
    }

    /// Adds a header to an [`Answer`](Self::Answer); other faults stay as they are.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }

    pub(super) fn at(&self) -> Endpoint {
        match self {
            Self::Answer { at, .. }
            | Self::Edit { at, .. }
            | Self::Header { at, .. }
            | Self::EndlessNonces { at }
            | Self::Drop { at }
            | Self::Hang { at }
            | Self::Delay { at, .. }
            | Self::Drip { at, .. }
            | Self::Endless { at } => *at,
            Self::Callback { .. } => Endpoint::Authorize,
        }
    }
}
