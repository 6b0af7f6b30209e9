// mistakes: 1
use atproto_oauth::prelude::*;

#[derive(Clone)]
struct App {
    #[atproto_oauth(callback = signed_in)]
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
