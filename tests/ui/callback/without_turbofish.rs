use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in<u8>)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in<T>() {}

fn main() {}
