// mistakes: 9
use std::sync::Arc;

use atproto_oauth::prelude::*;
use atproto_oauth::{DeclaredScopes, Hook, Hooks, Paths};
use axum::response::Redirect;

async fn signed_in() {}

#[atproto_oauth(callback = not_async)]
#[derive(Clone)]
struct NotAsync(OAuthClient);

fn not_async(login: Login<NotAsync>) -> Redirect {
    Redirect::to(login.return_to())
}

#[atproto_oauth(callback = handlers::sub::signed_in)]
#[derive(Clone)]
struct NotAsyncInModule(OAuthClient);

mod handlers {
    pub mod sub {
        pub fn signed_in() {}
    }
}

struct ByHand {
    oauth: OAuthClient,
}

impl OAuthApp for ByHand {
    type State = Arc<ByHand>;
    const PATHS: Paths = Paths::new("/oauth");
    const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto"], &[]);

    fn oauth(&self) -> &OAuthClient {
        &self.oauth
    }

    fn hooks() -> Hooks<Self> {
        Hooks::new(Hook::new(by_hand))
    }
}

fn by_hand() {}

mod in_macro_rules {
    use super::*;
    macro_rules! app {
        ($name:ident, $callback:path) => {
            #[atproto_oauth(callback = $callback)]
            #[derive(Clone)]
            struct $name {
                oauth: OAuthClient,
            }
        };
    }

    app!(App, signed_in);

    fn signed_in() {}
}

#[atproto_oauth(callback = signed_in, error = error_not_async)]
#[derive(Clone)]
struct ErrorNotAsync(OAuthClient);

fn error_not_async(_: OAuthError) -> &'static str {
    "sorry"
}

#[atproto_oauth(callback = all_three_signed_in, logout = all_three_signed_out, error = all_three_sorry)]
#[derive(Clone)]
struct AllThree(OAuthClient);

fn all_three_signed_in() -> u8 {
    1
}

fn all_three_signed_out() -> u16 {
    1
}

fn all_three_sorry() -> u32 {
    1
}

#[atproto_oauth(callback = signed_in, logout = logout_not_async)]
#[derive(Clone)]
struct LogoutNotAsync(OAuthClient);

fn logout_not_async(_: LoggedOut<LogoutNotAsync>) {}

fn main() {}
