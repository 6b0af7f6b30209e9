//! Refreshes that go wrong: what ends a session, and everything that does not.

use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{ErrorKind, OAuthClient, Session, XrpcError};
use serde_json::{Value, json};

use crate::support::*;

/// An account whose access token has expired.
async fn expired() -> (TestNetwork, OAuthClient, Ahead, Session) {
    let (network, client, clock, session) = ahead_signed_in().await;
    me(&session).await.unwrap();
    clock.by(2 * HOUR);
    network.forget_requests();
    (network, client, clock, session)
}

/// TK-08: the client cannot tell from it whether the refresh token is spent.
fn is_unclear(fault: &Fault) -> bool {
    let at = Endpoint::Refresh;
    [
        Fault::answer(at, 500, "text/plain", ""),
        Fault::answer(at, 502, "text/html", "<h1>Bad Gateway</h1>"),
        Fault::answer(at, 504, "text/html", "<h1>Gateway Timeout</h1>"),
        Fault::html(at),
        Fault::answer(at, 200, "application/json", "{"),
        Fault::answer(at, 200, "application/json", ""),
        Fault::json(at, 200, &json!([])),
        Fault::json(at, 204, &Value::Null),
    ]
    .iter()
    .any(|unclear| format!("{unclear:?}") == format!("{fault:?}"))
}

/// TK-07, scenario 39: only `invalid_grant` ends a session. Everything else keeps it, says that it
/// passes, is not asked again at once, and works when the server does.
#[tokio::test]
async fn never_signed_out_because_a_server_is_in_trouble() {
    let at = Endpoint::Refresh;
    let error = |status: u16, code: &str| Fault::json(at, status, &json!({ "error": code }));
    let metadata = Endpoint::AuthorizationServer;
    let evil = "https://evil.example.com";
    for fault in [
        Fault::status(at, 500),
        Fault::status(at, 502),
        Fault::status(at, 503),
        Fault::answer(at, 500, "text/plain", ""),
        Fault::answer(at, 502, "text/html", "<h1>Bad Gateway</h1>"),
        Fault::answer(at, 503, "text/html", "<h1>Service Unavailable</h1>"),
        Fault::answer(at, 504, "text/html", "<h1>Gateway Timeout</h1>"),
        Fault::status(at, 429).with_header("retry-after", "7"),
        error(400, "invalid_request"),
        error(400, "temporarily_unavailable"),
        error(400, "use_dpop_nonce"),
        error(400, "unheard_of"),
        error(400, ""),
        error(401, "invalid_grant"),
        error(500, "invalid_grant"),
        error(403, "access_denied"),
        error(404, "not_found"),
        Fault::EndlessNonces { at },
        Fault::html(at),
        Fault::answer(at, 200, "application/json", "{"),
        Fault::answer(at, 200, "application/json", ""),
        Fault::json(at, 200, &json!([])),
        Fault::json(at, 204, &Value::Null),
        Fault::answer(at, 400, "text/html", "<h1>invalid_grant</h1>"),
        Fault::status(metadata, 503),
        Fault::html(metadata),
        Fault::Drop { at: metadata },
        Fault::missing(metadata, "token_endpoint"),
        Fault::foreign_issuer(evil),
        Fault::status(Endpoint::ProtectedResource, 500),
        Fault::html(Endpoint::ProtectedResource),
        Fault::status(Endpoint::DidDocument, 503),
        Fault::status(Endpoint::DidDocument, 404),
        Fault::status(Endpoint::DidDocument, 410),
        Fault::html(Endpoint::DidDocument),
        Fault::Drop {
            at: Endpoint::DidDocument,
        },
        Fault::edit(
            Endpoint::DidDocument,
            "id",
            "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
        ),
    ] {
        let (network, client, clock, session) = expired().await;
        network.misbehave(fault.clone());
        let error = me(&session).await.unwrap_err();
        assert!(
            error.is_transient() && !error.needs_login(),
            "{fault:?}: {error}"
        );
        let asked = network.requests().len();
        for _ in 0..5 {
            assert!(me(&session).await.unwrap_err().is_transient(), "{fault:?}");
        }
        assert_eq!(
            network.requests().len(),
            asked,
            "it is left alone: {fault:?}"
        );
        network.behave();
        network.forget_requests();
        let (soon, end) = (Duration::from_secs(10), Duration::from_secs(11));
        clock.by(soon);
        if is_unclear(&fault) {
            assert!(me(&session).await.unwrap_err().is_transient(), "{fault:?}");
            assert_eq!(
                network.requests().len(),
                0,
                "not within its lease: {fault:?}"
            );
            clock.by(end);
        }
        me(&session)
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(done(&network, at), 1, "{fault:?}");
        client.session(&session.key()).await.unwrap();
    }
}

