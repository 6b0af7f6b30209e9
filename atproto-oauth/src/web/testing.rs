//! Clients for the tests of this floor and of `serve`.

use std::sync::Arc;

use super::{Hook, Hooks, OAuthApp};
use crate::jose::DpopKey;
use crate::store::{ClientAuth, SessionRecord};
use crate::types::{Issuer, Timestamp};
use crate::{DeclaredScopes, OAuthClient, Paths, SessionKey};

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

/// A session that no server knows.
pub(crate) fn session(key: &SessionKey, now: Timestamp) -> SessionRecord {
    let issuer = Issuer::parse("https://as.example").unwrap();
    SessionRecord {
        did: key.did().clone(),
        nonce: *key.nonce(),
        handle: None,
        handle_checked_at: now,
        pds: issuer.origin().clone(),
        issuer,
        requested: "atproto".into(),
        granted: "atproto".into(),
        access_token: "a token".into(),
        refresh_token: None,
        access_expires_at: None,
        dpop_key: Arc::new(DpopKey::generate().unwrap()),
        auth: ClientAuth::None,
        issuer_nonce: None,
        pds_nonce: None,
        created_at: now,
        refreshed_at: now,
        refreshing: None,
        used_at: None,
        expanded: Vec::new(),
        expires_at: None,
    }
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
