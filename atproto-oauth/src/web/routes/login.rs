//! `/oauth/login`: the sign-in page and the start of a sign-in.

use axum::extract::Request;
use axum::response::Response;
use http::header::{ACCEPT, SET_COOKIE};
use http::request::Parts;
use http::{Method, StatusCode};

use super::login_params::LoginParams;
use super::request::{check_own_post, form, query};
use crate::client::Upgrade;
use crate::error::{Error, ErrorKind};
use crate::web::app::HasOAuth;
use crate::web::app::OAuthApp;
use crate::web::consent;
use crate::web::csrf;
use crate::web::error_response;
use crate::web::pages::SignIn;
use crate::web::respond::{Policy, page, wants_html};
use crate::web::state::WebState;

/// The page; with a handle, and if a person came here by themselves, the start of a sign-in. What
/// another site sends gets the page with the handle filled in, and nothing else of what it says.
pub(super) async fn get<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let params = match query::<LoginParams>(&parts) {
        Ok(params) => params,
        Err(error) => return error_response::answer::<A>(&parts, &state, error, None).await,
    };
    if parts.method != Method::GET || !csrf::is_own_navigation(&parts.headers) {
        return show::<A>(&state, &params.without_own_pages_params());
    }
    match params.handle() {
        "" if is_program(&parts) => {
            let error = Error::new(
                ErrorKind::MissingHandle,
                "`handle` is missing; say who signs in",
            );
            error_response::answer::<A>(&parts, &state, error, None).await
        }
        "" => show::<A>(&state, &params),
        _ => begin::<A>(&parts, &state, &params).await,
    }
}

/// The form; every answer is a 303, so that no browser posts it again to the authorization server.
pub(super) async fn post<A: OAuthApp>(state: A::State, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(error) = check_own_post(state.app().oauth(), &parts) {
        return error_response::answer::<A>(&parts, &state, error, None).await;
    }
    let request = Request::from_parts(parts.clone(), body);
    match form::<LoginParams>(request).await {
        Ok(params) => begin::<A>(&parts, &state, &params).await,
        Err(error) => error_response::answer::<A>(&parts, &state, error, None).await,
    }
}

async fn begin<A: OAuthApp>(parts: &Parts, state: &A::State, params: &LoginParams) -> Response {
    let client = state.app().oauth();
    let error = match params.upgrade::<A>(client, parts).await {
        Ok(Some(upgrade)) => return begin_upgrade::<A>(parts, state, params, &upgrade).await,
        Ok(None) => match params.start::<A>(client, parts, None).await {
            Ok(response) => return response,
            Err(error) => error,
        },
        Err(error) => error,
    };
    let is_typo = matches!(
        error.kind(),
        ErrorKind::MissingHandle | ErrorKind::InvalidHandle
    );
    let return_to = params.return_to::<A>();
    error_response::answer_or::<A>(parts, state, error, Some(return_to), |error| {
        // A person who mistyped gets the form back with what they typed.
        if is_typo && error.wants_html() {
            let (name, action) = (&WebState::of(client).name, A::PATHS.login());
            error.sign_in(&sign_in::<A>(
                name,
                &action,
                params,
                &permissions::<A>(params),
            ))
        } else {
            axum::response::IntoResponse::into_response(error)
        }
    })
    .await
}

/// Starts a consent upgrade. Whatever its outcome, the person is not led to consent again without a click.
async fn begin_upgrade<A: OAuthApp>(
    parts: &Parts,
    state: &A::State,
    params: &LoginParams,
    upgrade: &Upgrade,
) -> Response {
    let client = state.app().oauth();
    let mut response = match params.start::<A>(client, parts, Some(upgrade)).await {
        Ok(response) => response,
        Err(error) => {
            let return_to = Some(params.return_to::<A>());
            let missing = consent::still_missing::<A>(client, upgrade, return_to).await;
            error_response::answer_upgrade::<A>(parts, state, error, return_to, missing).await
        }
    };
    let asked = WebState::of(client)
        .cookies
        .asked(&upgrade.key, &upgrade.scope);
    response.headers_mut().append(SET_COOKIE, asked);
    response
}

fn show<A: OAuthApp>(state: &A::State, params: &LoginParams) -> Response {
    let web = WebState::of(state.app().oauth());
    let (action, permissions) = (A::PATHS.login(), permissions::<A>(params));
    let html = web
        .pages
        .sign_in(&sign_in::<A>(&web.name, &action, params, &permissions));
    page(StatusCode::OK, html, Policy::SignIn, &*web.pages)
}

fn sign_in<'a, A: OAuthApp>(
    name: &'a str,
    action: &'a str,
    params: &'a LoginParams,
    permissions: &'a [&'a str],
) -> SignIn<'a> {
    SignIn {
        handle: params.handle(),
        return_to: Some(params.return_to::<A>()).filter(|path| *path != "/"),
        scope: params.scope(),
        permissions,
        sign_up: params.prompt() == Some("create"),
        ..SignIn::new(name, action)
    }
}

/// What the person will be asked to allow.
fn permissions<A: OAuthApp>(params: &LoginParams) -> Vec<&str> {
    match params.scope() {
        Some(scope) => scope.split_ascii_whitespace().collect(),
        None => A::SCOPES.scopes().to_vec(),
    }
}

/// Whether `Accept` names what it wants, and that is no page.
fn is_program(parts: &Parts) -> bool {
    let any = |accept: &str| accept.split(',').any(|one| one.trim().starts_with("*/*"));
    let accepts = parts
        .headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accept| !any(accept)) && !wants_html(&parts.headers)
}
