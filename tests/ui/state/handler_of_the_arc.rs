use atproto_oauth::prelude::*;
use axum::extract::State;
use std::sync::Arc;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in(_: State<Arc<App>>) {}

fn main() {}
