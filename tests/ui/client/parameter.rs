use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App<C> {
    oauth: C,
}

async fn signed_in() {}

fn main() {}
