use atproto_oauth::prelude::*;
use axum::extract::State;
use std::sync::Arc;

#[atproto_oauth(callback = signed_in, state = Arc<App>)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in(_: State<App>) {}

fn main() {}
