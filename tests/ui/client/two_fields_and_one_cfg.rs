use atproto_oauth::prelude::*;

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct App {
    #[cfg(any())]
    old: OAuthClient,
    oauth: OAuthClient,
    other: OAuthClient,
}

async fn done() {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes();
}
