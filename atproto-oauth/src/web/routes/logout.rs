//! `/oauth/logout`: sessions are gone at once, and revoked at their servers.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures_util::future::{join, join_all};
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{Method, StatusCode};
use serde::Deserialize;

use super::request::{check_own_post, detached, form, query};
use crate::client::{OAuthClient, SessionKey};
use crate::error::{Error, ErrorKind};
use crate::web::app::HasOAuth;
use crate::web::app::OAuthApp;
use crate::web::browser::record::Browser;
use crate::web::browser::store;
use crate::web::csrf;
use crate::web::error_response;
use crate::web::extract::LoggedOut;
use crate::web::pages::SignOut;
use crate::web::respond::{Policy, page};
use crate::web::state::WebState;
use crate::web::url::see_other;

/// Which sessions to sign out: the one that the page was made for, all, or the active one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct LogoutParams {
    session: String,
    all: String,
}

impl LogoutParams {
    fn is_all(&self) -> bool {
        matches!(self.all.as_str(), "true" | "1")
    }
}

/// A link of our own that a person clicked signs out, as POST does; everything else is asked.
pub(super) async fn get<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let params = match query::<LogoutParams>(&parts) {
        Ok(params) => params,
        Err(error) => return error_response::answer::<A>(&parts, &state, error, None).await,
    };
    if parts.method == Method::GET && csrf::is_own_click(&parts.headers) {
        return logout_detached::<A>(parts, state, params).await;
    }
    match confirmation_page::<A>(&parts, &state, &params).await {
        Ok(response) => response,
        Err(error) => error_response::answer::<A>(&parts, &state, error, None).await,
    }
}

pub(super) async fn post<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let checked = async {
        check_own_post(state.app().oauth(), &parts)?;
        let asked: LogoutParams = query(&parts)?;
        // A POST of the application's own may have no body at all.
        if !parts.headers.contains_key(http::header::CONTENT_TYPE) {
            return Ok(asked);
        }
        let form: LogoutParams = form(Request::from_parts(parts.clone(), body)).await?;
        Ok(if asked.is_all() { asked } else { form })
    };
    match checked.await {
        Ok(params) => logout_detached::<A>(parts, state, params).await,
        Err(error) => error_response::answer::<A>(&parts, &state, error, None).await,
    }
}

/// The page that asks first. Its form names the session it is made for.
async fn confirmation_page<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    params: &LogoutParams,
) -> Result<Response, Error> {
    let client = state.app().oauth();
    let web = WebState::of(client);
    let browser = store::find(client, parts).await?;
    let active = browser.as_ref().and_then(|browser| browser.active());
    let key = active.map(ToString::to_string).unwrap_or_default();
    let name = match active {
        None => String::new(),
        Some(key) => match client.session(key).await {
            Ok(session) => session.display_name().to_owned(),
            Err(_) => key.did().to_string(),
        },
    };
    let action = A::PATHS.logout();
    let shown = SignOut {
        all: params.is_all(),
        ..SignOut::new(&web.name, &action, &name, &key)
    };
    let html = web.pages.sign_out(&shown);
    Ok(page(StatusCode::OK, html, Policy::Page, &*web.pages))
}

/// Signs out in a task of its own, then answers.
async fn logout_detached<A: OAuthApp>(
    parts: Parts,
    state: A::State,
    params: LogoutParams,
) -> Response {
    let work = {
        let (parts, state) = (parts.clone(), state.clone());
        async move { logout::<A>(&parts, &state, &params).await }
    };
    match detached(work, "the logout").await.and_then(|answer| answer) {
        Ok(response) => response,
        Err(error) => error_response::answer::<A>(&parts, &state, error, None).await,
    }
}

async fn logout<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    params: &LogoutParams,
) -> Result<Response, Error> {
    let client = state.app().oauth();
    let browser = store::find(client, parts).await?;
    let leaving = leaving(client, browser.as_ref(), params).await?;
    // From here on the sessions are gone for all processes; the servers revoke them meanwhile.
    let mut revocations = Vec::new();
    for key in &leaving {
        match client.start_revoking(key).await {
            Ok(task) => revocations.push(task.wait()),
            Err(error) if error.needs_login() => {}
            Err(error) => return Err(error),
        }
    }
    let mut active = None;
    let mut is_empty = true;
    if let Some(browser) = browser {
        let left = remove_from_browser(client, &browser, &leaving).await;
        active = left
            .active()
            .filter(|key| !leaving.contains(key))
            .map(SessionKey::for_app);
        is_empty = left.sessions().iter().all(|key| leaving.contains(key));
    }
    let gone = leaving.iter().map(SessionKey::for_app).collect();
    let answer = run_hook::<A>(parts, state, LoggedOut::new(gone, active));
    let (mut response, _) = join(answer, join_all(revocations)).await;
    let cookies = &WebState::of(client).cookies;
    if !is_empty {
        return Ok(store::with_bypass_cookie(client, response));
    }
    if cookies.session_id(&parts.headers).is_some() {
        response
            .headers_mut()
            .append(SET_COOKIE, cookies.clear_session());
    }
    Ok(response)
}

/// The sessions that go. A key that was signed out already is no mistake: people click twice, and on
/// pages that are old.
async fn leaving(
    client: &OAuthClient,
    browser: Option<&Browser>,
    params: &LogoutParams,
) -> Result<Vec<SessionKey>, Error> {
    if params.is_all() {
        return Ok(browser
            .map(|browser| browser.sessions().to_vec())
            .unwrap_or_default());
    }
    if params.session.is_empty() {
        return Ok(browser
            .and_then(|browser| browser.active())
            .cloned()
            .into_iter()
            .collect());
    }
    let key: SessionKey = params.session.parse()?;
    if browser.is_some_and(|browser| browser.has(&key)) {
        return Ok(vec![key]);
    }
    if store::is_alive(client, &key).await? {
        return Err(Error::new(
            ErrorKind::SessionNotFound,
            "this browser has no such session; load the page again",
        ));
    }
    // An old page names a session that a later sign-in of the same account has replaced.
    Ok(browser.map_or_else(Vec::new, |browser| browser.sessions_of(key.did())))
}

/// The browser without those sessions. If the store fails now they are gone all the same: what is left
/// of them is an entry that leads nowhere.
async fn remove_from_browser(
    client: &OAuthClient,
    browser: &Browser,
    leaving: &[SessionKey],
) -> Browser {
    let mut left = browser.clone();
    let next = store::next_alive(client, browser, leaving)
        .await
        .unwrap_or_default();
    left.remove(leaving, next.as_ref());
    let edit = |browser: &mut Browser| browser.remove(leaving, next.as_ref());
    match store::change(client, browser.id(), edit).await {
        Ok(Some(changed)) => changed,
        Ok(None) => left,
        Err(error) => {
            tracing::warn!(%error, "a session that is gone is still listed in its browser");
            left
        }
    }
}

/// The hook's answer; without one, a redirect to `/`.
async fn run_hook<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    logged_out: LoggedOut<A>,
) -> Response {
    let Some(hook) = A::hooks().logout else {
        return see_other("/");
    };
    let mut parts = parts.clone();
    parts.extensions.insert(logged_out);
    hook.run(Request::from_parts(parts, Body::empty()), state.clone())
        .await
}
