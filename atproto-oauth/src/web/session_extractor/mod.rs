//! Session extractors of applications: what `#[derive(SessionExtractor)]` writes, and what runs it.

pub(crate) mod field;
pub(crate) mod loader;
mod not_made;
pub(crate) mod proof;

pub use field::FromSession;
pub use not_made::NotMade;

use crate::types::BoxFuture;
use axum::response::IntoResponse;
use http::request::Parts;

use super::app::{HasOAuth, OAuthApp};
use super::consent::{permit, undeclared};
use super::error_response::reject;
use super::extract::current;
use super::respond::SessionRejection;
use crate::client::Session;

/// A value that is made of a session, and an extractor by `#[derive(SessionExtractor)]`.
///
/// The derive writes this impl and two of axum's, which call [`extract`] and [`extract_optional`]. By
/// hand it is
///
/// ```
/// # use atproto_oauth::prelude::*;
/// use atproto_oauth::web::session_extractor::{self, NotMade};
/// use atproto_oauth::SessionRejection;
/// use axum::extract::FromRequestParts;
/// use http::request::Parts;
/// # #[atproto_oauth(callback = back, optional_scopes = ["repo:com.example.note"])]
/// # #[derive(Clone)]
/// # struct App { oauth: OAuthClient }
/// # async fn back() {}
///
/// struct Author {
///     did: Did,
/// }
///
/// impl SessionExtractor for Author {
///     type App = App;
///     type Rejection = SessionRejection;
///     const REQUIRES: &'static [&'static str] = &["repo:com.example.note?action=create"];
///
///     async fn from_session(session: &AppSession, _: &App) -> Result<Self, NotMade> {
///         Ok(Self { did: session.did().clone() })
///     }
/// }
///
/// impl<S: HasOAuth<App> + Send + Sync + 'static> FromRequestParts<S> for Author {
///     type Rejection = SessionRejection;
///
///     async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionRejection> {
///         session_extractor::extract(parts, state).await
///     }
/// }
/// ```
pub trait SessionExtractor: Sized {
    /// Whose session it is.
    type App: OAuthApp;

    /// The answer where there is no value.
    type Rejection: From<SessionRejection> + IntoResponse;

    /// The permissions that the session must have.
    const REQUIRES: &'static [&'static str];

    /// Makes the value. The session has the permissions by now.
    fn from_session(
        session: &Session<Self::App>,
        app: &Self::App,
    ) -> impl Future<Output = Result<Self, NotMade>> + Send;
}

/// The value, or the answer to give instead: without a session, a person is sent to sign in; without the
/// scopes, through consent, before any loader runs.
///
/// # Errors
/// See [`SessionRejection`].
pub fn extract<'a, T, S>(
    parts: &'a mut Parts,
    state: &'a S,
) -> BoxFuture<'a, Result<T, T::Rejection>>
where
    T: SessionExtractor + 'a,
    S: HasOAuth<T::App> + Send + Sync + 'static,
{
    Box::pin(async move {
        let session = match current::<T::App>(state.app().oauth(), parts).await {
            Ok(session) => session,
            Err(error) => {
                return Err(reject::<T::App, S>(parts, state, error).await.into());
            }
        };
        permit(parts, state, &session, T::REQUIRES).await?;
        make(parts, state, &session).await
    })
}

/// As [`extract`], where the page does without: `None` where no account is signed in, and where the session
/// lacks the scopes: a page that can do without asks for none.
///
/// # Errors
/// The store cannot answer, a loader refuses, or the application does not declare what is required: the
/// page would show too little and not say so.
pub fn extract_optional<'a, T, S>(
    parts: &'a mut Parts,
    state: &'a S,
) -> BoxFuture<'a, Result<Option<T>, T::Rejection>>
where
    T: SessionExtractor + 'a,
    S: HasOAuth<T::App> + Send + Sync + 'static,
{
    Box::pin(async move {
        let error = match current::<T::App>(state.app().oauth(), parts).await {
            Ok(session) => {
                let required = T::REQUIRES.iter().copied();
                let missing: Vec<&str> = required.filter(|one| !session.allows(one)).collect();
                if missing.is_empty() {
                    return make(parts, state, &session).await.map(Some);
                }
                undeclared::<T::App>(&missing)
            }
            Err(error) => Some(error).filter(|error| !error.needs_login()),
        };
        match error {
            None => Ok(None),
            Some(error) => Err(reject::<T::App, S>(parts, state, error).await.into()),
        }
    })
}

async fn make<T, S>(parts: &Parts, state: &S, session: &Session<T::App>) -> Result<T, T::Rejection>
where
    T: SessionExtractor,
    S: HasOAuth<T::App> + Send + Sync + 'static,
{
    let error = match T::from_session(session, state.app()).await {
        Ok(value) => return Ok(value),
        Err(NotMade::Answer(answer)) => return Err(SessionRejection::new(None, answer).into()),
        Err(NotMade::Error(error)) => error,
    };
    let rejection = reject::<T::App, S>(parts, state, error);
    Err(rejection.await.into())
}
