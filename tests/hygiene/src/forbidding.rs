//! Lints that are forbidden, which nothing that is written may allow again.
#![forbid(unused, missing_docs, unreachable_code, unused_qualifications)]
#![forbid(clippy::all, clippy::perf, clippy::unwrap_used)]

use ::core::clone::Clone;
use ::core::fmt::Debug;
use ::sign_in::axum::routing::get;
use ::sign_in::axum::Router;
use ::sign_in::{atproto_oauth, Did, OAuthClient, SessionExtractor};

/// An application.
#[atproto_oauth(
    callback = App::signed_in,
    optional_scopes = ["blob:image/*"],
    crate = ::sign_in,
)]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct App {
    oauth: OAuthClient,
}

impl App {
    async fn signed_in() {}
}

/// An extractor.
#[derive(Debug, SessionExtractor)]
#[session(app = App, requires = ["blob:image/png"], crate = ::sign_in)]
#[non_exhaustive]
pub struct Author {
    /// Who it is.
    pub did: Did,
}

/// Adds a page that takes it.
#[inline]
pub fn routes() -> Router<App> {
    async fn page(_: Author) {}
    App::oauth_routes().route("/", get(page))
}
