// errors: 2
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:a"], logout = signed_out)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
