use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:app.bsky.feed.post?actions=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
