use atproto_oauth::prelude::*;

#[atproto_oauth(callback = handlers::sub::signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

mod handlers {
    pub mod sub {
        pub fn signed_in() {}
    }
}

fn main() {}
