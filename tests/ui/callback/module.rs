use atproto_oauth::prelude::*;

#[atproto_oauth(callback = pages)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

mod pages {
    pub async fn signed_in() {}
}

fn main() {}
