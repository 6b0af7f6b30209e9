// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod colour {
    use super::*;
    #[atproto_oauth(callback = signed_in, colour = 1)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod other_words {
    use super::*;
    #[atproto_oauth(on_success = signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod wrapped {
    use super::*;
    #[atproto_oauth(app(callback = signed_in))]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
