//! A client that proves itself with a key.

use std::collections::HashSet;
use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Seen, TestNetwork};
use atproto_oauth::{
    AuthorizeOptions, ErrorKind, OAuthClient, OAuthClientBuilder, Session, XrpcError,
};
use serde_json::{Value, json};

use crate::support::*;

const AUTHENTICATED: [Endpoint; 4] = [
    Endpoint::PushedRequest,
    Endpoint::Exchange,
    Endpoint::Refresh,
    Endpoint::Revocation,
];

fn authenticated(network: &TestNetwork) -> Vec<Seen> {
    let mut seen = network.requests();
    seen.retain(|seen| AUTHENTICATED.contains(&seen.endpoint));
    seen
}

/// CA-01, CA-02, CA-03, CA-04, DP-13, TK-16, scenario 33: at every step, in every attempt, an assertion of its own for this server.
#[tokio::test]
async fn every_request_to_the_authorization_server_is_authenticated() {
    let clock = Ahead::default();
    let network = network_at(&clock).await;
    let key = client_key();
    let client = confidential(&network, &[&key], |b| b.clock(clock.clone())).await;
    assert!(client.is_confidential());
    let (authorization, address) = approved(&network, &client, "alice.test").await;
    network.rotate_nonce();
    let session = finish(&client, &authorization, &address)
        .await
        .unwrap()
        .into_session();
    network.rotate_nonce();
    clock.by(2 * HOUR);
    me(&session).await.unwrap();
    network.rotate_nonce();
    session.revoke().await.unwrap();
    assert_eq!(network.sessions_of(session.did()), 0);

    let all = authenticated(&network);
    for endpoint in AUTHENTICATED {
        assert!(
            all.iter().filter(|seen| seen.endpoint == endpoint).count() >= 2,
            "{endpoint:?}"
        );
    }
    let mut jtis = HashSet::new();
    for seen in &all {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        assert_eq!(seen.form("client_assertion_type"), Some(kind));
        assert_eq!(seen.form("client_id"), Some(client.client_id()));
        let (header, claims) = seen.assertion().unwrap();
        assert_eq!(header["alg"], "ES256");
        assert_eq!(header["kid"], key.kid());
        assert_eq!(claims["iss"], client.client_id());
        assert_eq!(claims["sub"], client.client_id());
        assert_eq!(
            claims["aud"],
            network.issuer(),
            "one text, never an endpoint"
        );
        let life = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
        assert!(life <= 60, "{life}");
        assert!(
            jtis.insert(claims["jti"].to_string()),
            "an assertion was used twice"
        );
        let (proof, _) = seen.proof().unwrap();
        assert_ne!(proof["jwk"]["x"], key.public_jwk()["x"]);
    }
    // Not even the PDS sees one.
    let at_pds = network.requests_to(Endpoint::Xrpc);
    assert!(
        at_pds
            .iter()
            .all(|seen| seen.form("client_assertion").is_none())
    );
}

/// CM-14, `never_…` of the field: what is published is public.
#[tokio::test]
async fn never_a_private_key_published() {
    let network = TestNetwork::start().await.unwrap();
    let keys = [client_key(), client_key()];
    let client = confidential(&network, &[&keys[0], &keys[1]], |b| b).await;
    let set: Value = serde_json::from_slice(&client.key_set()).unwrap();
    let published = set["keys"].as_array().unwrap();
    assert_eq!(published.len(), 2);
    for (jwk, key) in published.iter().zip(&keys) {
        assert_eq!(jwk["kid"], key.kid());
        let mut names: Vec<_> = jwk
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.retain(|name| !["alg", "crv", "kid", "kty", "use", "x", "y"].contains(name));
        assert_eq!(names, [""; 0]);
    }
    let text = String::from_utf8_lossy(client.client_metadata()).into_owned();
    assert!(
        !text.contains("\"jwks\"") && !text.contains("\"d\""),
        "{text}"
    );
}

