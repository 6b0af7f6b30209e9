// mistakes: 9
use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Unknown(OAuthClient);

#[atproto_oauth(callback = error_unknown, error = sorry)]
#[derive(Clone)]
struct ErrorUnknown(OAuthClient);

async fn error_unknown() {}

#[atproto_oauth(callback = logout_unknown, logout = signed_out)]
#[derive(Clone)]
struct LogoutUnknown(OAuthClient);

async fn logout_unknown() {}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct LocalOfAFunction(OAuthClient);

fn elsewhere() {
    async fn signed_in() {}
    let _ = signed_in;
}

#[atproto_oauth(callback = pages)]
#[derive(Clone)]
struct Module(OAuthClient);

mod pages {
    pub async fn signed_in() {}
}

#[atproto_oauth(callback = TypeName)]
#[derive(Clone)]
struct TypeName {
    oauth: OAuthClient,
}

#[atproto_oauth(callback = handlers::signed_in)]
#[derive(Clone)]
struct Private(OAuthClient);

mod handlers {
    async fn signed_in() {}
}

mod error_private {
    use super::*;
    #[atproto_oauth(callback = signed_in, error = pages::sorry)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn signed_in() {}

    mod pages {
        async fn sorry() {}
    }
}

mod logout_private {
    use super::*;
    #[atproto_oauth(callback = signed_in, logout = pages::signed_out)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn signed_in() {}

    mod pages {
        async fn signed_out() {}
    }
}

fn main() {}
