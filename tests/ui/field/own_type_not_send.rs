// errors: 2, as axum asks the same of what a handler takes, at each route
use std::rc::Rc;

use atproto_oauth::prelude::*;
use atproto_oauth::web::session_extractor::FromSession;
use axum::routing::get;

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

struct Name(Rc<str>);

impl FromSession<App> for Name {
    fn from_session(session: &AppSession) -> Result<Self, Error> {
        Ok(Self(session.display_name().into()))
    }
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Author {
    did: Did,
    name: Name,
}

async fn page(_: Author) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
