//! Saying no: by way of sign-in, by the application's `error` hook, or in our own words.

use std::any::Any;

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue, LOCATION};
use http::request::Parts;
use http::{Method, StatusCode};

use super::consent::still_lacking;
use super::respond::{Context, Lacking, OAuthError, is_person_navigation};
use super::return_to::is_local;
use super::state::WebState;
use super::{HasOAuth, OAuthApp};
use crate::client::{Paths, Upgrade};
use crate::{Error, ErrorKind, OAuthClient};

/// The answer of a generated route to a request that it refuses.
pub(crate) async fn answer<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    error: Error,
    return_to: Option<&str>,
) -> Response {
    let error = OAuthError::new(error, context(parts, state.app().oauth(), return_to));
    run_hook::<A>(parts, state, error)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

/// The answer of a generated route to a sign-in that came to nothing. If it was for more permissions, who
/// is still signed in is told so.
pub(crate) async fn of_upgrade<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    error: Error,
    return_to: Option<&str>,
    upgrade: Option<&Upgrade>,
) -> Response {
    let client = state.app().oauth();
    let lacking = match upgrade {
        Some(upgrade) => {
            let page = return_to.or(error.return_to());
            still_lacking::<A>(client, upgrade, page).await
        }
        None => None,
    };
    let context = context(parts, client, return_to).lacking(lacking);
    run_hook::<A>(parts, state, OAuthError::new(error, context))
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

/// As [`answer`]; without a hook, `otherwise` says it.
pub(crate) async fn answer_or<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    error: Error,
    return_to: Option<&str>,
    otherwise: impl FnOnce(OAuthError) -> Response,
) -> Response {
    let error = OAuthError::new(error, context(parts, state.app().oauth(), return_to));
    run_hook::<A>(parts, state, error)
        .await
        .unwrap_or_else(otherwise)
}

/// The answer of an extractor. A person who is not signed in is sent to sign in and comes back;
/// everybody else is told.
pub(crate) async fn of_extractor<A, S>(parts: &Parts, state: &S, error: Error) -> Response
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    let client = state.app().oauth();
    let leads_to_sign_in = matches!(
        error.kind(),
        ErrorKind::NotSignedIn | ErrorKind::SessionEnded | ErrorKind::IssuerChanged
    );
    if leads_to_sign_in && is_person_navigation(parts) {
        return see_other(&sign_in_url(client.paths(), here(parts)));
    }
    let back = Some(here(parts)).filter(|_| parts.method == Method::GET);
    let error = OAuthError::new(error, context(parts, client, back));
    told::<A, S>(parts, state, error)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

/// The answer of an extractor whose session lacks permissions.
pub(crate) async fn of_lacking<A, S>(parts: &Parts, state: &S, lacking: Lacking) -> Response
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    let list = lacking.permissions.join("`, `");
    let message = format!("the session lacks `{list}`; it has to be granted first");
    let error = Error::new(ErrorKind::InsufficientScope, message);
    let back = Some(here(parts)).filter(|_| parts.method == Method::GET);
    let context = context(parts, state.app().oauth(), back).lacking(Some(lacking));
    told::<A, S>(parts, state, OAuthError::new(error, context))
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

/// `303 See Other`, which browsers follow with GET whatever they sent; not stored.
pub(crate) fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (LOCATION, location),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The sign-in page that leads to `return_to` afterwards.
pub(crate) fn sign_in_url(paths: Paths, return_to: &str) -> String {
    with_query(paths.login(), &[("return_to", return_to)])
}

/// `path` with a query string.
pub(crate) fn with_query(path: String, pairs: &[(&str, &str)]) -> String {
    let start = path.len() + 1;
    url::form_urlencoded::Serializer::for_suffix(path + "?", start)
        .extend_pairs(pairs)
        .finish()
}

/// Path and query as the browser asked for them, also inside a nested router.
pub(crate) fn here(parts: &Parts) -> &str {
    let original = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |OriginalUri(uri)| uri);
    original.path_and_query().map_or("/", |path| path.as_str())
}

/// Whatever the path comes from, hooks are given none that leads to another site (RU-06).
fn context(parts: &Parts, client: &OAuthClient, return_to: Option<&str>) -> Context {
    let pages = WebState::of(client).pages.clone();
    let return_to = return_to.filter(|path| *path != "/" && is_local(path));
    Context::new(parts, client, pages).return_to(return_to)
}

/// As [`run_hook`], where the state is any that holds the application.
async fn told<A, S>(parts: &Parts, state: &S, error: OAuthError) -> Result<Response, OAuthError>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    match state_of::<A, S>(state) {
        Some(state) => run_hook::<A>(parts, state, error).await,
        None => Err(error),
    }
}

/// The hook's answer; the error, if there is no hook.
async fn run_hook<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    error: OAuthError,
) -> Result<Response, OAuthError> {
    // A hook whose own extractors refuse is not asked again.
    let is_inside = parts.extensions.get::<OAuthError>().is_some();
    let Some(hook) = A::hooks().error.filter(|_| !is_inside) else {
        return Err(error);
    };
    let mut parts = parts.clone();
    parts.extensions.insert(error);
    Ok(hook
        .run(Request::from_parts(parts, Body::empty()), state.clone())
        .await)
}

/// The state that the hooks are written for: the router's own, or the application itself.
fn state_of<A: OAuthApp, S: HasOAuth<A> + 'static>(state: &S) -> Option<&A::State> {
    let (own, app): (&dyn Any, &dyn Any) = (state, state.app());
    own.downcast_ref().or_else(|| app.downcast_ref())
}
