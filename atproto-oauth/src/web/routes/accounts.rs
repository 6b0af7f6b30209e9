//! `/oauth/accounts` and `/oauth/switch`: the accounts of this browser, and which one is active.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;

use super::request::{check_own_post, form, query};
use crate::client::{OAuthClient, SessionKey};
use crate::error::{Error, ErrorKind};
use crate::web::app::HasOAuth;
use crate::web::app::OAuthApp;
use crate::web::browser::record::Browser;
use crate::web::browser::store;
use crate::web::error_response;
use crate::web::pages::{AccountEntry, AccountsPage};
use crate::web::policy::MAX_ACCOUNTS;
use crate::web::respond::{Policy, page, wants_html};
use crate::web::return_to::local_path;
use crate::web::state::WebState;
use crate::web::url::{see_other, sign_in_url, with_query};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SwitchParams {
    session: String,
    return_to: Option<String>,
}

/// The account chooser; the sign-in page, if there is no account to choose.
pub(super) async fn get<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let client = state.app().oauth();
    let shown = async {
        let params: SwitchParams = query(&parts)?;
        let return_to = local_path(params.return_to.as_deref(), A::PATHS);
        let Some(browser) = store::find(client, &parts).await? else {
            return Ok(see_other(&sign_in_url(A::PATHS, return_to)));
        };
        chooser::<A>(client, &browser, return_to, StatusCode::OK).await
    };
    match shown.await {
        Ok(response) => response,
        Err(error) => error_response::answer::<A>(&parts, &state, error, None).await,
    }
}

/// Makes another account the active one. An account whose session ended signs in again.
pub(super) async fn switch<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let client = state.app().oauth();
    let switched = async {
        check_own_post(client, &parts)?;
        let params: SwitchParams = form(Request::from_parts(parts.clone(), body)).await?;
        let return_to = local_path(params.return_to.as_deref(), A::PATHS);
        let key: SessionKey = params.session.parse()?;
        let browser = store::find(client, &parts).await?;
        let browser = browser
            .filter(|browser| browser.has(&key))
            .ok_or_else(not_found)?;
        if !store::is_alive(client, &key).await? {
            if !wants_html(&parts.headers) {
                return Err(Error::new(
                    ErrorKind::SessionEnded,
                    "that account's session ended; sign in again",
                ));
            }
            let who = [("handle", key.did().as_str()), ("return_to", return_to)];
            return Ok(see_other(&with_query(A::PATHS.login(), &who)));
        }
        let mut known = false;
        store::change(client, browser.id(), |browser| known = browser.switch(&key)).await?;
        if known {
            Ok(store::with_bypass_cookie(client, see_other(return_to)))
        } else {
            Err(not_found())
        }
    };
    match switched.await {
        Ok(response) => response,
        Err(error) => error_response::answer::<A>(&parts, &state, error, None).await,
    }
}

/// The answer to a sign-in that finds no room: the accounts, one of which has to go first.
pub(super) async fn full<A: OAuthApp>(parts: &Parts, state: &A::State) -> Response {
    let client = state.app().oauth();
    let error = full_error(A::ACCOUNTS.min(MAX_ACCOUNTS));
    let status = error.status();
    let page = match store::find(client, parts).await {
        Ok(Some(browser)) => chooser::<A>(client, &browser, "/", status).await.ok(),
        _ => None,
    };
    error_response::answer_or::<A>(parts, state, error, None, |error| match page {
        Some(page) if error.wants_html() => page,
        _ => error.into_response(),
    })
    .await
}

async fn chooser<A: OAuthApp>(
    client: &OAuthClient,
    browser: &Browser,
    return_to: &str,
    status: StatusCode,
) -> Result<Response, Error> {
    let web = WebState::of(client);
    let mut rows = Vec::new();
    for key in browser.sessions() {
        let name = match client.session(key).await {
            Ok(session) => Some(session.display_name().to_owned()),
            Err(error) if error.needs_login() => None,
            Err(error) => return Err(error),
        };
        rows.push((key, key.to_string(), name));
    }
    let entries: Vec<_> = rows
        .iter()
        .map(|(key, text, name)| {
            let did = key.did().as_str();
            let mut entry = AccountEntry::new(name.as_deref().unwrap_or(did), did, text);
            entry.active = browser.active() == Some(key);
            entry.ended = name.is_none();
            entry
        })
        .collect();
    let (switch, logout) = (A::PATHS.switch(), A::PATHS.logout());
    let login = sign_in_url(A::PATHS, return_to);
    let shown = AccountsPage {
        full: entries.iter().filter(|entry| !entry.ended).count()
            >= usize::from(A::ACCOUNTS.min(MAX_ACCOUNTS)),
        return_to: Some(return_to).filter(|path| *path != "/"),
        ..AccountsPage::new(&web.name, &entries, &switch, &logout, &login)
    };
    let html = web.pages.accounts(&shown);
    Ok(page(status, html, Policy::Page, &*web.pages))
}

fn not_found() -> Error {
    Error::new(
        ErrorKind::SessionNotFound,
        "this browser has no such session; choose one of its accounts, or sign in",
    )
}

/// The browser holds as many accounts as it may.
fn full_error(limit: u16) -> Error {
    Error::new(
        ErrorKind::InvalidRequest,
        format!("this browser holds {limit} accounts already; sign out of one, then sign in again"),
    )
}
