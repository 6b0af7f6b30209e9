//! A handler that returns `Result<_, XrpcError>`: what its caller gets.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::context::Context;
use super::error::OAuthError;
use super::json::{json, retry_after};
use crate::client::XrpcError;
use crate::error::{Error, ErrorKind};
use crate::web::pages::messages;
use crate::web::policy::MAX_XRPC_ERROR_NAME;

/// Marks an answer that came from an [`XrpcError`], with its kind and its own words.
#[derive(Clone)]
struct Refused(ErrorKind, String);

/// `401` if only signing in again helps, `503` if trying again may, `502` with the name of the XRPC
/// error if the account's server refused. The server's message goes into the log, not into the answer.
impl IntoResponse for XrpcError {
    fn into_response(self) -> Response {
        let (kind, status) = self.reading();
        let said = self.to_string();
        tracing::warn!(code = kind.code(), status = status.as_u16(), said = ?said, "call failed");
        let name = match &self {
            Self::Server { error, .. } if status == StatusCode::BAD_GATEWAY => name(error),
            _ => None,
        };
        let error = name.unwrap_or(kind.code());
        let message = match kind {
            ErrorKind::InvalidRequest => "The server of this account did not accept this.",
            kind => messages(kind).message,
        };
        let mut response = json(status, error, message, []);
        if let Self::Session(error) = &self {
            retry_after(response.headers_mut(), error.retry_after());
        }
        response.extensions_mut().insert(Refused(kind, said));
        response
    }
}

impl XrpcError {
    fn reading(&self) -> (ErrorKind, StatusCode) {
        match self {
            Self::Session(error) if self.needs_login() => (error.kind(), StatusCode::UNAUTHORIZED),
            Self::Session(error) => (error.kind(), error.status()),
            _ if self.is_transient() => (
                ErrorKind::TemporarilyUnavailable,
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            _ => (ErrorKind::InvalidRequest, StatusCode::BAD_GATEWAY),
        }
    }
}

/// The name of an XRPC error, if it is one: a short word of letters and digits.
fn name(error: &str) -> Option<&str> {
    let word = !error.is_empty()
        && error.len() <= MAX_XRPC_ERROR_NAME
        && error
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_');
    word.then_some(error)
}

/// The page in place of the JSON of an [`XrpcError`], where a person's browser asked. An error has no
/// way to see the request, so this is done where both are known.
pub(crate) fn for_people(response: Response, context: impl FnOnce() -> Context) -> Response {
    let Some(Refused(kind, said)) = response.extensions().get().cloned() else {
        return response;
    };
    let context = context();
    if !context.wants_html {
        return response;
    }
    let status = response.status();
    let kind = match status {
        StatusCode::UNAUTHORIZED => ErrorKind::SessionEnded,
        _ => kind,
    };
    let error = Error::new(kind, messages(kind).message).with_server_said(&said);
    let mut page = OAuthError::new(error, context).into_response();
    *page.status_mut() = status;
    if let Some(wait) = response.headers().get(http::header::RETRY_AFTER) {
        page.headers_mut()
            .insert(http::header::RETRY_AFTER, wait.clone());
    }
    page
}

#[cfg(test)]
mod tests;
