// mistakes: 3
// errors: 6, axum asks the same of what a handler takes, at each route
use std::marker::PhantomData;
use std::rc::Rc;

use atproto_oauth::prelude::*;
use atproto_oauth::web::session_extractor::FromSession;
use axum::Router;
use axum::routing::get;

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

async fn loaded(_: &AppSession, _: &App) -> Result<Rc<str>, String> {
    Ok("draft".into())
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Loaded {
    did: Did,
    #[session(with = loaded)]
    draft: Rc<str>,
}

async fn home(_: Loaded) {}

fn uses_loaded() {
    let _: Router<App> = Router::new().route("/", get(home));
}

struct Name(Rc<str>);

impl FromSession<App> for Name {
    fn from_session(session: &AppSession) -> Result<Self, Error> {
        Ok(Self(session.display_name().into()))
    }
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct OwnType {
    did: Did,
    name: Name,
}

async fn page(_: OwnType) {}

fn uses_own_type() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}

mod phantom {
    use super::*;
    #[derive(SessionExtractor)]
    #[session(app = App)]
    struct Author {
        did: Did,
        kind: PhantomData<Rc<u8>>,
    }

    async fn page(_: Author) {}

    fn uses() {
        let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
    }
}

fn main() {}
