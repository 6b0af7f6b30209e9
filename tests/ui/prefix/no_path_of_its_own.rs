// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod empty {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod root {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod address {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "https://app.example.com/oauth")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
