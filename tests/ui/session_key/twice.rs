use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, session_key = Key, session_key = Key)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
