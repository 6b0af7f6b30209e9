// mistakes: 1
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, scopes = ["atproto", post()])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn post() -> &'static str {
    "repo:app.bsky.feed.post"
}

fn main() {}
