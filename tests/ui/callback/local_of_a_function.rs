use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

fn elsewhere() {
    async fn signed_in() {}
    let _ = signed_in;
}

fn main() {}
