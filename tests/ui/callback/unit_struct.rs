use atproto_oauth::prelude::*;

#[atproto_oauth(callback = Unit)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

struct Unit;

fn main() {}
