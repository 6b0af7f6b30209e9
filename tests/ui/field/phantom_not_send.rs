// errors: 2, as axum asks the same of what a handler takes, at each route
use std::marker::PhantomData;
use std::rc::Rc;

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
    did: Did,
    kind: PhantomData<Rc<u8>>,
}

async fn page(_: Author) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
