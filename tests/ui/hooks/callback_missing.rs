// mistakes: 2
use atproto_oauth::prelude::*;

include!("../uses.rs");

mod missing {
    use super::*;
    // at the whole attribute: what is missing has no token

    #[atproto_oauth(logout = signed_out)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn signed_out() {}
    uses_app!();
}

mod no_arguments {
    use super::*;
    // at the whole attribute: what is missing has no token

    #[atproto_oauth]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
