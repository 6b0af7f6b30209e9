// mistakes: 3
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in(_: u8, _: u16) -> u64 {
    1
}

fn main() {}
