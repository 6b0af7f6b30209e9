use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, optional_scopes = ["blob:image/*"], optional_scopes = [])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
