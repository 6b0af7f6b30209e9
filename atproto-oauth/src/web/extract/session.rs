//! The session of the active account of a browser.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use crate::client::{OAuthClient, Session};
use crate::error::{Error, ErrorKind};
use crate::web::app::HasOAuth;
use crate::web::app::OAuthApp;
use crate::web::browser::store;
use crate::web::error_response;
use crate::web::respond::SessionRejection;

/// The session of the active account. No server is asked.
///
/// Without one, a person's navigation is redirected to sign in and comes back; everything else is
/// answered `401` with `not_signed_in`, or `session_ended` if there was one. A session that ended is never
/// replaced by another account without a click: people would post as another account.
impl<A, S> FromRequestParts<S> for Session<A>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionRejection> {
        match current(state.app().oauth(), parts).await {
            Ok(session) => Ok(session),
            Err(error) => Err(error_response::reject::<A, S>(parts, state, error).await),
        }
    }
}

/// `None` only when there is no session; a store that cannot answer is an error.
impl<A, S> OptionalFromRequestParts<S> for Session<A>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Option<Self>, SessionRejection> {
        match current(state.app().oauth(), parts).await {
            Ok(session) => Ok(Some(session)),
            Err(error) if error.needs_login() => Ok(None),
            Err(error) => Err(error_response::reject::<A, S>(parts, state, error).await),
        }
    }
}

impl<A: OAuthApp> Session<A> {
    /// A small HTML form that signs this session out, for your pages. It names the session it was made
    /// for, so that an old page never signs out another account.
    #[must_use]
    pub fn logout_form(&self) -> String {
        // Keys and paths hold nothing that HTML would read.
        format!(
            "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"session\" value=\"{}\">\
             <button>Sign out</button></form>",
            A::PATHS.logout(),
            self.key()
        )
    }
}

/// The session of the browser's active account.
pub(crate) async fn current<A: OAuthApp>(
    client: &OAuthClient,
    parts: &Parts,
) -> Result<Session<A>, Error> {
    let browser = store::find_cached(client, parts).await?;
    let active = browser
        .as_ref()
        .and_then(|cached| Some((cached, cached.browser.active()?)));
    let Some((cached, key)) = active else {
        return Err(Error::new(
            ErrorKind::NotSignedIn,
            "this browser is not signed in; sign in first",
        ));
    };
    let session = match cached.active.get() {
        Some(handle) => client.resume(handle).await,
        None => client.session(&key.for_app::<A>()).await,
    };
    let session = session.map_err(|error| {
        if error.needs_login() {
            let message = "the session ended; sign in again";
            Error::new(ErrorKind::SessionEnded, message).with_source(error)
        } else {
            error
        }
    })?;
    cached.active.get_or_init(|| session.handle_for_cache());
    Ok(session)
}
