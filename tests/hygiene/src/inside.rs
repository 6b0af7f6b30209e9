//! Items in the body of a function.

use ::core::clone::Clone;
use ::core::marker::Sized;
use ::core::result::Result;
use ::sign_in::axum::http::StatusCode;
use ::sign_in::axum::routing::get;
use ::sign_in::axum::Router;
use ::sign_in::{atproto_oauth, Did, OAuthClient, SessionExtractor};
use ::std::format;
use ::std::string::String;

/// Gives the routes of an application that no other module can name.
#[inline]
pub fn routes() -> Router<impl Sized> {
    #[atproto_oauth(
        callback = signed_in,
        optional_scopes = ["blob:image/*"],
        crate = ::sign_in,
    )]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }

    #[derive(SessionExtractor)]
    #[session(app = App, requires = ["blob:image/png"], crate = ::sign_in)]
    struct Author(Did, #[session(with = load)] u8);

    async fn signed_in() {}

    async fn load(_: &AppSession, _: &App) -> Result<u8, StatusCode> {
        Result::Ok(1)
    }

    async fn page(Author(did, number): Author) -> String {
        format!("{did} {number}")
    }

    App::oauth_routes().route("/", get(page))
}
