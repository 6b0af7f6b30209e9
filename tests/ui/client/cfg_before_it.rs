use atproto_oauth::prelude::*;

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct App(#[cfg(any())] u8, OAuthClient);

async fn done() {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes();
}
