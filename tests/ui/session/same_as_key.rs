use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, session = Person, session_key = Person)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn me(_: Person) {}

fn main() {}
