// mistakes: 6
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod bytes {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = b"/oauth")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod concatenated {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = concat!("/", "oauth"))]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod constant {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = PREFIX)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod number {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = 5)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod unquoted {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = oauth)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod unquoted_path {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = /oauth)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
