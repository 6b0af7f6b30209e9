use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

struct Profile;

async unsafe fn load(_: &AppSession, _: &App) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Author {
    #[session(with = load)]
    profile: Profile,
}

async fn page(_: Author) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
