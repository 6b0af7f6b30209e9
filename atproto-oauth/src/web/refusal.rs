//! Saying no: by way of sign-in, by the application's `error` hook, or in our own words.

use std::any::Any;

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue, LOCATION};
use http::request::Parts;
use http::{Method, StatusCode};

use super::respond::{OAuthError, is_person_navigation};
use super::{HasOAuth, OAuthApp};
use crate::client::Paths;
use crate::{Error, ErrorKind, OAuthClient};

/// The answer of a generated route to a request that it refuses.
pub(crate) async fn answer<A: OAuthApp>(parts: &Parts, state: &A::State, error: Error) -> Response {
    let error = wrap(parts, state.app().oauth(), error);
    run_hook::<A>(parts, state, error).await
}

/// The answer of an extractor. A person who is not signed in is sent to sign in and comes back;
/// everybody else is told.
pub(crate) async fn of_extractor<A, S>(parts: &Parts, state: &S, error: Error) -> Response
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    let client = state.app().oauth();
    let leads_to_sign_in = matches!(error.kind(), ErrorKind::NotSignedIn | ErrorKind::SessionEnded);
    if leads_to_sign_in && parts.method == Method::GET && is_person_navigation(parts) {
        return see_other(&sign_in_url(client.paths(), here(parts)));
    }
    let error = wrap(parts, client, error);
    match state_of::<A, S>(state) {
        Some(state) => run_hook::<A>(parts, state, error).await,
        None => error.into_response(),
    }
}

/// `303 See Other`, which browsers follow with GET whatever they sent; not stored.
pub(crate) fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The sign-in page that leads to `return_to` afterwards.
pub(crate) fn sign_in_url(paths: Paths, return_to: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(paths.login() + "?");
    query.append_pair("return_to", return_to);
    query.finish()
}

fn wrap(parts: &Parts, client: &OAuthClient, error: Error) -> OAuthError {
    OAuthError::new(error, parts, client)
}

/// Path and query as the browser asked for them, also inside a nested router.
fn here(parts: &Parts) -> &str {
    let original = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    original.path_and_query().map_or("/", |path| path.as_str())
}

async fn run_hook<A: OAuthApp>(parts: &Parts, state: &A::State, error: OAuthError) -> Response {
    // A hook whose own extractors refuse is not asked again.
    let Some(hook) = A::hooks().error.filter(|_| parts.extensions.get::<OAuthError>().is_none())
    else {
        return error.into_response();
    };
    let mut parts = parts.clone();
    parts.extensions.insert(error);
    hook.run(Request::from_parts(parts, Body::empty()), state.clone()).await
}

/// The state that the hooks are written for: the router's own, or the application itself.
fn state_of<A: OAuthApp, S: HasOAuth<A> + 'static>(state: &S) -> Option<&A::State> {
    let (own, app): (&dyn Any, &dyn Any) = (state, state.app());
    own.downcast_ref().or_else(|| app.downcast_ref())
}
