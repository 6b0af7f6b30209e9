use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "blob:image/*"], optional_scopes = ["blob:image/*"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
