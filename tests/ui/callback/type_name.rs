use atproto_oauth::prelude::*;

#[atproto_oauth(callback = App)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

fn main() {}
