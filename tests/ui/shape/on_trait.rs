use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
trait App {}

async fn signed_in() {}

fn main() {}
