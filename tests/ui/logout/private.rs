use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, logout = pages::signed_out)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

mod pages {
    async fn signed_out() {}
}

fn main() {}
