// errors: 12
use atproto_oauth::prelude::*;

#[atproto_oauth(
    callback = signed_in,
    logout = f,
    error = f,
    scopes = ["atproto"],
    optional_scopes = [],
    prefix = "/x",
    client = oauth,
    accounts = 1,
    session = S,
    session_key = K,
    state = App,
    crate = ::atproto_oauth,
    callback = f,
    logout = f,
    error = f,
    scopes = [],
    optional_scopes = [],
    prefix = "/x",
    client = oauth,
    accounts = 1,
    session = S,
    session_key = K,
    state = App,
    crate = ::atproto_oauth,
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn f() {}

fn main() {}
