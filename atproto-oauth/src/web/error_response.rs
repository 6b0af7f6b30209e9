//! Error responses: a redirect to sign in, the answer of the application's `error` hook, or a default page or JSON.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::Method;
use http::request::Parts;

use super::app::{HasOAuth, OAuthApp};
use super::respond::{Context, MissingScopes, OAuthError, SessionRejection, is_person_navigation};
use super::return_to::is_local;
use super::state::WebState;
use super::url::{original_path, see_other, sign_in_url};
use crate::client::OAuthClient;
use crate::error::{Error, ErrorKind};

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

/// As [`answer`], for a sign-in that failed. If it was for more scopes of an account that is still signed in, its
/// `missing` scopes are shown.
pub(crate) async fn answer_upgrade<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    error: Error,
    return_to: Option<&str>,
    missing: Option<MissingScopes>,
) -> Response {
    let context = context(parts, state.app().oauth(), return_to).missing_scopes(missing);
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

/// The rejection of an extractor. A person who is not signed in is sent to sign in and comes back; every other request
/// gets the error.
pub(crate) async fn reject<A, S>(parts: &Parts, state: &S, error: Error) -> SessionRejection
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    let (client, kind) = (state.app().oauth(), Some(error.kind()));
    let leads_to_sign_in = matches!(
        error.kind(),
        ErrorKind::NotSignedIn | ErrorKind::SessionEnded | ErrorKind::IssuerChanged
    );
    if leads_to_sign_in && is_person_navigation(parts) {
        let answer = see_other(&sign_in_url(client.paths(), original_path(parts)));
        return SessionRejection::new(kind, answer);
    }
    let back = Some(original_path(parts)).filter(|_| parts.method == Method::GET);
    let error = OAuthError::new(error, context(parts, client, back));
    let answer = run_hook_of_any::<A, S>(parts, state, error)
        .await
        .unwrap_or_else(IntoResponse::into_response);
    SessionRejection::new(kind, answer)
}

/// The rejection of an extractor whose session lacks scopes.
pub(crate) async fn reject_missing_scopes<A, S>(
    parts: &Parts,
    state: &S,
    missing: MissingScopes,
) -> SessionRejection
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    let list = missing.permissions.join("`, `");
    let message = format!("the session lacks `{list}`; it has to be granted first");
    let error = Error::new(ErrorKind::InsufficientScope, message);
    let back = Some(original_path(parts)).filter(|_| parts.method == Method::GET);
    let context = context(parts, state.app().oauth(), back).missing_scopes(Some(missing));
    let answer = run_hook_of_any::<A, S>(parts, state, OAuthError::new(error, context))
        .await
        .unwrap_or_else(IntoResponse::into_response);
    SessionRejection::new(Some(ErrorKind::InsufficientScope), answer)
}

/// Whatever the path comes from, hooks are given none that leads to another site (RFC 9700 §4.11).
fn context(parts: &Parts, client: &OAuthClient, return_to: Option<&str>) -> Context {
    let pages = WebState::of(client).pages.clone();
    let return_to = return_to.filter(|path| *path != "/" && is_local(path));
    Context::new(parts, client, pages).return_to(return_to)
}

/// As [`run_hook`], where the state is any that holds the application.
async fn run_hook_of_any<A, S>(
    parts: &Parts,
    state: &S,
    error: OAuthError,
) -> Result<Response, OAuthError>
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
