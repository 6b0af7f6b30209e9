// errors: 2
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, state = Site)]
struct App {
    oauth: OAuthClient,
}

#[derive(Clone)]
struct Site;

async fn signed_in(_: Login<App>) {}

fn main() {}
