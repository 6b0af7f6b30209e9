//! DPoP proofs at the authorization server and at the PDS.

use serde_json::{Value, json};

use super::client::Client;
use super::web::now;
use crate::testing::{Endpoint, TestNetwork};

const SESSION: &str = "com.atproto.server.getSession";

/// DP-02, DP-03, DP-04, DP-05, DP-16: one change each, at both servers.
#[tokio::test]
async fn a_proof_with_one_mistake_is_refused() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let access = client.sign_in("alice.test").await.text("access_token");
    let now = now();
    let host = network.issuer().replace("localhost", "127.0.0.1");
    let cases = [
        json!({ "htm": "PATCH" }),
        json!({ "htm": null }),
        json!({ "htu": format!("{}/oauth/authorize", network.issuer()) }),
        json!({ "htu": format!("{host}/oauth/par") }),
        json!({ "htu": null }),
        json!({ "iat": now + 60 }),
        json!({ "iat": now - 120 }),
        json!({ "iat": null }),
        json!({ "iat": now.to_string() }),
        json!({ "jti": null }),
        json!({ "jti": "guessable" }),
        json!({ "ath": "of-another-token" }),
        json!({ "exp": now + 60 }),
        json!({ "iss": "me" }),
    ];
    for change in cases {
        client.proof = change.clone();
        let pushed = client.push().await;
        assert_eq!(
            (pushed.status, pushed.error()),
            (400, "invalid_dpop_proof"),
            "{change}"
        );
        let answer = client.xrpc(&access, "GET", SESSION, Value::Null).await;
        assert_eq!(
            (answer.status, answer.error()),
            (401, "invalid_dpop_proof"),
            "{change}"
        );
    }
    client.proof = json!({ "ath": null });
    let answer = client.xrpc(&access, "GET", SESSION, Value::Null).await;
    assert_eq!(answer.error(), "invalid_dpop_proof", "without ath");
}

/// DP-05: a proof counts once, even if it only lacked a nonce.
#[tokio::test]
async fn a_proof_counts_once() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    client.proof = json!({ "jti": "always-the-same-jti-of-a-client" });
    let answer = client.push().await;
    assert_eq!(answer.error(), "invalid_dpop_proof", "{answer:?}");
    assert_eq!(network.requests_to(Endpoint::PushedRequest).len(), 2);
}

/// DP-08, DP-09: demanded on first use, with a header at both servers and a challenge at the PDS.
#[tokio::test]
async fn nonces_are_demanded_and_rotate() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    let pushed = network.requests_to(Endpoint::PushedRequest);
    let statuses: Vec<_> = pushed.iter().map(|seen| seen.status.unwrap()).collect();
    assert_eq!(statuses, [400, 201]);
    let exchanged = network.requests_to(Endpoint::Exchange);
    assert_eq!(exchanged.len(), 1, "the nonce of the first answer is good");

    network.rotate_nonce();
    let url = format!("{}/xrpc/{SESSION}", network.pds());
    let access = tokens.text("access_token");
    let first = client.xrpc_once(&access, "GET", &url, &Value::Null).await;
    assert_eq!((first.status, first.error()), (401, "use_dpop_nonce"));
    let challenge = first.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("DPoP ") && challenge.contains(r#"error="use_dpop_nonce""#));
    let second = client.xrpc_once(&access, "GET", &url, &Value::Null).await;
    assert_eq!(second.status, 200);
    assert!(second.nonce().is_some());
}

/// DP-07: the nonce of one server is worth nothing at another.
#[tokio::test]
async fn each_server_has_its_own_nonces() {
    let network = TestNetwork::builder().entryway().start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let access = client.sign_in("alice.test").await.text("access_token");
    let url = format!("{}/xrpc/{SESSION}", network.pds());
    let answer = client.xrpc_once(&access, "GET", &url, &Value::Null).await;
    assert_eq!(answer.error(), "use_dpop_nonce");
}

/// A stolen token without its key.
#[tokio::test]
async fn a_token_is_worth_nothing_with_another_key() {
    let network = TestNetwork::start().await.unwrap();
    let mut alice = Client::new(&network, "atproto");
    let access = alice.sign_in("alice.test").await.text("access_token");
    let mut thief = Client::new(&network, "atproto");
    let answer = thief.xrpc(&access, "GET", SESSION, Value::Null).await;
    assert_eq!((answer.status, answer.error()), (401, "invalid_dpop_proof"));
    let answer = alice.xrpc(&access, "GET", SESSION, Value::Null).await;
    assert_eq!(answer.status, 200, "the owner is not harmed");
}
