use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
use atproto_oauth::Login;

async fn signed_in() {}

fn main() {}