/// CA-05, TK-13: sessions stay with the key they were made with, after a restart with a new one.
#[tokio::test]
async fn a_session_keeps_its_key_when_another_becomes_the_first() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let (old, new) = (client_key(), client_key());
    let settings = |b: OAuthClientBuilder| b.clock(clock.clone()).store(store.clone());
    let before = confidential(&network, &[&old], settings).await;
    let first = sign_in(&network, &before, "alice.test").await;
    assert_eq!(first.info().client_key.as_deref(), Some(old.kid()));
    let started = before
        .authorize("bob.test", AuthorizeOptions::new())
        .await
        .unwrap();
    let address = network.approve(started.url(), "bob.test").await.unwrap();

    let after = confidential(&network, &[&new, &old], settings).await;
    // A sign-in that was under way stays with its key, too.
    let bob = finish(&after, &started, &address)
        .await
        .unwrap()
        .into_session();
    assert_eq!(bob.info().client_key.as_deref(), Some(old.kid()));
    clock.by(Duration::from_mins(10)); // now every server can know it
    let second = sign_in(&network, &after, "alice.test").await;
    let first: Session = after.session(&first.key()).await.unwrap();
    clock.by(2 * HOUR);
    for (session, key) in [(&first, &old), (&second, &new), (&bob, &old)] {
        network.forget_requests();
        me(session).await.unwrap();
        session.revoke().await.unwrap();
        for seen in authenticated(&network) {
            assert_eq!(seen.assertion().unwrap().0["kid"], key.kid(), "{seen:?}");
        }
        assert_eq!(done(&network, Endpoint::Refresh), 1);
    }
    assert_eq!(revoked(&network).len(), 2);
}

/// CA-06, scenario 40: a key that is gone. Nothing is sent that would end the session at its server, and it
/// goes on when the key is back.
#[tokio::test]
async fn never_a_refresh_with_another_key() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let settings = |b: OAuthClientBuilder| b.clock(clock.clone()).store(store.clone());
    let old = client_key();
    let before = confidential(&network, &[&old], settings).await;
    let session = sign_in(&network, &before, "alice.test").await;
    let key = session.key();
    clock.by(2 * HOUR);
    let client = confidential(&network, &[&client_key()], settings).await;
    let session: Session = client.session(&key).await.unwrap();
    network.forget_requests();
    let Err(XrpcError::Session(error)) = me(&session).await else {
        panic!("it was refreshed with another key");
    };
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("ATPROTO_CLIENT_KEYS"), "{error}");
    assert!(!error.needs_login());
    assert_eq!(authenticated(&network).len(), 0);
    // Nor without any: confidential to public does not work.
    let public = confidential(&network, &[], settings).await;
    let session: Session = public.session(&key).await.unwrap();
    assert!(me(&session).await.is_err());
    assert_eq!(authenticated(&network).len(), 0);

    let again = confidential(&network, &[&client_key(), &old], settings).await;
    let session: Session = again.session(&key).await.unwrap();
    me(&session).await.unwrap();
}

/// CA-08: a key that an attacker may have. It is not published any more, and what was made with it is
/// over; sessions of other keys go on.
#[tokio::test]
async fn a_key_that_leaked_ends_its_sessions() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let settings = |b: OAuthClientBuilder| b.clock(clock.clone()).store(store.clone());
    let (leaked, good) = (client_key(), client_key());
    let before = confidential(&network, &[&leaked], settings).await;
    let lost = sign_in(&network, &before, "alice.test").await.key();
    let both = confidential(&network, &[&good, &leaked], settings).await;
    clock.by(Duration::from_mins(10)); // now every server can know it
    let kept = sign_in(&network, &both, "alice.test").await.key();

    let retires = |b: OAuthClientBuilder| settings(b).compromised_client_keys([leaked.kid()]);
    let after = confidential(&network, &[&good], retires).await;
    assert!(!String::from_utf8_lossy(&after.key_set()).contains(leaked.kid()));
    network.forget_requests();
    let error = after.session(&lost).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SessionEnded);
    assert_eq!(network.requests().len(), 0);
    let sessions = after.sessions_of(kept.did()).await.unwrap();
    assert_eq!(
        sessions.iter().map(|info| &info.key).collect::<Vec<_>>(),
        [&kept]
    );
    let session: Session = after.session(&kept).await.unwrap();
    me(&session).await.unwrap();

    // Never published by mistake.
    let builder = OAuthClient::builder()
        .base_url("https://app.example.com")
        .secret(SECRET);
    let builder = builder.store_url("memory:").client_key(copy(&leaked));
    let error = builder
        .compromised_client_keys([leaked.kid()])
        .build()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("ATPROTO_CLIENT_KEYS"), "{error}");
}

