//! Requests to a PDS: to that one and no other, and what comes of a refusal.

use std::collections::HashMap;
use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::transport::{Body, Problem, TransportError};
use atproto_oauth::{ErrorKind, Session, XrpcError};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use crate::support::*;

const ME: &str = "com.atproto.server.getSession";

fn status(result: Result<Value, XrpcError>) -> u16 {
    match result {
        Ok(_) => 200,
        Err(XrpcError::Server { status, .. }) => status.as_u16(),
        Err(error) => panic!("{error}"),
    }
}

/// DP-16, scenario 45: a method is a name and never a place to go to.
#[tokio::test]
async fn never_a_token_sent_where_the_caller_says() {
    let (network, _client, session) = signed_in().await;
    network.forget_requests();
    for nsid in [
        "",
        "https://evil.example.com/xrpc/com.atproto.server.getSession",
        "//evil.example.com/xrpc/x.y.z",
        r"\\evil.example.com\x.y.z",
        "../../oauth/token",
        "..",
        "com.atproto.server/../../x",
        "com.atproto.server.getSession?x=y",
        "com.atproto.server.getSession#x",
        "com.atproto.server.getSession%2f..",
        "@evil.example.com",
        "com.atproto.server.getSession@evil.example.com",
        "com.atproto",
        "com..atproto",
        ".com.atproto",
        "com.atproto.",
        "com.atproto.server.get session",
        "com.atproto.server.getSession\r\nHost: evil.example.com",
        "com.atproto.server.getSëssion",
        &"a.".repeat(200),
    ] {
        for result in [
            session.query::<Value>(nsid, &()).await,
            session.procedure::<Value>(nsid, &()).await,
        ] {
            let Err(XrpcError::Session(error)) = result else {
                panic!("{nsid}: {result:?}");
            };
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{nsid}");
        }
    }
    for service in [
        "",
        "evil",
        "did:web:x",
        "#fragment",
        "did:web:x#y\r\nHost: evil",
    ] {
        let proxied = session.proxied(service);
        let result = proxied
            .query::<Value>("app.bsky.actor.getProfile", &())
            .await;
        assert!(matches!(result, Err(XrpcError::Session(_))), "{service}");
    }
    assert_eq!(network.requests().len(), 0);
}

/// DP-16: what belongs to the session cannot be set by hand.
#[tokio::test]
async fn the_headers_of_the_session_cannot_be_set_by_hand() {
    let (network, _client, session) = signed_in().await;
    network.forget_requests();
    for name in ["authorization", "dpop", "host"] {
        let request = session.request(Method::GET, ME);
        let name = HeaderName::from_static(name);
        let request = request.header(name, HeaderValue::from_static("evil"));
        assert_eq!(
            request.send().await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
    }
    assert_eq!(network.requests().len(), 0);
    let request = session.request(Method::GET, ME);
    let labelers = HeaderName::from_static("atproto-accept-labelers");
    let response = request
        .header(labelers, HeaderValue::from_static("did:plc:x"))
        .send()
        .await;
    assert_eq!(response.unwrap().status(), StatusCode::OK);
    let seen = network.requests_to(Endpoint::Xrpc).pop().unwrap();
    assert_eq!(seen.header("atproto-accept-labelers"), Some("did:plc:x"));
    assert!(seen.header("authorization").unwrap().starts_with("DPoP "));
    assert!(seen.proof().unwrap().1.get("ath").is_some());
}

/// DP-17, scenario 46: a redirect is an error and its target does not get the token.
#[tokio::test]
async fn never_a_redirect_followed_with_a_token() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let client = client(&network).await;
    let session = sign_in(&network, &client, "alice.test").await;
    let elsewhere = format!("{}/xrpc/{ME}", network.pds_at(1));
    network.forget_requests();
    for status in [301, 302, 303, 307, 308] {
        let fault = Fault::answer(Endpoint::Xrpc, status, "text/plain", "");
        network.misbehave_at(network.pds_at(0), fault.with_header("location", &elsewhere));
        let result = me(&session).await;
        network.behave();
        assert!(
            matches!(result, Err(XrpcError::Session(_))),
            "{status}: {result:?}"
        );
    }
    assert!(
        network
            .requests()
            .iter()
            .all(|seen| seen.server == network.pds_at(0))
    );
    me(&session).await.unwrap();
}

