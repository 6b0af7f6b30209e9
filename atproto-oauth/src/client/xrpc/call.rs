//! Typed calls: `query`, `procedure`, `upload_blob`, and how they fail.

use std::fmt;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::request::XrpcRequest;
use crate::client::policy::{MAX_XRPC_ANSWER, MAX_XRPC_ERROR_TEXT};
use crate::client::session::session::Session;
use crate::error::{Error, ErrorKind};
use crate::protocol::Object;

/// A call to a PDS failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum XrpcError {
    /// No answer: the session ended, the server does not answer, or the request is malformed.
    Session(Error),
    /// The server refused.
    Server {
        /// The status.
        status: StatusCode,
        /// The `error` member, such as `InvalidRequest`; empty if there is none.
        error: String,
        /// The `message` member. Untrusted text.
        message: String,
    },
    /// The answer is not what the caller expects.
    Answer(Box<dyn std::error::Error + Send + Sync>),
}

/// A record that was created: its address and the hash of its content.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CreatedRecord {
    /// `at://<did>/<collection>/<key>`.
    pub uri: String,
    /// The content identifier (CID).
    pub cid: String,
}

/// The reference to an uploaded blob, to be put into a record as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef(Value);

impl<A> Session<A> {
    /// Calls a query: `GET`, parameters in, JSON out.
    ///
    /// ```no_run
    /// # async fn f(session: atproto_oauth::Session) -> Result<(), atproto_oauth::XrpcError> {
    /// let me: serde_json::Value = session.query("com.atproto.server.getSession", &()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// See [`XrpcError`].
    pub async fn query<T: DeserializeOwned>(
        &self,
        nsid: &str,
        parameters: &impl Serialize,
    ) -> Result<T, XrpcError> {
        send(self.request(Method::GET, nsid).query(parameters)).await
    }

    /// Calls a procedure: `POST`, JSON in, JSON out (`serde_json::Value` or `()` where there is none).
    ///
    /// # Errors
    /// See [`XrpcError`].
    pub async fn procedure<T: DeserializeOwned>(
        &self,
        nsid: &str,
        input: &impl Serialize,
    ) -> Result<T, XrpcError> {
        send(self.request(Method::POST, nsid).json(input)).await
    }

    /// Writes a record into the account's own repository, under a key that its server chooses, and gives
    /// its address. The record's `$type` is the collection, unless it says so itself.
    ///
    /// ```no_run
    /// # async fn f(session: atproto_oauth::Session) -> Result<(), atproto_oauth::XrpcError> {
    /// let record = serde_json::json!({ "text": "hello" });
    /// session.create_record("com.example.hello", &record).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// See [`XrpcError`].
    pub async fn create_record(
        &self,
        collection: &str,
        record: &impl Serialize,
    ) -> Result<CreatedRecord, XrpcError> {
        let mut record = serde_json::to_value(record).map_err(|error| {
            Error::invalid_request("the record cannot be written as JSON").with_source(error)
        })?;
        if let Value::Object(members) = &mut record {
            members.entry("$type").or_insert_with(|| collection.into());
        }
        let input = json!({ "repo": self.did(), "collection": collection, "record": record });
        self.procedure("com.atproto.repo.createRecord", &input)
            .await
    }

    /// Uploads a blob and gives the reference to put into a record.
    ///
    /// # Errors
    /// See [`XrpcError`].
    pub async fn upload_blob(
        &self,
        content_type: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<BlobRef, XrpcError> {
        let request = self.request(Method::POST, "com.atproto.repo.uploadBlob");
        let answer: Value = send(request.body(content_type, bytes.into())).await?;
        Ok(BlobRef(answer.get("blob").cloned().unwrap_or_default()))
    }
}

async fn send<T: DeserializeOwned, A>(request: XrpcRequest<A>) -> Result<T, XrpcError> {
    let response = request.send().await?;
    let (status, body) = (response.status(), response.into_body());
    let bytes = body.bytes(MAX_XRPC_ANSWER).await.map_err(|error| {
        Error::temporarily_unavailable("the account's server broke off its answer")
            .with_source(error)
    })?;
    if !status.is_success() {
        return Err(XrpcError::server(status, &bytes));
    }
    let bytes: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
    serde_json::from_slice(bytes).map_err(|error| XrpcError::Answer(error.into()))
}

impl XrpcError {
    /// Reads the XRPC error of an answer.
    #[must_use]
    pub fn server(status: StatusCode, body: &[u8]) -> Self {
        let object = Object::parse(body, "the error", ErrorKind::InvalidRequest).ok();
        let member = |name: &str| {
            let text = object
                .as_ref()
                .and_then(|o| o.optional_string(name).ok().flatten());
            text.unwrap_or_default()
                .chars()
                .filter(|c| !c.is_control())
                .take(MAX_XRPC_ERROR_TEXT)
                .collect()
        };
        Self::Server {
            status,
            error: member("error"),
            message: member("message"),
        }
    }

    /// Only signing in again helps.
    #[must_use]
    pub fn needs_login(&self) -> bool {
        matches!(self, Self::Session(error) if error.needs_login())
    }

    /// The same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Session(error) => error.is_transient(),
            Self::Server { status, .. } => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
            Self::Answer(_) => false,
        }
    }
}

impl fmt::Display for XrpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(error) => error.fmt(f),
            Self::Server {
                status,
                error,
                message,
            } => {
                write!(f, "the account's server answered {}", status.as_u16())?;
                if !error.is_empty() {
                    write!(f, " {error}")?;
                }
                if message.is_empty() {
                    Ok(())
                } else {
                    write!(f, ": {message}")
                }
            }
            Self::Answer(error) => {
                write!(f, "the account's server gave an unexpected answer: {error}")
            }
        }
    }
}

impl std::error::Error for XrpcError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Session(error) => error.source(),
            Self::Server { .. } => None,
            Self::Answer(error) => Some(&**error),
        }
    }
}

impl From<Error> for XrpcError {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}
