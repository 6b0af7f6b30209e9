// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod dotted {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = self.oauth)]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }
    uses_app!();
}

mod negative_number {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = -1)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod string {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = "oauth")]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }
}

fn main() {}
