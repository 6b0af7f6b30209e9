// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod negative {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = -1)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod too_many {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = 70000)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod zero {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = 0)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
