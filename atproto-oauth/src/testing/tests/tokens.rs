//! The token endpoint and revocation: what uses a code or a refresh token up, and what ends a session.

use std::time::Duration;

use serde_json::Value;

use super::client::{Client, WEB_CLIENT, web_metadata};
use super::web::parameter;
use crate::jose::{ClientKey, DpopKey, PrivateKey, random_token};
use crate::testing::{TestNetwork, client_id::Credential};

const SESSION: &str = "com.atproto.server.getSession";

/// A client with a code in its hands.
async fn with_code(network: &TestNetwork, mut client: Client) -> (Client, String) {
    let url = client.start().await;
    let callback = network.approve(&url, "alice.test").await.unwrap();
    (client, parameter(&callback, "code").unwrap())
}

type Mistake = fn(&mut Client);

/// CB-07, RU-02, AR-07, AR-09: a code is bound to all of it, and one wrong attempt uses it up.
#[tokio::test]
async fn a_code_is_bound_and_counts_once() {
    let network = TestNetwork::start().await.unwrap();
    let mistakes: [(&str, Mistake); 5] = [
        ("verifier", |client| {
            client.verifier = random_token().unwrap();
        }),
        ("key", |client| client.key = DpopKey::generate().unwrap()),
        ("redirect", |client| {
            client.redirect_uri = "http://127.0.0.1:3000/".into();
        }),
        ("client", |client| client.id = "http://localhost".into()),
        ("no verifier", |client| client.verifier = String::new()),
    ];
    for (what, mistake) in mistakes {
        let (client, code) = with_code(&network, Client::new(&network, "atproto")).await;
        let (key, id) = (client.key.parts(), client.id.clone());
        let (verifier, redirect_uri) = (client.verifier.clone(), client.redirect_uri.clone());
        let mut wrong = client;
        mistake(&mut wrong);
        let answer = wrong.redeem(&code).await;
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
        let mut right = Client {
            key: DpopKey::from_parts(&key.0, &key.1, &key.2).unwrap(),
            id,
            verifier,
            redirect_uri,
            ..wrong
        };
        let answer = right.redeem(&code).await;
        assert_eq!(
            answer.error(),
            "invalid_grant",
            "{what}: the code is used up"
        );
    }
    assert_eq!(
        network.sessions_of(network.account("alice.test").unwrap().did),
        0
    );
}

/// CB-08: replaying a code ends the session that it began.
#[tokio::test]
async fn a_replayed_code_ends_the_session() {
    let network = TestNetwork::start().await.unwrap();
    let (mut client, code) = with_code(&network, Client::new(&network, "atproto")).await;
    let tokens = client.redeem(&code).await;
    assert_eq!(tokens.status, 200);
    assert_eq!(client.redeem(&code).await.error(), "invalid_grant");
    let access = tokens.text("access_token");
    let answer = client.xrpc(&access, "GET", SESSION, Value::Null).await;
    assert_eq!((answer.status, answer.error()), (401, "invalid_token"));
}

#[tokio::test]
async fn an_expired_code_is_refused() {
    let network = TestNetwork::start().await.unwrap();
    let (mut client, code) = with_code(&network, Client::new(&network, "atproto")).await;
    network.expire_requests();
    assert_eq!(client.redeem(&code).await.error(), "invalid_grant");
}

/// TK-01: a refresh token counts once; the second time the session is over.
#[tokio::test]
async fn a_replayed_refresh_token_ends_the_session() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    let first = tokens.text("refresh_token");
    let fresh = client.refresh(&first).await;
    assert_eq!(fresh.status, 200);
    assert_eq!(client.refresh(&first).await.error(), "invalid_grant");
    let answer = client.refresh(&fresh.text("refresh_token")).await;
    assert_eq!(answer.error(), "invalid_grant");
    assert_eq!(network.sessions_of(tokens.text("sub")), 0);
}

#[tokio::test]
async fn a_refresh_token_with_another_dpop_key_ends_the_session() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    client.key = DpopKey::generate().unwrap();
    let answer = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(answer.error(), "invalid_grant");
    assert_eq!(network.sessions_of(tokens.text("sub")), 0);
}

