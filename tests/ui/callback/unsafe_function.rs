use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async unsafe fn signed_in() {}

fn main() {}
