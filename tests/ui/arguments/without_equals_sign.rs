// mistakes: 4
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod colon {
    use super::*;
    #[atproto_oauth(callback: signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod in_parentheses {
    use super::*;
    #[atproto_oauth(callback(signed_in))]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod without_equals {
    use super::*;
    #[atproto_oauth(callback signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod list_in_parentheses {
    use super::*;
    #[atproto_oauth(callback = signed_in, optional_scopes("blob:image/*", "account:email"))]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
