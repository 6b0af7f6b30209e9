use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
type App = u8;

async fn signed_in() {}

fn main() {}
