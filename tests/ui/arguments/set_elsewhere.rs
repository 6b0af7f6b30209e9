// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod secret {
    use super::*;
    #[atproto_oauth(callback = signed_in, secret = "correct horse")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod base_url {
    use super::*;
    #[atproto_oauth(callback = signed_in, base_url = "https://example.com")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod client_name {
    use super::*;
    #[atproto_oauth(callback = signed_in, client_name = "My app")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
