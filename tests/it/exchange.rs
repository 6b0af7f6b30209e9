//! The exchange of a code, and which tokens are taken.

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{AuthorizeOptions, ErrorKind};
use serde_json::{Value, json};

use crate::support::*;

/// CB-07, RU-02, DP-05, DP-12: what is sent, with a new proof by the key of the pushed request.
#[tokio::test]
async fn the_exchange_repeats_what_was_pushed() {
    let network = TestNetwork::start().await.unwrap();
    let client = builder(&network).extra_redirect_uris(["http://127.0.0.1:3000/other"]);
    let client = client.build().await.unwrap();
    let options = AuthorizeOptions::new().redirect_uri("http://127.0.0.1:3000/other");
    let authorization = client.authorize("alice.test", options).await.unwrap();
    let address = network
        .approve(authorization.url(), "alice.test")
        .await
        .unwrap();
    assert!(address.starts_with("http://127.0.0.1:3000/other?"));
    let signed_in = finish(&client, &authorization, &address).await.unwrap();

    let pushed = network.requests_to(Endpoint::PushedRequest);
    let sent = network.requests_to(Endpoint::Exchange);
    let last = sent.last().unwrap();
    let mut names: Vec<_> = last.form_names().collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "client_id",
            "code",
            "code_verifier",
            "grant_type",
            "redirect_uri"
        ]
    );
    assert_eq!(last.form("grant_type"), Some("authorization_code"));
    assert_eq!(last.form("client_id"), Some(client.client_id()));
    // RU-02, never the first of the list.
    assert_eq!(
        last.form("redirect_uri"),
        Some("http://127.0.0.1:3000/other")
    );
    assert_eq!(
        last.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let mut proofs: Vec<_> = pushed
        .iter()
        .chain(&sent)
        .map(|s| s.proof().unwrap())
        .collect();
    let key = proofs[0].0["jwk"].clone();
    assert!(proofs.iter().all(|(header, _)| header["jwk"] == key));
    let total = proofs.len();
    proofs.sort_by_key(|(_, claims)| claims["jti"].to_string());
    proofs.dedup_by_key(|(_, claims)| claims["jti"].clone());
    assert_eq!(proofs.len(), total, "a `jti` was used twice");
    me(signed_in.session()).await.unwrap();
}

/// CB-08, scenario 34: whatever happens to the answer, the code is not sent again.
#[tokio::test]
async fn never_a_code_sent_twice() {
    let (network, client) = network_and_client().await;
    // The nonces are known.
    sign_in(&network, &client, "alice.test").await;
    let at = Endpoint::Exchange;
    let clock = Fault::json(at, 400, &json!({ "error": "invalid_dpop_proof" }));
    let clock = clock.with_header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for (fault, kind) in [
        (Fault::Drop { at }, ErrorKind::TemporarilyUnavailable),
        (Fault::status(at, 500), ErrorKind::TemporarilyUnavailable),
        (Fault::status(at, 503), ErrorKind::TemporarilyUnavailable),
        (Fault::status(at, 429), ErrorKind::TemporarilyUnavailable),
        (Fault::status(at, 400), ErrorKind::TemporarilyUnavailable),
        (clock, ErrorKind::TokenValidationFailed),
        (
            Fault::json(at, 400, &json!({ "error": "invalid_grant" })),
            ErrorKind::TokenValidationFailed,
        ),
        (
            Fault::json(at, 401, &json!({ "error": "invalid_client" })),
            ErrorKind::TokenValidationFailed,
        ),
        (
            // DP-17: secrets are never posted to where a redirect leads.
            Fault::redirect(at, &format!("{}/oauth/token", network.pds())),
            ErrorKind::TokenValidationFailed,
        ),
        (Fault::huge(at, 100_000), ErrorKind::TokenValidationFailed),
    ] {
        network.forget_requests();
        network.misbehave(fault.clone());
        let error = try_sign_in(&network, &client, "alice.test")
            .await
            .unwrap_err();
        network.behave();
        assert_eq!(error.kind(), kind, "{fault:?}");
        assert_eq!(count(&network, at), 1, "{fault:?}");
    }
    let did = network.account("alice.test").unwrap().did;
    assert_eq!(client.sessions_of(&did).await.unwrap().len(), 1);
}

/// CB-08, DP-10: a nonce that is asked for again and again ends the sign-in after two attempts.
#[tokio::test]
async fn a_code_is_sent_again_for_a_nonce_and_only_once() {
    let (network, client) = network_and_client().await;
    network.misbehave(Fault::EndlessNonces {
        at: Endpoint::Exchange,
    });
    let error = try_sign_in(&network, &client, "alice.test")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenValidationFailed);
    assert_eq!(count(&network, Endpoint::Exchange), 2);
    network.behave();
    network.forget_requests();
    let (authorization, address) = approved(&network, &client, "alice.test").await;
    network.rotate_nonce();
    finish(&client, &authorization, &address).await.unwrap();
    assert_eq!(count(&network, Endpoint::Exchange), 2);
}

