//! Pushed requests: what is refused, and why.

use serde_json::json;

use super::client::{Client, WEB_CLIENT, web_metadata};
use super::web::{now, send};
use crate::jose::{ClientKey, DpopKey, PrivateKey};
use crate::testing::{Endpoint, TestNetwork};
use bytes::Bytes;
use http::Request;

/// AR-02, AR-06, AR-07, AR-08, AR-09, AR-10, RU-07, ID-23, CM-07: one change each, and the error it
/// leads to.
#[tokio::test]
async fn a_pushed_request_with_one_mistake_is_refused() {
    let network = TestNetwork::start().await.unwrap();
    let cases = [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "-", "invalid_request"),
        ("response_mode", "form_post", "invalid_request"),
        ("code_challenge", "-", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "-", "invalid_request"),
        ("state", "-", "invalid_request"),
        ("state", "guessable", "invalid_request"),
        ("redirect_uri", "-", "invalid_request"),
        (
            "redirect_uri",
            "http://127.0.0.1:3000/other",
            "invalid_request",
        ),
        (
            "redirect_uri",
            "http://127.0.0.1:3001/oauth/callback",
            "invalid_request",
        ),
        (
            "redirect_uri",
            "https://evil.dev/oauth/callback",
            "invalid_request",
        ),
        ("scope", "-", "invalid_request"),
        ("scope", "repo:app.test.note", "invalid_scope"),
        ("scope", "atproto atproto", "invalid_scope"),
        ("scope", "atproto  repo:app.test.note", "invalid_scope"),
        ("scope", "atproto transition:generic", "invalid_scope"),
        ("scope", "atproto openid", "invalid_scope"),
        ("login_hint", "https://pds.example.dev", "invalid_request"),
        ("login_hint", "@alice.test", "invalid_request"),
        ("prompt", "wave", "invalid_request"),
        ("prompt", "none", "invalid_request"),
        ("dpop_jkt", "another", "invalid_dpop_proof"),
        ("claims", "{}", "invalid_request"),
        ("nonce", "n", "invalid_request"),
        ("id_token_hint", "t", "invalid_request"),
        ("client_secret", "s", "invalid_request"),
        (
            "client_id",
            "http://localhost?x=y",
            "invalid_client_metadata",
        ),
    ];
    for (name, value, error) in cases {
        let mut client = Client::new(&network, "atproto repo:app.test.note").with(name, value);
        let answer = client.push().await;
        assert_eq!(
            (answer.status, answer.error()),
            (400, error),
            "{name}={value}: {answer:?}"
        );
        assert!(answer.nonce().is_some(), "{name}: DP-11");
        assert_eq!(answer.headers["cache-control"], "no-store", "{name}");
    }
    let fine = [
        ("login_hint", "alice.test"),
        ("login_hint", "did:web:alice.dev"),
        ("prompt", "login"),
        ("prompt", "create"),
        ("response_mode", "query"),
        ("scope", "atproto"),
    ];
    for (name, value) in fine {
        let mut client = Client::new(&network, "atproto repo:app.test.note").with(name, value);
        let answer = client.push().await;
        assert_eq!(answer.status, 201, "{name}={value}: {answer:?}");
    }
}

#[tokio::test]
async fn a_pushed_request_is_a_form_with_nothing_doubled() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto")
        .with("x", "1")
        .with("x", "2");
    let answer = client.push().await;
    assert_eq!(answer.error(), "invalid_request", "{answer:?}");
    let url = format!("{}/oauth/par", network.issuer());
    let request = Request::post(&url)
        .header("content-type", "application/json")
        .header("dpop", client.proof("POST", &url, None));
    let answer = client.send(request, Bytes::from("{}")).await;
    assert_eq!(answer.error(), "invalid_request");
}

