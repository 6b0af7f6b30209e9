use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
macro_rules! app {
    () => {};
}

async fn signed_in() {}

fn main() {}
