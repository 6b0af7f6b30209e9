//! `/oauth/login`: the sign-in page and the start of a sign-in.

use axum::extract::Request;
use axum::response::Response;
use http::header::{ACCEPT, SET_COOKIE};
use http::request::Parts;
use http::{Method, StatusCode};

use super::start::Wish;
use super::{check_own_post, form, query};
use crate::client::Upgrade;
use crate::web::pages::SignIn;
use crate::web::respond::{Policy, page, wants_html};
use crate::web::state::WebState;
use crate::web::{HasOAuth, OAuthApp, fetch, refusal};
use crate::{Error, ErrorKind};

/// The page; with a handle, and if a person came here by themselves, the start of a sign-in. What
/// another site sends gets the page with the handle filled in, and nothing else of what it says.
pub(super) async fn get<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let wish = match query::<Wish>(&parts) {
        Ok(wish) => wish,
        Err(error) => return refusal::answer::<A>(&parts, &state, error, None).await,
    };
    if parts.method != Method::GET || !fetch::is_own_navigation(&parts.headers) {
        return show::<A>(&state, &wish.of_somebody_else());
    }
    match wish.handle() {
        "" if is_program(&parts) => {
            let error = Error::new(
                ErrorKind::MissingHandle,
                "`handle` is missing; say who signs in",
            );
            refusal::answer::<A>(&parts, &state, error, None).await
        }
        "" => show::<A>(&state, &wish),
        _ => begin::<A>(&parts, &state, &wish).await,
    }
}

/// The form; every answer is a 303, so that no browser posts it again to the authorization server.
pub(super) async fn post<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(error) = check_own_post(state.app().oauth(), &parts) {
        return refusal::answer::<A>(&parts, &state, error, None).await;
    }
    let request = Request::from_parts(parts.clone(), body);
    match form::<Wish>(request).await {
        Ok(wish) => begin::<A>(&parts, &state, &wish).await,
        Err(error) => refusal::answer::<A>(&parts, &state, error, None).await,
    }
}

async fn begin<A: OAuthApp>(parts: &Parts, state: &A::State, wish: &Wish) -> Response {
    let client = state.app().oauth();
    let error = match wish.upgrade::<A>(client, parts).await {
        Ok(Some(upgrade)) => return begin_upgrade::<A>(parts, state, wish, &upgrade).await,
        Ok(None) => match wish.start::<A>(client, parts, None).await {
            Ok(response) => return response,
            Err(error) => error,
        },
        Err(error) => error,
    };
    let is_typo = matches!(
        error.kind(),
        ErrorKind::MissingHandle | ErrorKind::InvalidHandle
    );
    let return_to = wish.return_to::<A>();
    refusal::answer_or::<A>(parts, state, error, Some(return_to), |error| {
        // A person who mistyped gets the form back with what they typed.
        if is_typo && error.wants_html() {
            let (name, action) = (&WebState::of(client).name, A::PATHS.login());
            error.sign_in(&sign_in::<A>(name, &action, wish, &permissions::<A>(wish)))
        } else {
            axum::response::IntoResponse::into_response(error)
        }
    })
    .await
}

/// More permissions for somebody who is signed in. Whatever comes of it, they are not led there again by
/// themselves.
async fn begin_upgrade<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    wish: &Wish,
    upgrade: &Upgrade,
) -> Response {
    let client = state.app().oauth();
    let mut response = match wish.start::<A>(client, parts, Some(upgrade)).await {
        Ok(response) => response,
        Err(error) => {
            let return_to = Some(wish.return_to::<A>());
            refusal::of_upgrade::<A>(parts, state, error, return_to, Some(upgrade)).await
        }
    };
    let asked = WebState::of(client)
        .cookies
        .asked(&upgrade.key, &upgrade.scope);
    response.headers_mut().append(SET_COOKIE, asked);
    response
}

fn show<A: OAuthApp>(state: &A::State, wish: &Wish) -> Response {
    let web = WebState::of(state.app().oauth());
    let (action, permissions) = (A::PATHS.login(), permissions::<A>(wish));
    let html = web
        .pages
        .sign_in(&sign_in::<A>(&web.name, &action, wish, &permissions));
    page(StatusCode::OK, html, Policy::SignIn, &*web.pages)
}

fn sign_in<'a, A: OAuthApp>(
    name: &'a str,
    action: &'a str,
    wish: &'a Wish,
    permissions: &'a [&'a str],
) -> SignIn<'a> {
    SignIn {
        handle: wish.handle(),
        return_to: Some(wish.return_to::<A>()).filter(|path| *path != "/"),
        scope: wish.scope(),
        permissions,
        sign_up: wish.prompt() == Some("create"),
        ..SignIn::new(name, action)
    }
}

/// What the person will be asked to allow.
fn permissions<A: OAuthApp>(wish: &Wish) -> Vec<&str> {
    match wish.scope() {
        Some(scope) => scope.split_ascii_whitespace().collect(),
        None => A::SCOPES.scopes().to_vec(),
    }
}

/// It says what it wants, and that is no page.
fn is_program(parts: &Parts) -> bool {
    let any = |accept: &str| accept.split(',').any(|one| one.trim().starts_with("*/*"));
    let accepts = parts
        .headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accept| !any(accept)) && !wants_html(&parts.headers)
}