/// AR-09: the proof is not optional, not even for the first request.
#[tokio::test]
async fn a_pushed_request_without_proof_is_refused() {
    let network = TestNetwork::start().await.unwrap();
    let client = Client::new(&network, "atproto");
    let request = Request::post(format!("{}/oauth/par", network.issuer()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("client_id={}", client.id.replace('&', "%26")).into())
        .unwrap();
    let response = send(request).await;
    assert_eq!(response.status(), 400);
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["error"], "invalid_dpop_proof");
}

/// CA-01, CA-02, CA-03, CA-04: one change each.
#[tokio::test]
async fn an_assertion_with_one_mistake_is_refused() {
    let network = TestNetwork::start().await.unwrap();
    let now = now();
    let token_endpoint = format!("{}/oauth/token", network.issuer());
    let cases = [
        json!({ "aud": token_endpoint }),
        json!({ "aud": format!("{}/", network.issuer()) }),
        json!({ "aud": [network.issuer()] }),
        json!({ "aud": null }),
        json!({ "iss": "https://evil.dev/c.json" }),
        json!({ "sub": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa" }),
        json!({ "iat": now + 5 }),
        json!({ "iat": now - 90, "exp": now + 10 }),
        json!({ "iat": null }),
        json!({ "exp": null }),
        json!({ "exp": now + 600 }),
        json!({ "exp": now - 1 }),
        json!({ "jti": null }),
        json!({ "jti": "1" }),
    ];
    for change in cases {
        let mut client = Client::web(&network, "atproto");
        client.assertion = change.clone();
        let answer = client.push().await;
        assert_eq!(
            (answer.status, answer.error()),
            (400, "invalid_client"),
            "{change}"
        );
    }
    let mut unsigned = Client::web(&network, "atproto");
    unsigned.signer = None;
    assert_eq!(unsigned.push().await.error(), "invalid_client");
    let mut other = Client::web(&network, "atproto");
    other.signer = Some(ClientKey::new("key-1", PrivateKey::generate().unwrap()).unwrap());
    assert_eq!(
        other.push().await.error(),
        "invalid_client",
        "a wrong signature"
    );
    let mut unknown = Client::web(&network, "atproto");
    unknown.signer = Some(ClientKey::new("key-2", PrivateKey::generate().unwrap()).unwrap());
    assert_eq!(
        unknown.push().await.error(),
        "invalid_client",
        "an unknown kid"
    );
    let mut public = Client::new(&network, "atproto").with("client_assertion", "a.b.c");
    assert_eq!(
        public.push().await.error(),
        "invalid_client",
        "a public client with one"
    );
}

/// CA-04: also the attempt that only lacked a nonce uses its assertion up.
#[tokio::test]
async fn an_assertion_counts_once() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto");
    client.assertion = json!({ "jti": "always-the-same-jti-of-a-client" });
    let answer = client.push().await;
    assert_eq!(answer.error(), "invalid_client", "{answer:?}");
    let seen = network.requests_to(Endpoint::PushedRequest);
    assert_eq!(seen.len(), 2);
    let jti = |n: usize| seen[n].assertion().unwrap().1["jti"].clone();
    assert_eq!(jti(0), jti(1));
}

/// DP-13: the key of the client is not the key of a session.
#[tokio::test]
async fn the_dpop_key_must_not_be_the_client_key() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto");
    let (d, x, y) = client.key.parts();
    let key = ClientKey::new("key-1", PrivateKey::from_parts(&d, &x, &y).unwrap()).unwrap();
    network.register_client(WEB_CLIENT, &web_metadata("atproto", &key), None);
    client.signer = Some(key);
    let answer = client.push().await;
    assert_eq!(answer.error(), "invalid_request", "{answer:?}");
}

/// DP-12: a key that had a session cannot begin another.
#[tokio::test]
async fn a_dpop_key_serves_one_session() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    assert_eq!(client.sign_in("alice.test").await.status, 200);
    assert_eq!(client.push().await.error(), "invalid_dpop_proof");
    client.key = DpopKey::generate().unwrap();
    assert_eq!(client.push().await.status, 201);
}
