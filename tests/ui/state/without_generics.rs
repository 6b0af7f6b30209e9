use atproto_oauth::prelude::*;
use std::sync::Arc;

#[atproto_oauth(callback = signed_in, state = Arc<App>)]
struct App<D> {
    oauth: OAuthClient,
    database: D,
}

async fn signed_in() {}

fn main() {}
