use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

impl App {
    fn oauth_routes() {}
}

fn main() {}
