// mistakes: 6
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod half_typed {
    use super::*;
    #[atproto_oauth(call)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod letters_swapped {
    use super::*;
    #[atproto_oauth(callbcak = signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod letter_missing {
    use super::*;
    #[atproto_oauth(calback = signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod capital {
    use super::*;
    #[atproto_oauth(Callback = signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod derive_above {
    use super::*;
    #[derive(Clone)]
    #[atproto_oauth(calback = signed_in)]
    struct App(OAuthClient);
    uses_app!();
}

mod optional_scope {
    use super::*;
    #[atproto_oauth(callback = signed_in, optional_scope = ["blob:image/*"])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
