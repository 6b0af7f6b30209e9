use atproto_oauth::prelude::*;

macro_rules! app {
    ($name:ident, $callback:path) => {
        #[atproto_oauth(callback = $callback)]
        #[derive(Clone)]
        struct $name {
            oauth: OAuthClient,
        }
    };
}

app!(App, signed_in);

fn signed_in() {}

fn main() {}
