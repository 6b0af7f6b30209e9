use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in(_: Login<App>) {}

fn main() {}
