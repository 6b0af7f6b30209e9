// mistakes: 1
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
struct App<D> {
    oauth: OAuthClient,
    database: D,
}

async fn signed_in() {}

fn main() {
    let _: axum::Router<App<u8>> = App::oauth_routes();
}