/// DP-09, DP-18, TK-03, scenario 44: which refusals are about the token, and which are not.
#[tokio::test]
async fn only_a_challenge_about_the_token_refreshes_it() {
    let (network, _client, clock, session) = ahead_signed_in().await;
    me(&session).await.unwrap();
    let refusal = |status: u16, challenge: Option<&str>| {
        let body = json!({ "error": "AuthMissing", "message": "no" });
        let fault = Fault::json(Endpoint::Xrpc, status, &body);
        match challenge {
            Some(challenge) => fault.with_header("www-authenticate", challenge),
            None => fault,
        }
    };
    for (fault, refreshes) in [
        (refusal(401, None), 0),
        (
            refusal(401, Some("Basic realm=\"x\", error=\"invalid_token\"")),
            0,
        ),
        (refusal(401, Some("DPoP error=\"insufficient_scope\"")), 0),
        (refusal(400, Some("DPoP error=\"invalid_token\"")), 0),
        (refusal(403, Some("DPoP error=\"invalid_token\"")), 0),
        (
            refusal(401, Some("DPoP algs=\"ES256\", error=\"invalid_token\"")),
            1,
        ),
        (
            refusal(
                401,
                Some("Basic realm=\"x\", Bearer error=\"invalid_token\""),
            ),
            1,
        ),
        (refusal(401, Some("dpop ERROR=invalid_token")), 1),
    ] {
        clock.by(Duration::from_mins(2));
        network.forget_requests();
        network.misbehave_times(1, fault.clone());
        let answer = status(me(&session).await);
        network.behave();
        assert_eq!(done(&network, Endpoint::Refresh), refreshes, "{fault:?}");
        assert_eq!(answer == 200, refreshes == 1, "{fault:?}");
    }
}

/// DP-18: a service behind the PDS says no, which is none of the session's business.
#[tokio::test]
async fn never_a_refresh_for_the_refusal_of_another_service() {
    let network = TestNetwork::start().await.unwrap();
    let client = builder(&network).optional_scopes(["rpc:app.bsky.actor.getProfile?aud=*"]);
    let client = client.build().await.unwrap();
    let session = sign_in(&network, &client, "alice.test").await;
    let body = json!({ "error": "AuthenticationRequired" });
    network.misbehave(Fault::json(Endpoint::Proxied, 401, &body));
    let proxied = session.proxied("did:web:api.bsky.app#bsky_appview");
    let parameters = json!({ "actor": "alice.test" });
    let result = proxied
        .query::<Value>("app.bsky.actor.getProfile", &parameters)
        .await;
    assert_eq!(status(result), 401);
    assert_eq!(done(&network, Endpoint::Refresh), 0);
    let seen = network.requests_to(Endpoint::Proxied).pop().unwrap();
    assert_eq!(
        seen.header("atproto-proxy"),
        Some("did:web:api.bsky.app#bsky_appview")
    );
    assert_eq!(seen.server, network.pds());
    me(&session).await.unwrap();
}

/// DP-18, TK-14, scenario 44: a PDS that rejects everything. One refresh, one replay, then its answer; and
/// then no more refreshes for a while, as a new token does not help.
#[tokio::test]
async fn never_a_storm_of_refreshes_at_a_pds_that_rejects_every_token() {
    let (network, client, clock, session) = ahead_signed_in().await;
    me(&session).await.unwrap();
    network.misbehave(Fault::unauthorized_for_ever());
    network.forget_requests();
    assert_eq!(status(me(&session).await), 401);
    assert_eq!(done(&network, Endpoint::Refresh), 1);
    assert_eq!(count(&network, Endpoint::Xrpc), 2);
    for _ in 0..20 {
        assert_eq!(status(me(&session).await), 401);
    }
    assert_eq!(done(&network, Endpoint::Refresh), 1);
    assert_eq!(count(&network, Endpoint::Xrpc), 22);
    clock.by(Duration::from_secs(61));
    assert_eq!(status(me(&session).await), 401);
    assert_eq!(done(&network, Endpoint::Refresh), 2);
    // It is not for a PDS to end a session.
    network.behave();
    me(&session).await.unwrap();
    client.session(&session.key()).await.unwrap();
}

/// A token that worked and is rejected later is refreshed at once, as often as that happens.
#[tokio::test]
async fn a_token_that_worked_is_refreshed_whenever_it_is_rejected() {
    let (network, _client, session) = signed_in().await;
    for round in 1..=5 {
        network.expire_access_tokens();
        me(&session).await.unwrap();
        assert_eq!(done(&network, Endpoint::Refresh), round);
    }
}