/// CA-06: the same for a sign-out, which waits for the key in the queue.
#[tokio::test]
async fn a_sign_out_without_its_key_waits_for_it() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let settings = |b: OAuthClientBuilder| b.clock(clock.clone()).store(store.clone());
    let old = client_key();
    let before = confidential(&network, &[&old], settings).await;
    let session = sign_in(&network, &before, "alice.test").await;
    let key = session.key();
    let without = confidential(&network, &[&client_key()], settings).await;
    network.forget_requests();
    without.revoke(&key).await.unwrap();
    assert!(without.session(&key).await.unwrap_err().needs_login());
    assert_eq!(authenticated(&network).len(), 0);
    clock.by(2 * HOUR);
    let again = confidential(&network, &[&client_key(), &old], settings).await;
    network
        .until(|seen| {
            seen.iter()
                .filter(|s| s.endpoint == Endpoint::Revocation && s.status == Some(200))
                .count()
                == 2
        })
        .await;
    assert_eq!(network.sessions_of(key.did()), 0);
    drop(again);
}

/// CA-10: a public client that gets a key takes its sessions along, and stays with the key: also when the
/// answer that made it so was lost, and another key signs meanwhile.
#[tokio::test]
async fn never_an_upgrade_begun_with_one_key_and_ended_with_another() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let settings = |b: OAuthClientBuilder| b.clock(clock.clone()).store(store.clone());
    let public = confidential(&network, &[], settings).await;
    let key = sign_in(&network, &public, "alice.test").await.key();
    let (first, second) = (client_key(), client_key());
    let client = confidential(&network, &[&first], settings).await;
    let session: Session = client.session(&key).await.unwrap();
    clock.by(2 * HOUR);
    let at = Endpoint::Refresh;
    // The nonce is learnt from the first, so that the lost one is the one that counts.
    network.misbehave_times(1, atproto_oauth::testing::Fault::status(at, 500));
    assert!(me(&session).await.unwrap_err().is_transient());
    clock.by(Duration::from_secs(6));
    network.misbehave_times(1, atproto_oauth::testing::Fault::huge(at, 100_000));
    assert!(me(&session).await.unwrap_err().is_transient());

    let client = confidential(&network, &[&second, &first], settings).await;
    clock.by(Duration::from_mins(11));
    let signs = sign_in(&network, &client, "bob.test").await;
    assert_eq!(signs.info().client_key.as_deref(), Some(second.kid()));
    network.forget_requests();
    let session: Session = client.session(&key).await.unwrap();
    me(&session).await.unwrap();
    for seen in network.requests_to(at) {
        assert_eq!(seen.assertion().unwrap().0["kid"], first.kid());
    }
    assert_eq!(session.info().client_key.as_deref(), Some(first.kid()));
}

/// CA-10: a public client that gets a key takes its sessions along.
#[tokio::test]
async fn a_client_becomes_confidential() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let settings = |b: OAuthClientBuilder| b.clock(clock.clone()).store(store.clone());
    let public = confidential(&network, &[], settings).await;
    assert!(!public.is_confidential());
    let session = sign_in(&network, &public, "alice.test").await;
    assert_eq!(session.info().client_key, None);
    let key = client_key();
    let client = confidential(&network, &[&key], settings).await;
    let session: Session = client.session(&session.key()).await.unwrap();
    for _ in 0..2 {
        clock.by(2 * HOUR);
        network.forget_requests();
        me(&session).await.unwrap();
        let seen = network.requests_to(Endpoint::Refresh).pop().unwrap();
        assert_eq!(seen.assertion().unwrap().0["kid"], key.kid());
    }
    assert_eq!(session.info().client_key.as_deref(), Some(key.kid()));
    // TK-13: not two weeks any more.
    let info = session.info();
    assert!(info.refreshed_at.until(info.expires_at.unwrap()) > 24 * HOUR * 30);
}

/// TK-13: a confidential session lives on with every refresh, and ends when it is not used for long.
#[tokio::test]
async fn a_confidential_session_outlives_two_weeks() {
    let clock = Ahead::default();
    let network = network_at(&clock).await;
    let key = client_key();
    let client = confidential(&network, &[&key], |b| b.clock(clock.clone())).await;
    let session = sign_in(&network, &client, "alice.test").await;
    for _ in 0..3 {
        clock.by(24 * HOUR * 60);
        me(&session).await.unwrap();
    }
    clock.by(24 * HOUR * 181);
    assert!(me(&session).await.unwrap_err().needs_login());
}

/// AR-11: `prompt=none` is for clients that prove who they are.
#[tokio::test]
async fn a_confidential_client_may_ask_for_nothing() {
    let network = TestNetwork::start().await.unwrap();
    let key = client_key();
    let client = confidential(&network, &[&key], |b| b).await;
    let options = AuthorizeOptions::new().prompt(atproto_oauth::Prompt::None);
    let authorization = client.authorize("alice.test", options).await.unwrap();
    let address = network
        .browser()
        .open(authorization.url())
        .await
        .unwrap()
        .unwrap();
    let error = finish(&client, &authorization, &address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorizationUrlFailed, "{error}");
    assert!(error.to_string().contains("prompt=none"), "{error}");
}

