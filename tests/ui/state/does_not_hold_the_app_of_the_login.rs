// errors: 2, for one mistake: the compiler looks at the state and at what is extracted from it
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, state = Site)]
struct App {
    oauth: OAuthClient,
}

#[derive(Clone)]
struct Site;

async fn signed_in(_: Login<App>) {}

fn main() {}
