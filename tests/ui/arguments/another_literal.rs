// mistakes: 12
use atproto_oauth::prelude::*;

#[atproto_oauth(
    callback = 1,
    logout = 2,
    error = 3,
    scopes = 4,
    optional_scopes = 5,
    prefix = 6,
    client = "7",
    accounts = "eight",
    session = 9,
    session_key = 10,
    state = 11,
    crate = 12,
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
