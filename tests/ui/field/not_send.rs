// errors: 2, as axum asks the same of what a handler takes, at each route
use std::rc::Rc;

use atproto_oauth::prelude::*;
use axum::Router;
use axum::routing::get;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn load(_: &AppSession, _: &App) -> Result<Rc<str>, String> {
    Ok("draft".into())
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Author {
    did: Did,
    #[session(with = load)]
    draft: Rc<str>,
}

async fn home(_: Author) {}

fn main() {
    let _: Router<App> = Router::new().route("/", get(home));
}
