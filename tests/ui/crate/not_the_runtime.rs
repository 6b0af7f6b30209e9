// mistakes: 1
// errors: 11, the compiler misses each item by itself
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, crate = vendored)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

mod vendored {
    pub use atproto_oauth::prelude::*;
}

fn main() {}
