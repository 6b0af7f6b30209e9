// mistakes: 4
use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

struct Profile;

#[derive(SessionExtractor)]
#[session(app = 5, requires = [7])]
struct Author {
    #[session(with = "load")]
    profile: Profile,
    #[session(whit = load)]
    other: Profile,
}

async fn page(_: Author, _: Option<Author>) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