/// Scenario 47: what can be sent twice is, what cannot is not sent half.
#[tokio::test]
async fn a_stream_is_sent_once() {
    let (network, _client, session) = signed_in().await;
    me(&session).await.unwrap();
    let upload = |session: &Session| {
        let parts = ["he", "llo"].map(|part| Ok(Bytes::from_static(part.as_bytes())));
        let request = session.request(Method::POST, "com.atproto.repo.uploadBlob");
        request
            .body("text/plain", Body::stream(stream::iter(parts)))
            .send()
    };
    assert_eq!(upload(&session).await.unwrap().status(), StatusCode::OK);
    network.rotate_nonce();
    network.forget_requests();
    let error = upload(&session).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(count(&network, Endpoint::Xrpc), 1);
    // The nonce is known now.
    assert_eq!(upload(&session).await.unwrap().status(), StatusCode::OK);
    network.rotate_nonce();
    session.upload_blob("text/plain", "hello").await.unwrap();
    let broken = [
        Ok(Bytes::from_static(b"he")),
        Err(TransportError::new("us", Problem::Broken)),
    ];
    let request = session.request(Method::POST, "com.atproto.repo.uploadBlob");
    let request = request.body("text/plain", Body::stream(stream::iter(broken)));
    request.send().await.unwrap_err();
}

/// SS-05, SS-06: what an answer may cost.
#[tokio::test]
async fn never_an_answer_without_end() {
    let (network, _client, session) = signed_in().await;
    me(&session).await.unwrap();
    let at = Endpoint::Xrpc;
    network.misbehave(Fault::Endless { at });
    let request = session
        .request(Method::GET, ME)
        .limits(Duration::from_secs(20), 100_000);
    let response = request.send().await.unwrap();
    let error = response.into_body().bytes(1_000_000).await.unwrap_err();
    assert_eq!(error.problem(), Problem::TooLarge);
    network.behave();

    network.misbehave(Fault::Hang { at });
    let request = session
        .request(Method::GET, ME)
        .limits(Duration::from_millis(200), 1_000);
    assert!(request.send().await.unwrap_err().is_transient());
    network.behave();
    // A refusal that is larger than any refusal.
    let body = format!("{{\"error\":\"{}\"}}", "x".repeat(2_000_000));
    network.misbehave(Fault::answer(at, 400, "application/json", body));
    assert!(matches!(me(&session).await, Err(XrpcError::Session(_))));
}

/// Parameters of every kind that XRPC knows, and none other.
#[tokio::test]
async fn parameters_are_written_as_xrpc_wants_them() {
    let (network, _client, session) = signed_in().await;
    let parameters =
        json!({ "a": "x y&z", "n": -7, "yes": true, "list": ["1", 2], "none": null, "empty": [] });
    let _ = session.query::<Value>(ME, &parameters).await;
    let seen = network.requests_to(Endpoint::Xrpc).pop().unwrap();
    let query = url::form_urlencoded::parse(seen.uri.query().unwrap().as_bytes());
    let pairs: Vec<_> = query.into_owned().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut expected = vec![
        pair("a", "x y&z"),
        pair("list", "1"),
        pair("list", "2"),
        pair("n", "-7"),
        pair("yes", "true"),
    ];
    let mut found = pairs;
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    network.forget_requests();
    let nested: HashMap<&str, Value> = HashMap::from([("a", json!({ "b": 1 }))]);
    let lists = json!({ "a": [[1]] });
    assert!(matches!(
        session.query::<Value>(ME, &nested).await,
        Err(XrpcError::Session(_))
    ));
    assert!(matches!(
        session.query::<Value>(ME, &lists).await,
        Err(XrpcError::Session(_))
    ));
    assert!(matches!(
        session.query::<Value>(ME, &"text").await,
        Err(XrpcError::Session(_))
    ));
    assert_eq!(network.requests().len(), 0);
}

/// SC-15: what was not granted is refused by the server with a name, and is no trouble of the session.
#[tokio::test]
async fn a_permission_that_is_missing_has_a_name() {
    let (network, _client, session) = signed_in().await;
    let result = session
        .create_record("com.example.other", &json!({ "text": "x" }))
        .await;
    let Err(XrpcError::Server { status, error, .. }) = &result else {
        panic!("{result:?}");
    };
    assert_eq!(
        (status.as_u16(), error.as_str()),
        (403, "ScopeMissingError")
    );
    let error = result.unwrap_err();
    assert!(!error.needs_login() && !error.is_transient());
    assert_eq!(done(&network, Endpoint::Refresh), 0);
}
