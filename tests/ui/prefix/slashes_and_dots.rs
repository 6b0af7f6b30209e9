// mistakes: 4
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod dots {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/a/../b")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod double_slash {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/a//b")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod ends_with_slash {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/oauth/")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod without_slash {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "oauth")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
