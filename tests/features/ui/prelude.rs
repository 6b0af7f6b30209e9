// mistakes: 1
// errors: 2, as the compiler goes on to look for what the prelude would bring
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
