// mistakes: 4
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod not_ascii {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/anmelden/für")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod percent {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/sign%20in")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod query {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/oauth?x=1")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod space {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/sign in")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
