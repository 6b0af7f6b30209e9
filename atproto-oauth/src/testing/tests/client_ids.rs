//! Client ids and client metadata: what an authorization server accepts.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use serde_json::{Value, json};

use super::client::{Client, WEB_CLIENT, web_metadata};
use crate::jose::{ClientKey, PrivateKey};
use crate::testing::TestNetwork;
use crate::testing::client_id::{check_web, loopback};

/// LB-01, LB-02, LB-03, LB-04.
#[test]
fn loopback_client_ids() {
    let accepted = [
        ("http://localhost", "atproto"),
        ("http://localhost/", "atproto"),
        (
            "http://localhost?scope=atproto+transition%3Ageneric",
            "atproto transition:generic",
        ),
        ("http://localhost/?scope=atproto%20repo:*", "atproto repo:*"),
        (
            "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fcb",
            "atproto",
        ),
        (
            "http://localhost?redirect_uri=http://[::1]/cb&redirect_uri=http://127.0.0.1/",
            "atproto",
        ),
    ];
    for (id, scope) in accepted {
        let client = loopback(id).unwrap();
        assert_eq!(client.scope.join(" "), scope, "{id}");
        assert!(client.keys.is_none() && client.refresh, "{id}: LB-06");
    }
    let refused = [
        "http://localhost:3000",
        "http://localhost/path",
        "http://localhost#",
        "http://localhost?#",
        "http://localhost.evil.dev",
        "http://127.0.0.1",
        "http://LOCALHOST",
        "http://localhost?foo=bar",
        "http://localhost?scope=atproto&scope=atproto",
        "http://localhost?scope=repo:*",
        "http://localhost?scope=",
        "http://localhost?scope=atproto++repo:*",
        "http://localhost?scope=atproto+atproto",
        "http://localhost?redirect_uri=http://localhost:3000/cb",
        "http://localhost?redirect_uri=https://127.0.0.1/cb",
        "http://localhost?redirect_uri=http://127.0.0.2/cb",
        "http://localhost?redirect_uri=http://10.0.0.1/cb",
        "http://localhost?redirect_uri=http://127.0.0.1/cb%23x",
        "http://localhost?redirect_uri=http://user@127.0.0.1/cb",
        "http://localhost?redirect_uri=/cb",
    ];
    for id in refused {
        assert!(loopback(id).is_err(), "{id}");
    }
}

/// LB-05.
#[test]
fn a_loopback_redirect_may_differ_in_its_port_only_where_none_was_declared() {
    let open = loopback("http://localhost?redirect_uri=http://127.0.0.1/cb").unwrap();
    assert!(open.accepts("http://127.0.0.1:4711/cb"));
    assert!(!open.accepts("http://127.0.0.1:4711/other"));
    assert!(!open.accepts("http://[::1]:4711/cb"));
    assert!(!open.accepts("https://127.0.0.1:4711/cb"));
    let fixed = loopback("http://localhost?redirect_uri=http://127.0.0.1:3000/cb").unwrap();
    assert!(fixed.accepts("http://127.0.0.1:3000/cb"));
    assert!(!fixed.accepts("http://127.0.0.1:3001/cb"));
    let defaults = loopback("http://localhost").unwrap();
    assert!(defaults.accepts("http://127.0.0.1:4711/"));
    assert!(defaults.accepts("http://[::1]:4711/"));
    assert!(!defaults.accepts("http://127.0.0.1:4711/cb"));
}

/// CM-01, CM-02.
#[test]
fn web_client_ids() {
    for id in [
        "https://a.dev/c.json",
        "https://app.a.dev/oauth/client-metadata.json",
    ] {
        assert!(check_web(id).is_ok(), "{id}");
    }
    let refused = [
        "http://a.dev/c.json",
        "https://a.dev",
        "https://a.dev/",
        "https://a.dev/x/",
        "https://a.dev/a/./c.json",
        "https://a.dev/a/../c.json",
        "https://a.dev:8443/c.json",
        "https://a.dev:443/c.json",
        "https://A.dev/c.json",
        "https://user@a.dev/c.json",
        "https://a.dev/c.json#x",
        "https://127.0.0.1/c.json",
        "https://[::1]/c.json",
        "https://localhost/c.json",
        "https://intranet/c.json",
        "https://a.test/c.json",
        "https://a.local/c.json",
        "https://a.example/c.json",
    ];
    for id in refused {
        assert!(check_web(id).is_err(), "{id}");
    }
}

