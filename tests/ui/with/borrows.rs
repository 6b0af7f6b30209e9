// mistakes: 1
// errors: 2, one for each argument that it may have borrowed from
use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

async fn load<'a>(session: &'a AppSession, _: &'a App) -> Result<&'a str, String> {
    Ok(session.display_name())
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Author {
    #[session(with = load)]
    name: &'static str,
}

async fn page(_: Author) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
