//! Why there is no value, and the answer to give instead.

use std::fmt;

use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::web::{HasOAuth, OAuthApp, refusal};
use crate::{Error, ErrorKind};

/// Why [`from_session`](super::SessionExtractor::from_session) made no value.
#[derive(Debug)]
pub enum NotMade {
    /// The session lacks something.
    Error(Error),
    /// A loader refuses, in its own words.
    Answer(Response),
}

impl From<Error> for NotMade {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The answer in place of a value that derives `SessionExtractor`: a redirect to sign in or through consent
/// for a person's navigation, a page or JSON for everybody else, or what a loader answered.
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

    pub(in crate::web) fn new(kind: Option<ErrorKind>, answer: Response) -> Self {
        Self { kind, answer }
    }

    pub(in crate::web) async fn of<A, S>(parts: &Parts, state: &S, error: Error) -> Self
    where
        A: OAuthApp,
        S: HasOAuth<A> + Send + Sync + 'static,
    {
        let kind = Some(error.kind());
        Self::new(
            kind,
            refusal::of_extractor::<A, S>(parts, state, error).await,
        )
    }
}

impl IntoResponse for SessionRejection {
    fn into_response(self) -> Response {
        self.answer
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
