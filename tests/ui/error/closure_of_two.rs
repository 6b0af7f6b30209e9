use atproto_oauth::prelude::*;

#[atproto_oauth(callback = done, error = |_: axum::http::Method, _: axum::http::Uri| async { "text" })]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes();
}
