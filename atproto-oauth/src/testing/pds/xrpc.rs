//! How a PDS says no.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::json;

/// An XRPC error, with a DPoP challenge where the access token is to blame.
#[derive(Debug)]
pub(super) struct XrpcError {
    status: StatusCode,
    error: &'static str,
    message: String,
    challenge: bool,
}

impl XrpcError {
    pub(super) fn new(error: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            message: message.into(),
            challenge: false,
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidRequest", message)
    }

    /// 401 with a challenge (RFC 9449 section 7.1).
    pub(super) fn challenge(error: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: true,
            ..Self::new(error, message)
        }
    }

    /// 403, without a challenge: the token is fine, it just does not allow this.
    pub(super) fn missing_scope(scope: &str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            ..Self::new(
                "ScopeMissingError",
                format!("Missing required scope \"{scope}\""),
            )
        }
    }
}

impl IntoResponse for XrpcError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "message": self.message });
        let answer = (self.status, Json(body));
        if !self.challenge {
            return answer.into_response();
        }
        let challenge = format!(
            r#"DPoP algs="ES256", error="{}", error_description="{}""#,
            self.error, self.message
        );
        ([(WWW_AUTHENTICATE, challenge)], answer).into_response()
    }
}
