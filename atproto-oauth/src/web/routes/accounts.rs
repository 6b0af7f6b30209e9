//! `/oauth/accounts` and `/oauth/switch`: who is signed in here, and who is active.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;

use super::callback::full_error;
use super::{check_own_post, form, query};
use crate::web::arrival::MOST;
use crate::web::browser::Browser;
use crate::web::pages::{AccountEntry, AccountsPage};
use crate::web::refusal::{see_other, sign_in_url, with_query};
use crate::web::respond::{Policy, page, wants_html};
use crate::web::return_to::local_path;
use crate::web::state::WebState;
use crate::web::{HasOAuth, OAuthApp, browsers, refusal};
use crate::{Error, ErrorKind, OAuthClient, SessionKey};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    session: String,
    return_to: Option<String>,
}

/// The account chooser; the sign-in page, if there is nobody to choose.
pub(super) async fn get<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let client = state.app().oauth();
    let shown = async {
        let wish: Wish = query(&parts)?;
        let return_to = local_path(wish.return_to.as_deref(), A::PATHS);
        let Some(browser) = browsers::find(client, &parts).await? else {
            return Ok(see_other(&sign_in_url(A::PATHS, return_to)));
        };
        chooser::<A>(client, &browser, return_to, StatusCode::OK).await
    };
    match shown.await {
        Ok(response) => response,
        Err(error) => refusal::answer::<A>(&parts, &state, error, None).await,
    }
}

/// Makes another account the active one. An account whose session ended signs in again.
pub(super) async fn switch<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let client = state.app().oauth();
    let switched = async {
        check_own_post(client, &parts)?;
        let wish: Wish = form(Request::from_parts(parts.clone(), body)).await?;
        let return_to = local_path(wish.return_to.as_deref(), A::PATHS);
        let key: SessionKey = wish.session.parse()?;
        let browser = browsers::find(client, &parts).await?;
        let browser = browser
            .filter(|browser| browser.has(&key))
            .ok_or_else(not_found)?;
        if !browsers::is_alive(client, &key).await? {
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
        browsers::change(client, browser.id(), |browser| known = browser.switch(&key)).await?;
        if known {
            Ok(browsers::changed(client, see_other(return_to)))
        } else {
            Err(not_found())
        }
    };
    match switched.await {
        Ok(response) => response,
        Err(error) => refusal::answer::<A>(&parts, &state, error, None).await,
    }
}

/// The answer to a sign-in that finds no room: the accounts, one of which has to go first.
pub(super) async fn full<A: OAuthApp>(parts: &Parts, state: &A::State) -> Response {
    let client = state.app().oauth();
    let error = full_error(A::ACCOUNTS.min(MOST));
    let status = error.status();
    let page = match browsers::find(client, parts).await {
        Ok(Some(browser)) => chooser::<A>(client, &browser, "/", status).await.ok(),
        _ => None,
    };
    refusal::answer_or::<A>(parts, state, error, None, |error| match page {
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
            >= usize::from(A::ACCOUNTS.min(MOST)),
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
