use atproto_oauth::prelude::*;
use std::sync::Arc;

#[atproto_oauth(state = Arc<App, callback = signed_in)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
