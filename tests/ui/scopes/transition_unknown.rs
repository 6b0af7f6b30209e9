use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "transition:everything"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
