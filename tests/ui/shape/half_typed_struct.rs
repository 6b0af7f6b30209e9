// mistakes: 1
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
    name:
}

async fn signed_in() {}

async fn me(_: AppSession, _: Option<AppSession>) {}

fn main() {
    let _: Option<AppSessionKey> = None;
    let _ = App::oauth_builder();
    let _ = App::oauth_from_env();
    let _: axum::Router<App> = App::oauth_routes().route("/", axum::routing::get(me));
}
