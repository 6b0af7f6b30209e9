use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:app.bsky.*"])]
#[derive(Clone)]
struct App<D> {
    oauth: OAuthClient,
    database: D,
}

async fn signed_in() {}

fn main() {}
