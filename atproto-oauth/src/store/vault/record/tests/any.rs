//! Any record there can be.

use std::sync::Arc;

use proptest::prelude::*;
use secrecy::SecretString;

use crate::jose::DpopKey;
use crate::store::{ClientAuth, Expanded, PendingRecord, RefreshLease, SessionRecord};
use crate::types::{Did, Handle, Issuer, Origin, Timestamp};

fn text() -> impl Strategy<Value = String> {
    "[ -~]{0,60}"
}

fn secret() -> impl Strategy<Value = SecretString> {
    "[!-~]{1,900}".prop_map(SecretString::from)
}

pub(super) fn time() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(Timestamp)
}

fn origin() -> impl Strategy<Value = Origin> {
    const TEXTS: [&str; 3] = [
        "https://pds.example",
        "https://bsky.example:8443",
        "http://127.0.0.1:2583",
    ];
    proptest::sample::select(&TEXTS[..]).prop_map(|text| text.parse().unwrap())
}

fn did() -> impl Strategy<Value = Did> {
    const TEXTS: [&str; 3] = [
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
        "did:web:a.example",
        "did:example:a:b",
    ];
    proptest::sample::select(&TEXTS[..]).prop_map(|text| text.parse().unwrap())
}

fn handle() -> impl Strategy<Value = Option<Handle>> {
    proptest::option::of("[a-z]{1,20}\\.example".prop_map(|text| text.parse().unwrap()))
}

fn auth() -> impl Strategy<Value = ClientAuth> {
    let key = (text(), any::<[u8; 32]>());
    prop_oneof![
        Just(ClientAuth::None),
        key.prop_map(|(kid, thumbprint)| ClientAuth::PrivateKeyJwt { kid, thumbprint }),
    ]
}

fn scopes() -> impl Strategy<Value = (Arc<str>, Arc<str>)> {
    (
        "atproto[ -~]{0,40}",
        proptest::option::of("atproto[ -~]{0,40}"),
    )
        .prop_map(|(asked, given)| {
            let asked: Arc<str> = asked.into();
            let given = given.map_or_else(|| Arc::clone(&asked), Into::into);
            (asked, given)
        })
}

/// Sets whose texts stand in the scopes, and some that do not.
fn expanded() -> impl Strategy<Value = Vec<Expanded>> {
    let text = || {
        prop_oneof![
            Just(Arc::from("atproto")),
            Just(Arc::from("")),
            text().prop_map(Arc::from)
        ]
    };
    let one = (text(), text());
    let one = one.prop_map(|(include, permissions)| Expanded {
        include,
        permissions,
    });
    proptest::collection::vec(one, 0..3)
}

prop_compose! {
    pub(super) fn session()(
        (did, random_id, handle, auth) in (did(), any::<[u8; 32]>(), handle(), auth()),
        (issuer, pds, (requested, granted)) in (origin(), origin(), scopes()),
        (access_token, refresh_token) in (secret(), proptest::option::of(secret())),
        times in [time(), time(), time()],
        ends in proptest::array::uniform3(proptest::option::of(time())),
        nonces in proptest::array::uniform2(proptest::option::of(text())),
        refreshing in proptest::option::of((any::<[u8; 16]>(), time())),
        expanded in expanded(),
    ) -> SessionRecord {
        let [handle_checked_at, created_at, refreshed_at] = times;
        let [access_expires_at, used_at, expires_at] = ends;
        let [issuer_nonce, pds_nonce] = nonces;
        SessionRecord {
            did, random_id, handle, handle_checked_at, issuer: Issuer::from(issuer), pds, requested,
            granted, expanded, access_token, refresh_token, access_expires_at,
            dpop_key: Arc::new(DpopKey::generate().unwrap()), auth, issuer_nonce, pds_nonce,
            created_at, refreshed_at,
            refreshing: refreshing.map(|(holder, deadline)| RefreshLease { holder, deadline }),
            used_at, expires_at,
        }
    }
}

prop_compose! {
    pub(super) fn pending()(
        session in session(),
        (verifier, binding_hash, did) in (secret(), any::<[u8; 32]>(), proptest::option::of(did())),
        (pds, redirect_uri) in (proptest::option::of(origin()), text()),
        texts in proptest::array::uniform3(proptest::option::of(text())),
    ) -> PendingRecord {
        let [return_to, app_state, replaces] = texts;
        PendingRecord {
            state_hash: session.random_id, issuer: session.issuer, pds, did, handle: session.handle,
            dpop_key: session.dpop_key, verifier, redirect_uri, scope: session.granted,
            auth: session.auth, issuer_nonce: session.issuer_nonce, binding_hash,
            created_at: session.created_at, expires_at: session.refreshed_at, return_to, app_state,
            replaces,
        }
    }
}