/// CA-09: a server that does not take our kind of proof is told from its metadata, before anything is sent.
#[tokio::test]
async fn a_server_that_does_not_take_our_assertion_is_sent_none() {
    let network = TestNetwork::start().await.unwrap();
    let key = client_key();
    let client = confidential(&network, &[&key], |b| b).await;
    for (field, lacks) in [
        ("token_endpoint_auth_signing_alg_values_supported", "RS256"),
        ("token_endpoint_auth_methods_supported", "none"),
    ] {
        network.misbehave(atproto_oauth::testing::Fault::edit(
            Endpoint::AuthorizationServer,
            field,
            json!([lacks]),
        ));
        let started = client
            .authorize("alice.test", AuthorizeOptions::new())
            .await;
        let error = started.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthorizationServerMetadataFailed);
        assert!(
            format!("{error} {:?}", error.server_said()).contains(field),
            "{error}"
        );
        network.behave();
    }
    assert_eq!(authenticated(&network).len(), 0);
}

/// CA-02, scenario 32: an issuer that sends us to the endpoints of another. What we say there is addressed
/// to the first, so the second cannot be fooled with it.
#[tokio::test]
async fn never_an_assertion_for_another_server() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let key = client_key();
    let client = confidential(&network, &[&key], |b| b).await;
    let honest = network.pds_at(1).to_owned();
    for (field, path) in [
        ("pushed_authorization_request_endpoint", "/oauth/par"),
        ("token_endpoint", "/oauth/token"),
    ] {
        let endpoint = format!("{honest}{path}");
        let fault = atproto_oauth::testing::Fault::edit(
            Endpoint::AuthorizationServer,
            field,
            json!(endpoint),
        );
        network.misbehave_at(network.pds_at(0), fault);
    }
    let error = client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthorizationUrlFailed);
    let seen = network.requests_to(Endpoint::PushedRequest);
    assert!(!seen.is_empty());
    for seen in seen {
        assert_eq!(seen.server, honest);
        assert_eq!(seen.assertion().unwrap().1["aud"], network.issuer_at(0));
        assert_ne!(seen.status, Some(201));
    }
}

/// Scenario 51: the documents do not depend on anything but the settings.
#[tokio::test]
async fn the_documents_are_those_of_the_settings() {
    let network = TestNetwork::start().await.unwrap();
    let key = client_key();
    let make = async |conventional: bool| -> OAuthClient {
        confidential(&network, &[&key], |b| {
            b.client_name("Notes")
                .client_uri("https://app.example.com")
                .optional_scopes(["account:email"])
                .conventional_client_id(conventional)
        })
        .await
    };
    let client = make(false).await;
    let metadata: Value = serde_json::from_slice(client.client_metadata()).unwrap();
    assert_eq!(
        client.client_id(),
        "https://app.example.com/oauth/client-metadata.json"
    );
    assert_eq!(
        metadata,
        json!({
            "application_type": "web",
            "client_id": "https://app.example.com/oauth/client-metadata.json",
            "client_name": "Notes",
            "client_uri": "https://app.example.com",
            "dpop_bound_access_tokens": true,
            "grant_types": ["authorization_code", "refresh_token"],
            "jwks_uri": "https://app.example.com/oauth/jwks.json",
            "redirect_uris": ["https://app.example.com/oauth/callback"],
            "response_types": ["code"],
            "scope": "atproto repo:com.example.note blob:*/* account:email",
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
        })
    );
    assert_eq!(
        make(false).await.client_metadata(),
        client.client_metadata()
    );
    let conventional = make(true).await;
    assert_eq!(
        conventional.client_id(),
        "https://app.example.com/oauth-client-metadata.json"
    );
    sign_in(&network, &conventional, "alice.test").await;
}

/// The queue is sealed like everything else.
#[tokio::test]
async fn a_queued_revocation_shows_no_token() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::new(Ahead::default());
    let client = client_with(&network, store.clone()).await;
    let session = sign_in(&network, &client, "alice.test").await;
    network.misbehave(atproto_oauth::testing::Fault::status(
        Endpoint::Revocation,
        500,
    ));
    session.revoke().await.unwrap();
    assert_eq!(queued(&client).await, 1);
    let seen = network.requests_to(Endpoint::Revocation);
    let token = seen[0].form("token").unwrap();
    for row in store.written() {
        assert!(
            !row.value
                .windows(token.len())
                .any(|part| part == token.as_bytes())
        );
    }
}
