//! `/oauth/callback`: the end of a sign-in.

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::response::Response;
use http::Uri;
use http::header::{CACHE_CONTROL, HeaderValue, REFERRER_POLICY, SET_COOKIE};
use http::request::Parts;

use super::{accounts, detached};
use crate::client::{CallbackOutcome, Upgrade};
use crate::web::arrival::{self, Arrived};
use crate::web::browser::Browser;
use crate::web::browsers::{self, CountsAs};
use crate::web::return_to::local_path;
use crate::web::state::WebState;
use crate::web::{HasOAuth, Login, OAuthApp, refusal};
use crate::{Error, ErrorKind, OAuthClient};

/// Completes the sign-in, in a task of its own: a browser that hangs up leaves nothing half done.
pub(super) async fn get<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let work = finish::<A>(parts.clone(), state.clone());
    let mut response = match detached(work, "the sign-in").await {
        Ok(response) => response,
        Err(error) => refusal::answer::<A>(&parts, &state, error, None).await,
    };
    // Whatever the answer is, its address holds a code (RU-05).
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

enum Outcome<A> {
    SignedIn(Login<A>),
    /// The browser holds as many accounts as it may.
    Full,
    /// Nobody was signed in; who was before, if more permissions were asked for.
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
    let mut response = match land::<A>(&client, &parts, binding.as_deref()).await {
        Outcome::SignedIn(login) => welcome(&parts, &state, &client, login).await,
        Outcome::Full => accounts::full::<A>(&parts, &state).await,
        Outcome::Refused(error, upgrade) => {
            // Loading the page again may help then, if the request was not used up yet.
            is_over = !error.is_transient();
            refusal::of_upgrade::<A>(&parts, &state, error, None, upgrade.as_ref()).await
        }
    };
    if binding.is_some() && is_over {
        response
            .headers_mut()
            .append(SET_COOKIE, web.cookies.clear_binding(&request));
    }
    response
}

/// The flow, and the browser's new id. Without either there is no session.
async fn land<A: OAuthApp>(
    client: &OAuthClient,
    parts: &Parts,
    binding: Option<&str>,
) -> Outcome<A> {
    // First, so that a store that is down does not cost the sign-in. What is in it is read again later.
    let old = match browsers::find_at_sign_in(client, parts).await {
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
    let arrived = arrival::arrive(client, old, session.key(), upgraded, A::ACCOUNTS).await;
    let arrival = match arrived {
        Ok(Arrived::In(arrival)) => arrival,
        otherwise => {
            if let Err(error) = client.start_revoking(&session.key()).await {
                tracing::error!(%error, "a session that no browser holds was not ended");
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
    Outcome::SignedIn(Login::new(session, return_to, app_state, missing, arrival))
}

/// Runs the hook and lets the sign-in stand, unless the hook refused or panicked.
async fn welcome<A: OAuthApp>(
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
            arrival::undo(client, login.arrival()).await;
            refusal::answer::<A>(parts, state, error, Some(login.return_to())).await
        }
        Ok(mut response) if login.is_refused() => {
            let known = browsers::find(client, parts).await;
            if web.cookies.session_id(&parts.headers).is_some() && matches!(known, Ok(None)) {
                response
                    .headers_mut()
                    .append(SET_COOKIE, web.cookies.clear_session());
            }
            response
        }
        Ok(mut response) => {
            arrival::settle(client, login.arrival()).await;
            let cookie = web.cookies.set_session(&login.arrival().cookie);
            response.headers_mut().append(SET_COOKIE, cookie);
            response
        }
    }
}

/// What the hook sees: the request without its code, in the browser with its new session.
fn hook_request<A: OAuthApp>(parts: &Parts, login: &Login<A>) -> Request {
    let mut parts = parts.clone();
    parts.uri = without_query(&parts.uri);
    if let Some(OriginalUri(uri)) = parts.extensions.get::<OriginalUri>() {
        let uri = without_query(uri);
        parts.extensions.insert(OriginalUri(uri));
    }
    parts.extensions.insert(CountsAs(login.arrival().id));
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

/// The browser holds as many accounts as it may.
pub(super) fn full_error(limit: u16) -> Error {
    Error::new(
        ErrorKind::InvalidRequest,
        format!("this browser holds {limit} accounts already; sign out of one, then sign in again"),
    )
}