/// CA-05, CA-06: another key of the client ends the session, an unknown one does not.
#[tokio::test]
async fn a_session_is_bound_to_the_key_of_the_client() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    let old = client.signer.take().unwrap();
    let new = ClientKey::new("key-2", PrivateKey::generate().unwrap()).unwrap();
    let new_again = ClientKey::from_jwk(&private_jwk(&new).to_string()).unwrap();
    let mut metadata = web_metadata("atproto", &old);

    client.signer = Some(new);
    let answer = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(
        answer.error(),
        "invalid_client",
        "a key that is not published"
    );
    assert_eq!(network.sessions_of(tokens.text("sub")), 1);

    metadata["jwks"]["keys"] = serde_json::json!([old.public_jwk(), new_again.public_jwk()]);
    network.register_client(WEB_CLIENT, &metadata, None);
    client.signer = Some(old);
    let fresh = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(fresh.status, 200, "the old key is still published");
    client.signer = Some(new_again);
    let answer = client.refresh(&fresh.text("refresh_token")).await;
    assert_eq!(
        answer.error(),
        "invalid_grant",
        "another key than at sign-in"
    );
    assert_eq!(network.sessions_of(tokens.text("sub")), 0);
}

fn private_jwk(key: &ClientKey) -> Value {
    let (d, x, y) = key.private().parts();
    let text = |bytes: &[u8]| crate::jose::base64url::encode(bytes);
    serde_json::json!({
        "kty": "EC", "crv": "P-256", "kid": key.kid(),
        "x": text(&x), "y": text(&y), "d": text(d.as_slice()),
    })
}

/// TK-13: two weeks for public clients, three months without a refresh for confidential ones.
#[tokio::test]
async fn sessions_end_by_age() {
    let network = TestNetwork::start().await.unwrap();
    let day = Duration::from_hours(24);
    for (mut client, days) in [
        (Client::new(&network, "atproto"), 14),
        (Client::web(&network, "atproto"), 90),
    ] {
        let tokens = client.sign_in("alice.test").await;
        network.age_sessions(day * (days - 1));
        let fresh = client.refresh(&tokens.text("refresh_token")).await;
        assert_eq!(fresh.status, 200, "{days}");
        network.age_sessions(day * days);
        let answer = client.refresh(&fresh.text("refresh_token")).await;
        assert_eq!(answer.error(), "invalid_grant", "{days}");
    }
}

/// CM-06: no refresh token without its grant type.
#[tokio::test]
async fn a_client_without_the_refresh_grant_gets_no_refresh_token() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto");
    let mut metadata = web_metadata("atproto", client.signer.as_ref().unwrap());
    metadata["grant_types"] = serde_json::json!(["authorization_code"]);
    network.register_client(WEB_CLIENT, &metadata, None);
    let tokens = client.sign_in("alice.test").await;
    assert_eq!(tokens.status, 200);
    assert_eq!(tokens.body.get("refresh_token"), None);
    assert_eq!(
        client.refresh("any").await.error(),
        "unsupported_grant_type"
    );
}

/// TK-16, TK-17: either token ends the session, unknown ones are fine, foreign keys are not.
#[tokio::test]
async fn revocation_needs_the_keys_of_the_session() {
    let network = TestNetwork::start().await.unwrap();
    for token in ["access_token", "refresh_token"] {
        let mut client = Client::web(&network, "atproto");
        let tokens = client.sign_in("alice.test").await;
        let token = tokens.text(token);
        let mut stranger = Client::new(&network, "atproto");
        assert_eq!(stranger.revoke(&token).await.error(), "invalid_client");
        let key = std::mem::replace(&mut client.key, DpopKey::generate().unwrap());
        assert_eq!(client.revoke(&token).await.error(), "invalid_grant");
        let signer = client.signer.take();
        assert_eq!(client.revoke(&token).await.error(), "invalid_client");
        assert_eq!(network.sessions_of(tokens.text("sub")), 1);
        (client.key, client.signer) = (key, signer);
        assert_eq!(client.revoke("garbage").await.status, 200);
        assert_eq!(network.sessions_of(tokens.text("sub")), 1);
        assert_eq!(client.revoke(&token).await.status, 200);
        assert_eq!(client.revoke(&token).await.status, 200, "a second time");
        assert_eq!(network.sessions_of(tokens.text("sub")), 0);
    }
}

/// Scenario 42: after a move the old server is worth nothing, the new one knows nothing.
#[tokio::test]
async fn a_session_does_not_survive_a_move() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    network.move_account("alice.test", 1).unwrap();
    assert_eq!(
        network.account("alice.test").unwrap().pds,
        network.pds_at(1)
    );
    let access = tokens.text("access_token");
    let answer = client.xrpc(&access, "GET", SESSION, Value::Null).await;
    assert_eq!(answer.error(), "invalid_token");
    let answer = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(answer.error(), "invalid_grant");
}

#[test]
fn credentials_are_equal_only_as_a_whole() {
    let key = |kid: &str, thumbprint: &str| Credential {
        kid: kid.into(),
        thumbprint: thumbprint.into(),
    };
    assert_ne!(key("a", "1"), key("a", "2"));
    assert_ne!(key("a", "1"), key("b", "1"));
}
