// mistakes: 2
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, scopes = ["atproto", POST])]
#[derive(Clone)]
struct Number(OAuthClient);

const POST: u8 = 1;

#[atproto_oauth(callback = signed_in, scopes = ["atproto", format!("repo:{}", "app.bsky.feed.post")])]
#[derive(Clone)]
struct Format(OAuthClient);

fn main() {}
