// mistakes: 6
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod boolean {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = true)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod constant {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = MAX)]
    #[derive(Clone)]
    struct App(OAuthClient);

    const MAX: u16 = 3;
    uses_app!();
}

mod float {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = 2.5)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod number_in_quotes {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = "3")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod sum {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = 1 + 1)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod text {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = "five")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
