use atproto_oauth::prelude::*;
use std::sync::Arc;

#[atproto_oauth(state = Arc<App, callback = signed_in)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn me(_: AppSession) {}

fn main() {
    let _: axum::Router<Arc<App>> = App::oauth_routes().route("/", axum::routing::get(me));
}
