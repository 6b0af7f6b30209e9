use atproto_oauth::prelude::*;
use axum::extract::State;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

#[derive(Clone)]
struct Other;

async fn signed_in(_: State<Other>, _: Login<App>) {}

fn main() {}
