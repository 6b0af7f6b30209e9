use atproto_oauth::prelude::*;

#[atproto_oauth(callback = App::signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

impl App {
    async fn signed_in(&self) {}
}

fn main() {}
