// mistakes: 3
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "blob:image/*", "blob:image/*"])]
#[derive(Clone)]
struct Doubled(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "blob:image/*"], optional_scopes = ["blob:image/*"])]
#[derive(Clone)]
struct AlsoAskedFor(OAuthClient);

#[atproto_oauth(callback = signed_in, optional_scopes = ["atproto"])]
#[derive(Clone)]
struct AtprotoAgain(OAuthClient);

fn main() {}
