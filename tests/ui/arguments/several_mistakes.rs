// mistakes: 7
use atproto_oauth::prelude::*;
use std::sync::Arc;

#[atproto_oauth(
    calback = signed_in,
    accounts = 0,
    prefix = 5,
    scopes = [1, "atproto"],
    colour = 1,
    client = nope,
    state = ,
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn me(_: AppSession, _: Option<AppSession>) {}

fn main() {
    let _: Option<AppSessionKey> = None;
    let _ = App::oauth_builder();
    let _ = App::oauth_from_env();
    let _: axum::Router<Arc<App>> = App::oauth_routes().route("/", axum::routing::get(me));
}
