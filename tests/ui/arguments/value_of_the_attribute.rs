// mistakes: 1
// errors: 2, before the attribute reports its value, the compiler reports the `=`
use atproto_oauth::prelude::*;

#[atproto_oauth = "signed_in"]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
