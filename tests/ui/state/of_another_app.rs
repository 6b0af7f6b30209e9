use atproto_oauth::prelude::*;
use std::sync::Arc;

#[atproto_oauth(callback = signed_in, state = Arc<Other>)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

struct Other;

fn main() {}
