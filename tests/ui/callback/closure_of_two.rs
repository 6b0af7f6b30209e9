use atproto_oauth::prelude::*;

#[atproto_oauth(callback = |_: axum::http::Method, _: axum::http::Uri| async { "text" })]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}


fn main() {
    let _: axum::Router<App> = App::oauth_routes();
}
