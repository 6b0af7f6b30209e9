// mistakes: 9
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod generic {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = Person<App>)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod keyword {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = type)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod number {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = 1)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod path {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = auth::Session)]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod string {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = "AppSession")]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod key_generic {
    use super::*;
    #[atproto_oauth(callback = signed_in, session_key = Key<App>)]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod key_number {
    use super::*;
    #[atproto_oauth(callback = signed_in, session_key = 1)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod key_path {
    use super::*;
    #[atproto_oauth(callback = signed_in, session_key = auth::Key)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod key_string {
    use super::*;
    #[atproto_oauth(callback = signed_in, session_key = "AppSessionKey")]
    #[derive(Clone)]
    struct App(OAuthClient);
}

fn main() {}
