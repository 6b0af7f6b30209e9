use atproto_oauth::prelude::*;
use atproto_oauth::{DeclaredScopes, Hook, Hooks, Paths};
use std::sync::Arc;

struct App {
    oauth: OAuthClient,
}

impl OAuthApp for App {
    type State = Arc<App>;
    const PATHS: Paths = Paths::new("/oauth");
    const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto"], &[]);

    fn oauth(&self) -> &OAuthClient {
        &self.oauth
    }

    fn hooks() -> Hooks<Self> {
        Hooks::new(Hook::new(signed_in))
    }
}

fn signed_in() {}

fn main() {}
