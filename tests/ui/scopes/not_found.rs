// mistakes: 1
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, scopes = ["atproto", POST])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
