// mistakes: 6
use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(calback = done, prefix = "oauth", scopes = ["atproto", "repo:*?action=creat"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session(apps = App, requires = "blob:image/*")]
struct Author {
    did: Did,
    #[session(wiht = load)]
    count: u8,
}

async fn load(_: &AppSession, _: &App) -> Result<u8, String> {
    Ok(1)
}

async fn page(_: Author, _: Option<Author>) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
