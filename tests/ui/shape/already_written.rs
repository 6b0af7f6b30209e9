// mistakes: 2
use atproto_oauth::prelude::*;
use atproto_oauth::{DeclaredScopes, Hook, Hooks, Paths};

async fn signed_in() {}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct AlsoByHand {
    oauth: OAuthClient,
}

impl OAuthApp for AlsoByHand {
    type State = AlsoByHand;
    const PATHS: Paths = Paths::new("/oauth");
    const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto"], &[]);

    fn oauth(&self) -> &OAuthClient {
        &self.oauth
    }

    fn hooks() -> Hooks<Self> {
        Hooks::new(Hook::new(signed_in))
    }
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct FunctionTaken(OAuthClient);

impl FunctionTaken {
    fn oauth_routes() {}
}

fn main() {}
