// mistakes: 5
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod nameless {
    use super::*;
    #[atproto_oauth(signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod nameless_call {
    use super::*;
    #[atproto_oauth(signed_in())]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod second_nameless {
    use super::*;
    #[atproto_oauth(callback = signed_in, signed_out)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn signed_out() {}
    uses_app!();
}

mod text {
    use super::*;
    #[atproto_oauth("signed_in")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod missing_comma {
    use super::*;
    #[atproto_oauth(callback = signed_in prefix = "/x")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