/// CB-09, CB-10, CB-11, CB-12, CB-13, ID-11, SS-12, scenario 28: tokens that are not in order are refused, and revoked if
/// there are any.
#[tokio::test]
async fn never_a_session_from_a_token_response_that_is_not_in_order() {
    let (network, client) = network_and_client().await;
    let at = Endpoint::Exchange;
    let edit = |field: &str, value: Value| Fault::edit(at, field, value);
    let bob = network.account("bob.test").unwrap().did;
    let both = ["refresh_token", "access_token"].as_slice();
    let mismatch = ErrorKind::SubjectMismatch;
    let refused = ErrorKind::TokenValidationFailed;
    for (fault, kind, tokens) in [
        (edit("token_type", json!("Bearer")), refused, both),
        (edit("token_type", json!(["DPoP"])), refused, both),
        (Fault::missing(at, "token_type"), refused, both),
        (Fault::missing(at, "scope"), refused, both),
        (edit("scope", json!("")), refused, both),
        (edit("scope", json!("atproto2 repo:*")), refused, both),
        (edit("scope", json!("repo:com.example.note")), refused, both),
        (Fault::missing(at, "sub"), refused, both),
        (edit("sub", json!("alice.test")), refused, both),
        (edit("sub", json!("did:key:zQ3sh")), refused, both),
        (
            edit("sub", json!("did:web:localhost%3A8080:path")),
            refused,
            both,
        ),
        (edit("sub", json!(bob.as_str())), mismatch, both),
        (edit("expires_in", json!("3600")), refused, both),
        (edit("access_token", json!("")), refused, &both[..1]),
        (edit("access_token", json!("a b")), refused, &both[..1]),
        (edit("refresh_token", json!(7)), refused, &both[1..]),
        (Fault::html(at), refused, &[]),
        (Fault::json(at, 200, &json!([])), refused, &[]),
        (Fault::json(at, 200, &Value::Null), refused, &[]),
        (Fault::json(at, 204, &json!({})), refused, &[]),
        (
            Fault::answer(at, 200, "application/json", "{\"sub\":1,\"sub\":2}"),
            refused,
            &[],
        ),
    ] {
        network.forget_requests();
        network.misbehave(fault.clone());
        let error = try_sign_in(&network, &client, "alice.test")
            .await
            .unwrap_err();
        network.behave();
        assert_eq!(error.kind(), kind, "{fault:?}");
        assert_eq!(revoked(&network), tokens, "{fault:?}");
    }
    let sessions = client.sessions_of(&bob).await.unwrap();
    assert_eq!(sessions.len(), 0);
}

/// CB-09, CB-16, CB-17, TK-11: what may differ.
#[tokio::test]
async fn a_token_response_may_say_more_and_say_it_otherwise() {
    let (network, client) = network_and_client().await;
    let at = Endpoint::Exchange;
    for (field, value) in [
        ("token_type", json!("dpop")),
        ("foo", json!({ "bar": [1] })),
        ("id_token", json!("eyJ.eyJ.x")),
        ("expires_in", json!(1e300)),
        ("expires_in", json!(9_223_372_036_854_775_808_u64)),
        ("expires_in", json!(-5)),
        ("expires_in", Value::Null),
        ("refresh_token", Value::Null),
    ] {
        network.misbehave(Fault::Edit {
            at,
            field: field.into(),
            value: Some(value.clone()),
        });
        let session = sign_in(&network, &client, "alice.test").await;
        network.behave();
        me(&session)
            .await
            .unwrap_or_else(|error| panic!("{field} {value}: {error}"));
    }
}

/// CB-13: tokens are revoked as far as it goes, and the reason that is told is the first one.
#[tokio::test]
async fn a_server_that_does_not_revoke_does_not_hide_the_reason() {
    let (network, client) = network_and_client().await;
    network.misbehave(Fault::edit(Endpoint::Exchange, "token_type", "Bearer"));
    network.misbehave(Fault::status(Endpoint::Revocation, 500));
    let error = try_sign_in(&network, &client, "alice.test")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenValidationFailed);
    // Both were tried.
    assert_eq!(count(&network, Endpoint::Revocation), 2);
}

/// TK-22: a new session that cannot be written is revoked, and no caller sees it, not even if it was
/// written after all.
#[tokio::test]
async fn never_a_session_that_is_not_stored() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::new(Ahead::default());
    let client = client_with(&network, store.clone()).await;
    let did = network.account("alice.test").unwrap().did;
    for how in [Fails::Before, Fails::After] {
        network.forget_requests();
        let (authorization, address) = approved(&network, &client, "alice.test").await;
        store.fails(Some(atproto_oauth::store::Kind::Session), how);
        let error = finish(&client, &authorization, &address).await.unwrap_err();
        store.works();
        assert!(error.is_transient(), "{how:?}: {error}");
        assert_eq!(
            revoked(&network),
            ["refresh_token", "access_token"],
            "{how:?}"
        );
        assert_eq!(network.sessions_of(&did), 0);
    }
}

/// A caller that goes away leaves nothing half done.
#[tokio::test]
async fn a_callback_whose_caller_went_away_is_finished() {
    let network = TestNetwork::start().await.unwrap();
    let clock = Ahead::default();
    let store = Faulty::new(clock);
    let client = client_with(&network, store.clone()).await;
    let (authorization, address) = approved(&network, &client, "alice.test").await;
    let hold = network.hold(Endpoint::Exchange);
    let commits = store.commits();
    {
        let callback = finish(&client, &authorization, &address);
        let arrived = network.until(|seen| seen.iter().any(|s| s.endpoint == Endpoint::Exchange));
        tokio::select! {
            _ = callback => panic!("it is held"),
            () = arrived => {}
        }
    }
    hold.release();
    // One for the request that was taken, one for the session.
    store.until(commits + 2).await;
    let did = network.account("alice.test").unwrap().did;
    let sessions = client.sessions_of(&did).await.unwrap();
    let session = client.session(&sessions[0].key).await.unwrap();
    me(&session).await.unwrap();
}