/// CM-04, CM-05, CM-06, CM-07, CM-08, CM-09, CM-10, CM-11, CM-12, CM-13,
/// CM-14, CM-15, CM-16, CM-17, CM-18, CM-19, RU-01, RU-04: one change each.
#[tokio::test]
async fn metadata_with_one_mistake_are_refused() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto");
    let honest = web_metadata("atproto", client.signer.as_ref().unwrap());
    let set = json!({ "keys": [{ "kty": "oct", "k": "secret", "kid": "a", "alg": "ES256" }] });
    let mut private = honest["jwks"].clone();
    private["keys"][0]["d"] = "AAAA".into();
    let mut unnamed = honest["jwks"].clone();
    unnamed["keys"][0].as_object_mut().unwrap().remove("kid");
    let twice = json!({ "keys": [honest["jwks"]["keys"][0], honest["jwks"]["keys"][0]] });
    let cases = [
        ("client_id", json!("https://app.example.dev/other.json")),
        ("grant_types", json!(["refresh_token"])),
        ("grant_types", json!(["authorization_code", "implicit"])),
        ("grant_types", Value::Null),
        ("response_types", json!(["token"])),
        ("response_types", Value::Null),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!(["http://app.example.dev/cb"])),
        ("redirect_uris", json!(["https://app.example.dev:443/cb"])),
        ("redirect_uris", json!(["https://app.example.dev/cb#x"])),
        ("redirect_uris", json!(["https://user@app.example.dev/cb"])),
        ("redirect_uris", json!(["https://app.local/cb"])),
        ("scope", json!("repo:app.test.note")),
        ("scope", json!("atproto atproto")),
        ("scope", Value::Null),
        ("dpop_bound_access_tokens", json!(false)),
        ("dpop_bound_access_tokens", Value::Null),
        ("token_endpoint_auth_method", json!("none")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("token_endpoint_auth_method", Value::Null),
        ("token_endpoint_auth_signing_alg", json!("none")),
        ("token_endpoint_auth_signing_alg", Value::Null),
        ("application_type", json!("native")),
        ("jwks", Value::Null),
        ("jwks", json!({ "keys": [] })),
        ("jwks", set),
        ("jwks", private),
        ("jwks", unnamed),
        ("jwks", twice),
        ("jwks_uri", json!("https://app.example.dev/jwks.json")),
        ("client_uri", json!("https://www.app.example.dev")),
        ("client_uri", json!("http://app.example.dev")),
        ("logo_uri", json!("http://app.example.dev/logo.png")),
        ("tos_uri", json!("javascript:alert(1)")),
        ("policy_uri", json!("http://app.example.dev/policy")),
        ("default_max_age", json!(60)),
        ("client_secret", json!("s")),
        ("tls_client_certificate_bound_access_tokens", json!(true)),
        ("userinfo_signed_response_alg", json!("ES256")),
    ];
    for (member, value) in cases {
        let mut document = honest.clone();
        let members = document.as_object_mut().unwrap();
        members.insert(member.to_owned(), value.clone());
        members.retain(|_, value| !value.is_null());
        network.register_client(WEB_CLIENT, &document, None);
        let answer = client.push().await;
        assert_eq!(
            answer.error(),
            "invalid_client_metadata",
            "{member}: {value}: {answer:?}"
        );
    }
    let mut document = honest.clone();
    document["x_of_a_later_draft"] = json!({ "servers": "ignore this" });
    network.register_client(WEB_CLIENT, &document, None);
    assert_eq!(client.push().await.status, 201);
}

#[tokio::test]
async fn keys_can_be_behind_an_address() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto");
    let mut document = web_metadata("atproto", client.signer.as_ref().unwrap());
    let jwks = document.as_object_mut().unwrap().remove("jwks").unwrap();
    document["jwks_uri"] = "https://app.example.dev/oauth/jwks.json".into();
    network.register_client(WEB_CLIENT, &document, Some(&jwks));
    assert_eq!(client.push().await.status, 201);
}

/// CM-05: found at an application that is served or not, and only with the right status and type.
#[tokio::test]
async fn metadata_are_fetched_from_the_application() {
    let network = TestNetwork::start().await.unwrap();
    let key = ClientKey::new("key-1", PrivateKey::generate().unwrap()).unwrap();
    let document = web_metadata("atproto", &key);
    let mut client = Client::new(&network, "atproto");
    client.id = WEB_CLIENT.to_owned();
    client.redirect_uri = super::client::WEB_CALLBACK.to_owned();
    client.signer = Some(key);
    assert_eq!(
        client.push().await.error(),
        "invalid_client_metadata",
        "no server listens there"
    );

    let path = "/oauth/client-metadata.json";
    let text = document.to_string();
    let html = Router::new().route(path, get(move || async { text }));
    network.map_router("app.example.dev", &html);
    assert_eq!(
        client.push().await.error(),
        "invalid_client_metadata",
        "text/plain"
    );

    let elsewhere = Router::new().route(path, get(|| async { Redirect::to("/other") }));
    network.map_router("app.example.dev", &elsewhere);
    assert_eq!(
        client.push().await.error(),
        "invalid_client_metadata",
        "a redirect"
    );

    let app = Router::new().route(path, get(move || async { axum::Json(document) }));
    network.map_router("app.example.dev", &app);
    assert_eq!(client.push().await.status, 201);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    network.map_host("app.example.dev", listener.local_addr().unwrap());
    let served = tokio::spawn(async { axum::serve(listener, app).await });
    assert_eq!(client.push().await.status, 201);
    served.abort();
}
