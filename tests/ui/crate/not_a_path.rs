// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod generic {
    use super::*;
    #[atproto_oauth(callback = signed_in, crate = auth<App>)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod number {
    use super::*;
    #[atproto_oauth(callback = signed_in, crate = 1)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod string {
    use super::*;
    #[atproto_oauth(callback = signed_in, crate = "atproto_oauth")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