/// TK-07: how long the server asks to wait is passed on, and believed for minutes at most.
#[tokio::test]
async fn a_server_says_when_to_come_back() {
    let (network, _client, clock, session) = expired().await;
    let at = Endpoint::Refresh;
    network.misbehave(Fault::status(at, 429).with_header("retry-after", "60"));
    let error = me(&session).await.unwrap_err();
    let atproto_oauth::XrpcError::Session(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    network.behave();
    clock.by(Duration::from_secs(50));
    assert!(me(&session).await.unwrap_err().is_transient());
    clock.by(Duration::from_secs(10));
    me(&session).await.unwrap();

    clock.by(2 * HOUR);
    network.misbehave(Fault::status(at, 503).with_header("retry-after", "86400"));
    assert!(me(&session).await.unwrap_err().is_transient());
    network.behave();
    clock.by(Duration::from_mins(6));
    me(&session).await.unwrap();
}

/// A server that is in trouble a little before the token expires is no trouble at all.
#[tokio::test]
async fn a_token_that_is_still_good_is_used_while_it_cannot_be_refreshed() {
    let at = Endpoint::Refresh;
    for fault in [
        Fault::status(at, 500),
        Fault::Drop { at },
        Fault::json(at, 401, &json!({ "error": "invalid_client" })),
        Fault::status(Endpoint::DidDocument, 404),
    ] {
        let (network, _client, clock, session) = ahead_signed_in().await;
        me(&session).await.unwrap();
        clock.by(Duration::from_secs(59 * 60 + 35));
        network.misbehave(fault.clone());
        let asked = || {
            let seen = network.requests();
            seen.iter().filter(|s| s.endpoint != Endpoint::Xrpc).count()
        };
        let mut tried = Vec::new();
        for _ in 0..5 {
            let result = me(&session).await;
            result.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
            tried.push(asked());
        }
        tried.dedup();
        assert_eq!(tried.len(), 1, "once: {fault:?}");
    }
}

/// Scenario 40: the client is refused. The session stays, and the log reports it.
#[tokio::test]
async fn never_signed_out_because_the_client_is_refused() {
    for code in [
        "invalid_client",
        "unauthorized_client",
        "invalid_client_metadata",
    ] {
        let (network, client, clock, session) = expired().await;
        let logs = Logs::listen();
        network.misbehave(Fault::json(
            Endpoint::Refresh,
            401,
            &json!({ "error": code }),
        ));
        let error = me(&session).await.unwrap_err();
        assert!(!error.needs_login(), "{code}");
        let atproto_oauth::XrpcError::Session(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(logs.text().contains("ERROR"), "{}", logs.text());
        network.behave();
        clock.by(Duration::from_secs(10));
        me(&session).await.unwrap();
        client.session(&session.key()).await.unwrap();
    }
}

/// TK-07: `invalid_grant`, and nothing newer in the store.
#[tokio::test]
async fn a_session_that_ended_at_its_server_ends_here() {
    let (network, client, _clock, session) = expired().await;
    network.revoke_sessions(session.did());
    let error = me(&session).await.unwrap_err();
    assert!(error.needs_login() && !error.is_transient());
    let atproto_oauth::XrpcError::Session(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.kind(), ErrorKind::SessionEnded);
    let asked = network.requests().len();
    assert!(me(&session).await.unwrap_err().needs_login());
    assert!(
        client
            .session(&session.key())
            .await
            .unwrap_err()
            .needs_login()
    );
    assert_eq!(client.sessions_of(session.did()).await.unwrap().len(), 0);
    assert_eq!(network.requests().len(), asked);
}

/// TK-08, scenario 36: the answer to a refresh is lost. No process sends the token again before the lease ends;
/// then one process sends it once more, and only `invalid_grant` to that means a new sign-in.
#[tokio::test]
async fn a_lost_answer_is_waited_out() {
    let at = Endpoint::Refresh;
    for lost in [
        Fault::Drop { at },
        Fault::huge(at, 100_000),
        Fault::redirect(at, "https://evil.example.com"),
    ] {
        let (network, client, clock, session) = expired().await;
        // So that the nonce is known and the lost answer is that of the request that counts.
        network.misbehave_times(1, Fault::status(at, 500));
        me(&session).await.unwrap_err();
        clock.by(Duration::from_secs(6));
        network.forget_requests();
        network.misbehave_times(1, lost.clone());
        assert!(me(&session).await.unwrap_err().is_transient());
        network.behave();
        assert_eq!(count(&network, at), 1);
        clock.by(Duration::from_secs(10));
        assert!(me(&session).await.unwrap_err().is_transient(), "the lease");
        assert_eq!(count(&network, at), 1);
        clock.by(Duration::from_secs(11));
        let result = me(&session).await;
        assert_eq!(count(&network, at), 2);
        if matches!(lost, Fault::Drop { .. }) {
            // It was spent.
            assert!(result.unwrap_err().needs_login());
            assert_eq!(client.sessions_of(session.did()).await.unwrap().len(), 0);
        } else {
            result.unwrap();
        }
    }
}

/// TK-05, scenario 41: tokens of another account are revoked, and the session is over.
#[tokio::test]
async fn never_the_tokens_of_another_account() {
    let (network, client, _clock, session) = expired().await;
    let bob = network.account("bob.test").unwrap().did;
    network.misbehave(Fault::edit(Endpoint::Refresh, "sub", bob.as_str()));
    let error = me(&session).await.unwrap_err();
    assert!(error.needs_login());
    assert_eq!(revoked(&network), ["refresh_token", "access_token"]);
    for did in [session.did(), &bob] {
        assert_eq!(client.sessions_of(did).await.unwrap().len(), 0);
    }
}

/// TK-05, TK-06, scenario 41: an answer that is not acceptable. The token that came with it is kept, as
/// the old one is spent; what else came is not used.
#[tokio::test]
async fn an_answer_that_is_not_acceptable_keeps_the_session_alive() {
    let at = Endpoint::Refresh;
    for fault in [
        Fault::edit(at, "token_type", "Bearer"),
        Fault::missing(at, "token_type"),
        Fault::missing(at, "scope"),
        Fault::edit(at, "scope", "repo:*"),
        Fault::missing(at, "sub"),
        Fault::edit(at, "sub", "alice.test"),
        Fault::edit(at, "access_token", ""),
        Fault::edit(at, "expires_in", "3600"),
    ] {
        let (network, client, clock, session) = expired().await;
        network.misbehave(fault.clone());
        let error = me(&session).await.unwrap_err();
        assert!(!error.needs_login(), "{fault:?}");
        assert_eq!(count(&network, Endpoint::Xrpc), 0, "{fault:?}");
        let asked = count(&network, at);
        assert!(me(&session).await.is_err());
        assert_eq!(count(&network, at), asked, "it is left alone: {fault:?}");
        network.behave();
        let (soon, end) = (Duration::from_secs(10), Duration::from_secs(11));
        clock.by(soon);
        if is_unclear(&fault) {
            assert!(me(&session).await.unwrap_err().is_transient(), "{fault:?}");
            assert_eq!(
                network.requests().len(),
                0,
                "not within its lease: {fault:?}"
            );
            clock.by(end);
        }
        me(&session)
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(client.sessions_of(session.did()).await.unwrap().len(), 1);
    }
}

/// TK-09, TK-10, ID-19, scenario 42: the account moved to another server. Its token goes to neither.
#[tokio::test]
async fn never_a_refresh_token_sent_to_another_issuer() {
    let (network, client, clock) = ahead_on(TestNetwork::builder().pds(2)).await;
    let session = sign_in(&network, &client, "alice.test").await;
    network.move_account("alice.test", 1).unwrap();
    clock.by(2 * HOUR);
    network.forget_requests();
    let XrpcError::Session(error) = me(&session).await.unwrap_err() else {
        panic!("its PDS was asked");
    };
    assert_eq!(error.kind(), ErrorKind::IssuerChanged);
    assert!(error.needs_login());
    for endpoint in [
        Endpoint::Refresh,
        Endpoint::Exchange,
        Endpoint::PushedRequest,
        Endpoint::Xrpc,
    ] {
        assert_eq!(count(&network, endpoint), 0, "{endpoint:?}");
    }
    // It is not deleted for that: if it was a mistake, it passes.
    assert_eq!(client.sessions_of(session.did()).await.unwrap().len(), 1);
    network.move_account("alice.test", 0).unwrap();
    clock.by(HOUR);
    me(&session).await.unwrap();
}

/// Scenario 43: an attacker rewrites the DID document. The token stays with the PDS it was issued for.
#[tokio::test]
async fn never_a_token_sent_to_a_pds_that_is_not_verified() {
    let (network, client, clock) = ahead_on(TestNetwork::builder().pds(2)).await;
    let session = sign_in(&network, &client, "alice.test").await;
    let attacker = network.pds_at(1).to_owned();
    network.misbehave(Fault::edit(
        Endpoint::DidDocument,
        "/service/0/serviceEndpoint",
        &*attacker,
    ));
    // It even says that it trusts the right issuer, which does not know it.
    let trust = json!([network.issuer_at(0)]);
    network.misbehave_at(
        &attacker,
        Fault::edit(Endpoint::ProtectedResource, "authorization_servers", trust),
    );
    clock.by(2 * HOUR);
    assert!(me(&session).await.is_err());
    let to_the_attacker = |seen: &atproto_oauth::testing::Seen| {
        seen.server == attacker && seen.header("authorization").is_some()
    };
    assert!(!network.requests().iter().any(to_the_attacker));
    assert_eq!(count(&network, Endpoint::Refresh), 0);
    network.behave();
    clock.by(Duration::from_mins(10));
    me(&session).await.unwrap();
}
