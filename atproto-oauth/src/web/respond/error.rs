//! A refusal of the generated routes or of an extractor.

mod answer;

use std::fmt;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use super::context::Context;
use crate::error::{Error, ErrorKind};
use crate::jose::{base64url, random};
use crate::web::pages::messages;
use crate::web::return_to::is_local;

/// A refusal, and what is needed to answer it: as a response it is a page for a browser and JSON
/// `{"error", "message"}` for everything else.
///
/// The `error` hook takes it. `Display` is the error's own sentence, for logs and developers; what the
/// default answer says to people is [`message`](Self::message).
///
/// ```
/// use atproto_oauth::{ErrorKind, OAuthError};
/// use axum::response::{IntoResponse, Redirect, Response};
///
/// async fn sorry(error: OAuthError) -> Response {
///     match error.kind() {
///         ErrorKind::AccessDenied => Redirect::to("/").into_response(),
///         _ => error.into_response(),
///     }
/// }
/// # let _ = sorry;
/// ```
#[derive(Clone)]
pub struct OAuthError(Arc<Repr>);

struct Repr {
    error: Error,
    context: Context,
    request_id: String,
}

impl OAuthError {
    /// Gives the refusal an id and logs it under that id.
    pub(crate) fn new(error: Error, context: Context) -> Self {
        let request_id = random::<6>().map_or_else(|_| "none".into(), |id| base64url::encode(&id));
        let this = Self(Arc::new(Repr {
            error,
            context,
            request_id,
        }));
        this.log();
        this
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.error.kind()
    }

    /// The stable name of [`kind`](Self::kind).
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.error.code()
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.error.status()
    }

    /// The error itself: its cause, what the server said, what the application gave to `authorize`.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// What is said to people: fixed sentences that hold nothing of the request.
    #[must_use]
    pub fn message(&self) -> &'static str {
        messages(self.kind()).message
    }

    /// A short random name of this refusal, also in the logs as `request_id`.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The answer should be a page.
    #[must_use]
    pub fn wants_html(&self) -> bool {
        self.0.context.wants_html
    }

    /// The local path that the person wanted to go to.
    #[must_use]
    pub fn return_to(&self) -> Option<&str> {
        let own = self.0.context.return_to.as_deref();
        // Neither the path of a request nor what an application gave to `authorize` was checked before.
        own.or_else(|| self.0.error.return_to())
            .filter(|path| is_local(path))
    }

    /// The permissions that the session lacks, where this is about more permissions for a person who is signed
    /// in (AT Protocol Permissions).
    #[must_use]
    pub fn missing(&self) -> &[String] {
        let lacking = self.0.context.missing_scopes.as_ref();
        lacking.map_or(&[], |lacking| &lacking.permissions)
    }

    /// Where to ask for what is [`missing`](Self::missing) and come back: a local address, for a link. A
    /// redirect there by itself would go round in circles.
    #[must_use]
    pub fn consent(&self) -> Option<&str> {
        let lacking = self.0.context.missing_scopes.as_ref();
        lacking.map(|lacking| &*lacking.consent)
    }

    /// Where to sign in and come back: `/oauth/login?return_to=…`.
    #[must_use]
    pub fn login(&self) -> String {
        let login = self.0.context.paths.login();
        match self.return_to() {
            Some(path) => {
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("return_to", path)
                    .finish();
                format!("{login}?{query}")
            }
            None => login,
        }
    }

    /// The step that failed.
    fn step(&self) -> &'static str {
        messages(self.kind()).step
    }

    fn log(&self) {
        let (id, code, step) = (self.request_id(), self.code(), self.step());
        let (error, said) = (self.error(), self.error().server_said());
        if self.status() == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(request_id = id, code, step, ?error, server_said = ?said, "refused");
        } else if self.status().is_server_error() {
            tracing::warn!(request_id = id, code, step, ?error, server_said = ?said, "refused");
        } else {
            tracing::info!(request_id = id, code, step, ?error, server_said = ?said, "refused");
        }
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

impl fmt::Debug for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthError")
            .field("code", &self.code())
            .field("request_id", &self.request_id())
            .field("error", self.error())
            .finish()
    }
}

impl std::error::Error for OAuthError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(self.error())
    }
}

/// Only in the `error` hook, which is called with the refusal in the request's extensions.
impl<S: Send + Sync> FromRequestParts<S> for OAuthError {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            tracing::error!(
                "`OAuthError` was asked for outside the `error` hook; take it there only"
            );
            // Which application it is for, and so what a page looks like, is known there only.
            let kind = ErrorKind::Configuration;
            (StatusCode::INTERNAL_SERVER_ERROR, messages(kind).message).into_response()
        })
    }
}

#[cfg(test)]
mod tests;
