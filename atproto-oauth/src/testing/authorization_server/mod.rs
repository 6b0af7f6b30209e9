//! The authorization server: metadata, pushed requests, pages, tokens, revocation.

mod authorize;
mod consent;
mod device;
mod ledger;
mod metadata;
mod pages;
mod par;
mod redirect;
mod revoke;
mod sign_in;
mod style;
mod token;

use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{CACHE_CONTROL, HeaderMap};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

pub(super) use ledger::Authority;

use super::dpop::{self, Unproven};
use super::refusal::Refusal;
use super::state::Site;

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(
            "/.well-known/oauth-authorization-server",
            get(metadata::serve),
        )
        .route("/oauth/par", post(par::push))
        .route("/oauth/token", post(token::serve))
        .route("/oauth/revoke", post(revoke::serve))
        .route("/oauth/authorize", get(authorize::serve))
        .route("/oauth/authorize/sign-in", post(sign_in::sign_in))
        .route("/oauth/authorize/sign-up", post(sign_in::sign_up))
        .route("/oauth/authorize/account", post(sign_in::choose))
        .route("/oauth/authorize/consent", post(consent::decide))
        .route("/oauth/authorize/style.css", get(style::serve))
}

/// Checks the DPoP proof of a request to an OAuth endpoint; the answer is the key's thumbprint.
fn proven(site: &Site, headers: &HeaderMap, path: &str) -> Result<String, Refusal> {
    dpop::check(site, headers, "POST", path, None).map_err(|unproven| match unproven {
        Unproven::NeedsNonce => Refusal::new(
            "use_dpop_nonce",
            "the proof needs the nonce of the DPoP-Nonce header",
        ),
        Unproven::Invalid(why) => Refusal::new("invalid_dpop_proof", why),
    })
}

/// The answer of an OAuth endpoint; no cache may keep it.
fn answer(status: StatusCode, result: Result<Value, Refusal>) -> Response {
    let mut response = match result {
        Ok(body) => (status, Json(body)).into_response(),
        Err(refusal) => refusal.into_response(),
    };
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}
