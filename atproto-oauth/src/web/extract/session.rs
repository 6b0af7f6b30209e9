//! The session of the active account of a browser.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::Response;
use http::request::Parts;

use crate::web::{HasOAuth, OAuthApp, browsers, refusal};
use crate::{Error, ErrorKind, OAuthClient, Session};

/// The session of the active account. Asks no server.
///
/// Without one, a person's navigation is redirected to sign in and comes back; everything else is
/// answered `401` with `not_signed_in`, or `session_ended` if there was one. A session that ended never
/// makes way for another account by itself: people would post as somebody else.
impl<A, S> FromRequestParts<S> for Session<A>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match current(state.app().oauth(), parts).await {
            Ok(session) => Ok(session),
            Err(error) => Err(refusal::of_extractor::<A, S>(parts, state, error).await),
        }
    }
}

/// `None` only when there is no session; a store that cannot answer is an error.
impl<A, S> OptionalFromRequestParts<S> for Session<A>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Response> {
        match current(state.app().oauth(), parts).await {
            Ok(session) => Ok(Some(session)),
            Err(error) if error.needs_login() => Ok(None),
            Err(error) => Err(refusal::of_extractor::<A, S>(parts, state, error).await),
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
    let known = browsers::known(client, parts).await?;
    let active = known
        .as_ref()
        .and_then(|known| Some((known, known.browser.active()?)));
    let Some((known, key)) = active else {
        return Err(Error::new(
            ErrorKind::NotSignedIn,
            "nobody is signed in; sign in first",
        ));
    };
    let session = match known.active.get() {
        Some(held) => client.resume(held).await,
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
    known.active.get_or_init(|| session.handle_for_cache());
    Ok(session)
}
