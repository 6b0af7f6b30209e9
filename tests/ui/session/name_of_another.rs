// mistakes: 5
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod name_of_the_key {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = AppSessionKey)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod same_as_key {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = Person, session_key = Person)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn me(_: Person) {}
}

mod same_as_struct {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = App)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod name_of_the_session {
    use super::*;
    #[atproto_oauth(callback = signed_in, session_key = AppSession)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod key_same_as_struct {
    use super::*;
    #[atproto_oauth(callback = signed_in, session_key = App)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
