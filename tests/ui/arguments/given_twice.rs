// mistakes: 24
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod accounts {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts = 5, accounts = 1)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod callback {
    use super::*;
    #[atproto_oauth(callback = signed_in, callback = signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod client {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = oauth, client = oauth)]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }
    uses_app!();
}

mod runtime {
    use super::*;
    #[atproto_oauth(callback = signed_in, crate = ::atproto_oauth, crate = ::atproto_oauth)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod error {
    use super::*;
    #[atproto_oauth(callback = signed_in, error = sorry, error = sorry)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn sorry() {}
    uses_app!();
}

mod logout {
    use super::*;
    #[atproto_oauth(callback = signed_in, logout = signed_out, logout = signed_out)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn signed_out() {}
}

mod optional_scopes {
    use super::*;
    #[atproto_oauth(callback = signed_in, optional_scopes = ["blob:image/*"], optional_scopes = [])]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod prefix {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix = "/a", prefix = "/b")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod scopes {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["atproto"], scopes = ["atproto"])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod session {
    use super::*;
    #[atproto_oauth(callback = signed_in, session = Person, session = Person)]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod session_key {
    use super::*;
    #[atproto_oauth(callback = signed_in, session_key = Key, session_key = Key)]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod state {
    use super::*;
    #[atproto_oauth(callback = signed_in, state = App, state = App)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod everything_twice {
    use super::*;
    #[atproto_oauth(
        callback = signed_in,
        logout = f,
        error = f,
        scopes = ["atproto"],
        optional_scopes = [],
        prefix = "/x",
        client = oauth,
        accounts = 1,
        session = S,
        session_key = K,
        state = App,
        crate = ::atproto_oauth,
        callback = f,
        logout = f,
        error = f,
        scopes = [],
        optional_scopes = [],
        prefix = "/x",
        client = oauth,
        accounts = 1,
        session = S,
        session_key = K,
        state = App,
        crate = ::atproto_oauth,
    )]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }

    async fn f() {}
}

fn main() {}
