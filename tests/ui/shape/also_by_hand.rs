use atproto_oauth::prelude::*;
use atproto_oauth::{DeclaredScopes, Hook, Hooks, Paths};

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

impl OAuthApp for App {
    type State = App;
    const PATHS: Paths = Paths::new("/oauth");
    const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto"], &[]);

    fn oauth(&self) -> &OAuthClient {
        &self.oauth
    }

    fn hooks() -> Hooks<Self> {
        Hooks::new(Hook::new(signed_in))
    }
}

fn main() {}
