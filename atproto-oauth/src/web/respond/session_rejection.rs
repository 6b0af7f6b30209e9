//! The rejection of all session extractors.

use std::fmt;

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::error::ErrorKind;

/// The rejection of every session extractor (`Session`, [`Accounts`](crate::Accounts), [`Login`](crate::Login),
/// [`LoggedOut`](crate::LoggedOut) and those that derive `SessionExtractor`): a redirect to sign in or through consent
/// for a person's navigation, a page or JSON for every other request, or what a loader answered.
///
/// `#[session(rejection = ApiError)]` gives it to a type of one's own, which may keep the answer:
///
/// ```
/// use atproto_oauth::{ErrorKind, SessionRejection};
/// use axum::response::{IntoResponse, Response};
///
/// struct ApiError(Response);
///
/// impl From<SessionRejection> for ApiError {
///     fn from(rejection: SessionRejection) -> Self {
///         Self(match rejection.kind() {
///             Some(ErrorKind::NotSignedIn) => (http::StatusCode::UNAUTHORIZED, "who are you?").into_response(),
///             _ => rejection.into_response(),
///         })
///     }
/// }
///
/// impl IntoResponse for ApiError {
///     fn into_response(self) -> Response {
///         self.0
///     }
/// }
/// ```
pub struct SessionRejection {
    kind: Option<ErrorKind>,
    answer: Response,
}

impl SessionRejection {
    /// What is wrong: [`NotSignedIn`](ErrorKind::NotSignedIn), [`SessionEnded`](ErrorKind::SessionEnded),
    /// [`InsufficientScope`](ErrorKind::InsufficientScope), [`InvalidHandle`](ErrorKind::InvalidHandle) of
    /// an account without one where a [`Handle`](crate::Handle) is needed,
    /// [`Configuration`](ErrorKind::Configuration) for a permission that the application does not declare,
    /// or the store that is down. `None` where a loader refused.
    #[must_use]
    pub fn kind(&self) -> Option<ErrorKind> {
        self.kind
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    pub(in crate::web) fn new(kind: Option<ErrorKind>, answer: Response) -> Self {
        Self { kind, answer }
    }
}

impl IntoResponse for SessionRejection {
    fn into_response(self) -> Response {
        self.answer
    }
}

/// For extractors of one's own whose rejection is a response.
impl From<SessionRejection> for Response {
    fn from(rejection: SessionRejection) -> Self {
        rejection.answer
    }
}

impl fmt::Debug for SessionRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRejection")
            .field("kind", &self.kind)
            .field("status", &self.answer.status())
            .finish_non_exhaustive()
    }
}
