// mistakes: 13
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod accounts {
    use super::*;
    #[atproto_oauth(callback = signed_in, accounts)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod callback {
    use super::*;
    #[atproto_oauth(callback)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod callback_of_nothing {
    use super::*;
    #[atproto_oauth(callback = , prefix = "/x")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod empty_fragment {
    use super::*;
    macro_rules! app {
        ($callback:vis $name:ident) => {
            #[atproto_oauth(callback = $callback)]
            #[derive(Clone)]
            struct $name {
                oauth: OAuthClient,
            }
        };
    }

    app!(App);
    uses_app!();
}

mod client {
    use super::*;
    #[atproto_oauth(callback = signed_in, client)]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }
    uses_app!();
}

mod runtime {
    use super::*;
    #[atproto_oauth(callback = signed_in, crate)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod logout {
    use super::*;
    #[atproto_oauth(callback = signed_in, logout)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod optional_scopes {
    use super::*;
    #[atproto_oauth(callback = signed_in, optional_scopes)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod prefix {
    use super::*;
    #[atproto_oauth(callback = signed_in, prefix)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod scopes {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod session {
    use super::*;
    #[atproto_oauth(callback = signed_in, session)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod session_key {
    use super::*;
    #[atproto_oauth(callback = signed_in, session_key)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod state {
    use super::*;
    #[atproto_oauth(callback = signed_in, state)]
    #[derive(Clone)]
    struct App(OAuthClient);
}

fn main() {}
