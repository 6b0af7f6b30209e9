// mistakes: 1
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in<T>(_: Login<App>) {}

fn main() {}
