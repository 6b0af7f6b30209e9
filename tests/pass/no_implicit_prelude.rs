#![no_implicit_prelude]
#![deny(warnings)]

use ::atproto_oauth::{OAuthClient, atproto_oauth};
use ::core::clone::Clone;

#[atproto_oauth(
    callback = signed_in,
    scopes = ["atproto", "blob:image/*"],
    accounts = 2,
    prefix = "/x",
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn me(_: ::core::option::Option<AppSession>) {
    let _: ::core::option::Option<AppSessionKey> = ::core::option::Option::None;
}

#[test]
fn compiles() {
    let _ = App::oauth_builder();
    let _: ::axum::Router<App> = App::oauth_routes().route("/", ::axum::routing::get(me));
}
