use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn needs<T: axum::extract::FromRequestParts<u8>>() {}

fn main() {
    needs::<AppSession>();
}
