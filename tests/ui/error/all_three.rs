// errors: 3
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, logout = signed_out, error = sorry)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

fn signed_in() {}

fn signed_out() {}

fn sorry() {}

fn main() {}
