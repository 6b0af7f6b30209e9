// mistakes: 1
use atproto_oauth::prelude::*;
use std::sync::Arc;

#[atproto_oauth(callback = signed_in, state = Arc<App>)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes();
}
