// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod braces {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/{tenant}/oauth")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod colon {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/:tenant")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod wildcard {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/oauth/*rest")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
