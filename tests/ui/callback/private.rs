use atproto_oauth::prelude::*;

#[atproto_oauth(callback = handlers::signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

mod handlers {
    async fn signed_in() {}
}

fn main() {}
