// errors: 2, for one mistake: the compiler asks for each bound of the trait
use atproto_oauth::prelude::*;
use std::cell::Cell;
use std::sync::Arc;

#[atproto_oauth(callback = signed_in, state = Arc<App>)]
struct App {
    oauth: OAuthClient,
    visits: Cell<u64>,
}

async fn signed_in() {}

fn main() {}
