// mistakes: 3
use std::sync::Arc;

use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, state = "Arc<InQuotes>")]
#[derive(Clone)]
struct InQuotes(OAuthClient);

#[atproto_oauth(callback = signed_in, state = 5)]
#[derive(Clone)]
struct Number(OAuthClient);

#[atproto_oauth(state = Arc<Unclosed, callback = signed_in)]
struct Unclosed(OAuthClient);

async fn me(_: UnclosedSession) {}

fn uses_unclosed() {
    let _: axum::Router<Arc<Unclosed>> =
        Unclosed::oauth_routes().route("/", axum::routing::get(me));
}

fn main() {}
