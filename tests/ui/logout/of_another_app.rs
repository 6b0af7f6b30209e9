use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, logout = signed_out)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn signed_out(_: LoggedOut<Other>) {}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Other {
    oauth: OAuthClient,
}

fn main() {}
