use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Author {
    #[session(with = |_: &AppSession, _: &App| async { Ok::<_, String>(1) })]
    number: u8,
}

async fn page(_: Author, _: Option<Author>) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
