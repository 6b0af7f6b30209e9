//! The authorization server: metadata, pushed requests, pages, tokens, revocation.

mod authorize;
mod consent;
mod device;
mod endpoint;
mod metadata;
mod pages;
mod par;
mod redirect;
mod revoke;
mod sign_in;
mod style;
mod token;

use axum::Router;
use axum::routing::{get, post};

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
