use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, error = pages::sorry)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

mod pages {
    async fn sorry() {}
}

fn main() {}
