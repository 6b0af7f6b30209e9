use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
mod app {}

async fn signed_in() {}

fn main() {}
