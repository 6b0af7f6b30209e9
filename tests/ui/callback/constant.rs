use atproto_oauth::prelude::*;

#[atproto_oauth(callback = SIGNED_IN)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

const SIGNED_IN: u8 = 1;

fn main() {}
