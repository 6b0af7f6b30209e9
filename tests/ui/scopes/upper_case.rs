// errors: 2
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, scopes = ["ATPROTO"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
