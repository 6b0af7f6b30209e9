//! `/oauth/callback`: the end of a sign-in.

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::response::Response;
use http::Uri;
use http::header::{CACHE_CONTROL, HeaderValue, REFERRER_POLICY, SET_COOKIE};
use http::request::Parts;

use super::accounts;
use super::request::detached;
use crate::client::{CallbackOutcome, Upgrade};
use crate::web::browser::commit::{self, BeginOutcome};
use crate::web::browser::record::Browser;

use crate::client::OAuthClient;
use crate::error::Error;
use crate::web::app::HasOAuth;
use crate::web::app::OAuthApp;
use crate::web::browser::store::{self, CountsAs};
use crate::web::consent;
use crate::web::error_response;
use crate::web::extract::Login;
use crate::web::return_to::local_path;
use crate::web::state::WebState;

/// Completes the sign-in, in a task of its own: a browser that hangs up leaves nothing half done.
pub(super) async fn get<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let work = finish::<A>(parts.clone(), state.clone());
    let mut response = match detached(work, "the sign-in").await {
        Ok(response) => response,
        Err(error) => error_response::answer::<A>(&parts, &state, error, None).await,
    };
    // Whatever the answer is, its address holds a code (RFC 9700 §4.2).
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

enum Outcome<A> {
    SignedIn(Login<A>),
    /// The browser holds as many accounts as it may.
    Full,
    /// No account was signed in; the session that was to get more scopes, if that was asked for.
    Refused(Error, Option<Upgrade>),
}

async fn finish<A: OAuthApp>(parts: Parts, state: A::State) -> Response {
    let client = state.app().oauth().clone();
    let web = WebState::of(&client);
    let request = request_state(&parts);
    let binding = web
        .cookies
        .binding(&parts.headers, &request)
        .map(str::to_owned);
    let mut is_over = true;
    let mut response = match complete::<A>(&client, &parts, binding.as_deref()).await {
        Outcome::SignedIn(login) => run_hook(&parts, &state, &client, login).await,
        Outcome::Full => accounts::full::<A>(&parts, &state).await,
        Outcome::Refused(error, upgrade) => {
            // Loading the page again may help then, if the request was not used up yet.
            is_over = !error.is_transient();
            answer_failed::<A>(&parts, &state, error, upgrade.as_ref()).await
        }
    };
    if binding.is_some() && is_over {
        response
            .headers_mut()
            .append(SET_COOKIE, web.cookies.clear_binding(&request));
    }
    response
}

/// Completes the flow and attaches the session to the browser. If either fails there is no session.
async fn complete<A: OAuthApp>(
    client: &OAuthClient,
    parts: &Parts,
    binding: Option<&str>,
) -> Outcome<A> {
    // First, so that a store that is down does not cost the sign-in. What is in it is read again later.
    let old = match store::find_at_sign_in(client, parts).await {
        Ok(browser) => browser.as_ref().map(Browser::id),
        Err(error) => return Outcome::Refused(error, None),
    };
    let query = parts.uri.query().unwrap_or_default();
    let CallbackOutcome { result, upgrade } = client.complete_callback(query, binding).await;
    let signed_in = match result {
        Ok(signed_in) => signed_in,
        Err(error) => return Outcome::Refused(error, upgrade),
    };
    let session = signed_in.session();
    let upgraded = upgrade.as_ref().map(|upgrade| &upgrade.key);
    let outcome = commit::begin(client, old, session.key(), upgraded, A::ACCOUNTS).await;
    let begun = match outcome {
        Ok(BeginOutcome::Begun(begun)) => begun,
        otherwise => {
            if let Err(error) = client.start_revoking(&session.key()).await {
                tracing::error!(%error, "a session that no browser has was not ended");
            }
            return match otherwise {
                Err(error) => Outcome::Refused(error, upgrade),
                Ok(_) => Outcome::Full,
            };
        }
    };
    let return_to = local_path(signed_in.return_to(), A::PATHS).to_owned();
    let app_state = signed_in.app_state().map(str::to_owned);
    let missing = signed_in.missing().to_vec();
    let session = session.for_app();
    Outcome::SignedIn(Login::new(session, return_to, app_state, missing, begun))
}

/// Runs the hook and commits the sign-in, unless the hook refused or panicked.
async fn run_hook<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    client: &OAuthClient,
    login: Login<A>,
) -> Response {
    let web = WebState::of(client);
    let hook = A::hooks().callback;
    let (request, state_of_hook) = (hook_request(parts, &login), state.clone());
    let work = async move { hook.run(request, state_of_hook).await };
    match detached(work, "the `callback` hook").await {
        Err(error) => {
            commit::rollback(client, login.new_browser()).await;
            error_response::answer::<A>(parts, state, error, Some(login.return_to())).await
        }
        Ok(mut response) if login.is_refused() => {
            let browser = store::find(client, parts).await;
            if web.cookies.session_id(&parts.headers).is_some() && matches!(browser, Ok(None)) {
                response
                    .headers_mut()
                    .append(SET_COOKIE, web.cookies.clear_session());
            }
            response
        }
        Ok(mut response) => {
            commit::commit(client, login.new_browser()).await;
            let cookie = web.cookies.set_session(&login.new_browser().cookie);
            response.headers_mut().append(SET_COOKIE, cookie);
            response
        }
    }
}

/// The answer to a sign-in that failed. An account that was to get more scopes and is still signed in is told so.
async fn answer_failed<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    error: Error,
    upgrade: Option<&Upgrade>,
) -> Response {
    let client = state.app().oauth();
    let missing = match upgrade {
        Some(upgrade) => consent::still_missing::<A>(client, upgrade, error.return_to()).await,
        None => None,
    };
    error_response::answer_upgrade::<A>(parts, state, error, None, missing).await
}

/// What the hook gets: the request without its code, in the browser with its new session.
fn hook_request<A: OAuthApp>(parts: &Parts, login: &Login<A>) -> Request {
    let mut parts = parts.clone();
    parts.uri = without_query(&parts.uri);
    if let Some(OriginalUri(uri)) = parts.extensions.get::<OriginalUri>() {
        let uri = without_query(uri);
        parts.extensions.insert(OriginalUri(uri));
    }
    parts.extensions.insert(CountsAs(login.new_browser().id));
    parts.extensions.insert(login.clone());
    Request::from_parts(parts, Body::empty())
}

fn without_query(uri: &Uri) -> Uri {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = uri.path().parse().ok();
    Uri::from_parts(parts).unwrap_or_default()
}

/// The `state` parameter, to find the cookie of the request; everything else is the client's to check.
fn request_state(parts: &Parts) -> String {
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let mut pairs = url::form_urlencoded::parse(query);
    pairs
        .find(|(name, _)| name == "state")
        .map_or_else(String::new, |(_, state)| state.into_owned())
}
