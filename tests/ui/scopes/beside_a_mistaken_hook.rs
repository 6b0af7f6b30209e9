// mistakes: 4
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:a"], logout = not_async)]
#[derive(Clone)]
struct NotAsync(OAuthClient);

fn not_async() {}

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:a"], logout = signed_out)]
#[derive(Clone)]
struct NotFound(OAuthClient);

fn main() {}
