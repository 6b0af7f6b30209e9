use atproto_oauth::prelude::*;

struct App {
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in)]
impl App {}

async fn signed_in() {}

fn main() {}
