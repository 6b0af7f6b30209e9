use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, session = Person)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

struct Person;

fn main() {}
