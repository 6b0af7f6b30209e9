//! Clients for the tests of this floor and of `serve`.

use std::sync::Arc;

use super::{Hook, Hooks, OAuthApp};
pub(crate) use crate::client::testing::session;
use crate::client::{OAuthClient, Paths};
use crate::scope::DeclaredScopes;

/// A secret that every test may know.
pub(crate) const SECRET: &str = "wQidc2ODLCGBk1v+HfSdLzl4Mruw1purDmGjR6zR7Rw=";

pub(crate) async fn client_at(base_url: &str, paths: Paths) -> OAuthClient {
    let builder = OAuthClient::builder().base_url(base_url).paths(paths);
    builder
        .secret(SECRET)
        .store_url("memory:")
        .build()
        .await
        .unwrap()
}

/// An application without hooks to speak of.
pub(crate) struct App(OAuthClient);

impl OAuthApp for App {
    type State = Arc<Self>;
    const PATHS: Paths = Paths::new("/oauth");
    const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto"], &[]);

    fn oauth(&self) -> &OAuthClient {
        &self.0
    }

    fn hooks() -> Hooks<Self> {
        Hooks::new(Hook::new(nothing))
    }
}

async fn nothing() {}
