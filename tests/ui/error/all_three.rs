// errors: 3
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, logout = signed_out, error = sorry)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

fn signed_in() -> u8 {
    1
}

fn signed_out() -> u16 {
    1
}

fn sorry() -> u32 {
    1
}

fn main() {}
