// mistakes: 2
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod missing_comma {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["atproto" "blob:image/*"])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod two_commas {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["atproto",, "blob:image/*"])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
