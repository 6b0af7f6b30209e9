use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, session = Person)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in, session = Person)]
#[derive(Clone)]
struct Other {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
