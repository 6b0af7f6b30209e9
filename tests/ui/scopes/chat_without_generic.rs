// mistakes: 2
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "transition:chat.bsky"])]
#[derive(Clone)]
struct AskedFor(OAuthClient);

#[atproto_oauth(callback = signed_in, optional_scopes = ["transition:chat.bsky"])]
#[derive(Clone)]
struct Optional(OAuthClient);

fn main() {}
