//! Records for the unit tests of this floor and of those above.

use std::sync::Arc;

use super::session::key::SessionKey;
use crate::jose::DpopKey;
use crate::store::{ClientAuth, SessionRecord};
use crate::types::{Issuer, Timestamp};

/// A session that no server knows.
pub(crate) fn session(key: &SessionKey, now: Timestamp) -> SessionRecord {
    let issuer = Issuer::parse("https://as.example").unwrap();
    SessionRecord {
        did: key.did().clone(),
        random_id: *key.random_id(),
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
