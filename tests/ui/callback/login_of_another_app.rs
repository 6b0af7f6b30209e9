use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

#[atproto_oauth(callback = other_signed_in)]
#[derive(Clone)]
struct Other {
    oauth: OAuthClient,
}

async fn other_signed_in(_: Login<Other>) {}

async fn signed_in(_: Login<Other>) {}

fn main() {}
