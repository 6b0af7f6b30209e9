use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
const APP: u8 = 1;

async fn signed_in() {}

fn main() {}
