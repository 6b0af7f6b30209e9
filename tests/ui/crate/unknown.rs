use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, crate = ::atproto_oath)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
