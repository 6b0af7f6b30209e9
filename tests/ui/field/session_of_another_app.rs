use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct Other {
    oauth: OAuthClient,
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Author {
    session: OtherSession,
}

async fn page(_: Author, _: Option<Author>) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
