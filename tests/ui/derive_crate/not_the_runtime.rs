// mistakes: 1
// errors: 2, the compiler misses each item by itself
use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session(app = App, crate = vendored)]
struct Author {
    did: Did,
}

mod vendored {
    pub use atproto_oauth::prelude::*;
}

async fn page(_: Author, _: Option<Author>) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
