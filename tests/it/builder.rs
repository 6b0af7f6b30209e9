//! Settings: each mistake is found at the start, named, and told how to mend.

use atproto_oauth::jose::{ClientKey, PrivateKey};
use atproto_oauth::store::MemoryStore;
use atproto_oauth::testing::TestNetwork;
use atproto_oauth::{ErrorKind, OAuthClient, OAuthClientBuilder, Paths};
use serde_json::{Value, json};

use crate::support::*;

fn web() -> OAuthClientBuilder {
    let builder = OAuthClient::builder().base_url("https://app.example.com");
    builder.secret(SECRET).store_url("memory:")
}

fn loopback() -> OAuthClientBuilder {
    let builder = OAuthClient::builder().base_url("http://127.0.0.1:3000");
    builder.store_url("memory:")
}

/// The start fails, and says `part`.
async fn refused(builder: OAuthClientBuilder, part: &str) {
    let error = match builder.build().await {
        Ok(client) => panic!("{part}: {} was built", client.client_id()),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    let text = error.to_string();
    assert!(text.contains(part), "`{part}` is not in: {text}");
    assert!(text.contains(';'), "it does not say what to do: {text}");
    assert!(!text.contains(SECRET), "{text}");
}

/// CM-01, CM-02, LB-04, LB-09, scenario 53: what cannot be a deployed application's origin.
#[tokio::test]
async fn the_base_url_is_an_origin_that_people_can_visit() {
    for (url, part) in [
        ("http://app.example.com", "https"),
        ("https://app.example.com/path", "has a path"),
        ("https://app.example.com/path/", "has a path"),
        ("https://app.example.com?a=b", "ATPROTO_BASE_URL"),
        ("https://app.example.com#f", "ATPROTO_BASE_URL"),
        ("https://user@app.example.com", "ATPROTO_BASE_URL"),
        ("https://user:secret@app.example.com", "ATPROTO_BASE_URL"),
        ("https://app.example.com:8443", "port"),
        ("https://app.example.com:443", "ATPROTO_BASE_URL"),
        ("https://App.Example.com", "ATPROTO_BASE_URL"),
        ("https://10.0.0.1", "ATPROTO_BASE_URL"),
        ("https://[::1]", "ATPROTO_BASE_URL"),
        ("https://localhost", "127.0.0.1"),
        ("https://app", "public host name"),
        ("https://app.internal", "public host name"),
        ("https://app.test", "public host name"),
        ("http://localhost:3000", "127.0.0.1"),
        ("http://192.168.1.1:3000", "ATPROTO_BASE_URL"),
        ("ftp://app.example.com", "ATPROTO_BASE_URL"),
        ("app.example.com", "ATPROTO_BASE_URL"),
        ("", "ATPROTO_BASE_URL"),
        ("https://", "ATPROTO_BASE_URL"),
    ] {
        refused(web().base_url(url), part).await;
    }
    let none = OAuthClient::builder().secret(SECRET).store_url("memory:");
    refused(none, "there is no base URL").await;
    let slash = web()
        .base_url("https://app.example.com/")
        .build()
        .await
        .unwrap();
    assert_eq!(slash.base_url().as_str(), "https://app.example.com");
}

/// CM-07, SC-12.
#[tokio::test]
async fn scopes_are_checked_at_the_start() {
    for (scopes, optional, part) in [
        (vec!["repo:com.example.note"], vec![], "lack `atproto`"),
        (vec![], vec!["atproto"], "lack `atproto`"),
        (vec!["atproto", "atproto"], vec![], "twice"),
        (vec!["atproto", "blob:*/*"], vec!["blob:*/*"], "twice"),
        (
            vec!["atproto", "repo:com.example.*"],
            vec![],
            "repo:com.example.*",
        ),
        (vec!["atproto", "openid"], vec![], "openid"),
        (vec!["atproto blob:*/*"], vec![], "atproto blob"),
        (vec!["atproto", ""], vec![], ""),
        (
            vec!["atproto", "transition:chat.bsky"],
            vec![],
            "transition:generic",
        ),
        (
            vec!["atproto"],
            vec!["transition:chat.bsky"],
            "transition:generic",
        ),
    ] {
        for builder in [web(), loopback()] {
            refused(
                builder
                    .scopes(scopes.clone())
                    .optional_scopes(optional.clone()),
                part,
            )
            .await;
        }
    }
}

/// CM-16, CM-17, RU-01, RU-03, RU-04.
#[tokio::test]
async fn addresses_are_checked_at_the_start() {
    for uri in [
        "https://www.app.example.com",
        "https://example.com",
        "http://app.example.com",
        "https://app.example.com:8443",
    ] {
        refused(web().client_uri(uri), "client_uri").await;
    }
    for uri in [
        "http://cdn.example.com/logo.png",
        "javascript:alert(1)",
        "logo.png",
        "",
    ] {
        refused(web().logo_uri(uri), "logo_uri").await;
        refused(web().tos_uri(uri), "tos_uri").await;
        refused(web().policy_uri(uri), "policy_uri").await;
    }
    web()
        .logo_uri("https://cdn.example.com/logo.png")
        .build()
        .await
        .unwrap();
    for uri in [
        "http://app.example.com/other",
        "https://app.example.com:443/other",
        "https://app.example.com/other#f",
        "https://user@app.example.com/other",
        "https://10.0.0.1/other",
        "javascript:alert(1)",
        "myapp:/callback",
        "other",
        "",
    ] {
        refused(web().extra_redirect_uris([uri]), "redirect").await;
    }
    for uri in [
        "http://localhost:3000/other",
        "https://app.example.com/other",
        "http://10.0.0.1/x",
    ] {
        refused(loopback().extra_redirect_uris([uri]), "redirect").await;
    }
}

/// LB-01, LB-02, LB-05, LB-06: the loopback client is what it is called.
#[tokio::test]
async fn the_loopback_client_needs_no_registration() {
    let client = loopback()
        .scopes(["atproto", "transition:generic"])
        .build()
        .await
        .unwrap();
    assert!(client.is_loopback() && !client.is_confidential());
    assert_eq!(
        client.client_id(),
        "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Foauth%2Fcallback\
         &scope=atproto+transition%3Ageneric"
    );
    let metadata: Value = serde_json::from_slice(client.client_metadata()).unwrap();
    assert_eq!(metadata["application_type"], "native");
    assert_eq!(metadata["token_endpoint_auth_method"], "none");
    assert_eq!(metadata["dpop_bound_access_tokens"], true);
    assert_eq!(metadata.get("client_uri"), None);
    let v6 = loopback()
        .base_url("http://[::1]:3000")
        .build()
        .await
        .unwrap();
    assert!(
        v6.client_id().contains("%5B%3A%3A1%5D%3A3000"),
        "{}",
        v6.client_id()
    );
    refused(loopback().client_key(client_key()), "cannot have keys").await;
    refused(loopback().client_uri("http://127.0.0.1:3000"), "client_uri").await;
}

/// LB-09, DS-07: servers on this machine are for clients on this machine.
#[tokio::test]
async fn never_servers_on_this_machine_for_a_deployed_client() {
    refused(web().allow_loopback(true), "ATPROTO_ALLOW_LOOPBACK").await;
    web()
        .allow_loopback(true)
        .allow_loopback(false)
        .build()
        .await
        .unwrap();
}

/// CM-04, CM-06, CM-08, CM-10, CM-11, CM-12, CM-18, CM-19, CM-21: the document of a client without keys, whole.
#[tokio::test]
async fn the_metadata_of_a_public_client() {
    let paths = Paths::new("/auth");
    let other = "https://app.example.com/other";
    let client = web()
        .paths(paths)
        .extra_redirect_uris([other])
        .build()
        .await
        .unwrap();
    let metadata: Value = serde_json::from_slice(client.client_metadata()).unwrap();
    assert_eq!(
        metadata,
        json!({
            "application_type": "web",
            "client_id": "https://app.example.com/auth/client-metadata.json",
            "dpop_bound_access_tokens": true,
            "grant_types": ["authorization_code", "refresh_token"],
            "redirect_uris": ["https://app.example.com/auth/callback", other],
            "response_types": ["code"],
            "scope": "atproto",
            "token_endpoint_auth_method": "none",
        })
    );
    assert!(client.client_metadata().len() < 5_000);
    let keys: Value = serde_json::from_slice(&client.key_set()).unwrap();
    assert_eq!(keys, json!({ "keys": [] }));
    assert_eq!(client.declared_scope(), "atproto");
}

/// CM-14, DP-13, scenario 52.
#[tokio::test]
async fn two_keys_have_two_names() {
    let named = |kid: &str| ClientKey::new(kid, PrivateKey::generate().unwrap()).unwrap();
    refused(web().client_key(named("a")).client_key(named("a")), "a").await;
    let client = web()
        .client_key(named("a"))
        .client_key(named("b"))
        .build()
        .await
        .unwrap();
    assert!(client.is_confidential());
}

/// TK-20: what is stored is sealed with something that is worth the name, or not at all.
#[tokio::test]
async fn never_a_store_without_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("file:{}", folder.path().join("store.redb").display());
    let deployed = || OAuthClient::builder().base_url("https://app.example.com");
    refused(deployed().store_url(&file), "ATPROTO_SECRET").await;
    assert!(
        !folder.path().join("store.redb").exists(),
        "nothing was made"
    );
    // A store of one's own may be anything, also when it says that it is not shared.
    refused(deployed().store(MemoryStore::new()), "ATPROTO_SECRET").await;
    refused(
        deployed().store(Faulty::shared(Ahead::default())),
        "ATPROTO_SECRET",
    )
    .await;
    // In memory it lasts as long as the secret that is made for it.
    deployed().store_url("memory:").build().await.unwrap();
    for weak in [
        "hunter2",
        "correct horse battery staple",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "c2hvcnQ",
        "dGhpcyBpcyByZWFkYWJsZSB0ZXh0IGFuZCBubyBzZWNyZXQ",
        "",
        " ",
    ] {
        refused(deployed().store_url(&file).secret(weak), "ATPROTO_SECRET").await;
        refused(loopback().secret(weak), "ATPROTO_SECRET").await;
    }
    deployed()
        .store_url(&file)
        .secret(SECRET)
        .build()
        .await
        .unwrap();
}

/// In development the secret is made, and kept beside the file.
#[tokio::test]
async fn a_secret_for_development_is_made_beside_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("file:{}", folder.path().join("store.redb").display());
    let client = loopback().store_url(&file).build().await.unwrap();
    let secret = std::fs::read_to_string(folder.path().join("secret")).unwrap();
    assert!(secret.trim().len() >= 43);
    drop(client);
}

/// The other settings that are addresses.
#[tokio::test]
async fn other_addresses_are_checked_too() {
    for bad in [
        "",
        "plc.directory",
        "ftp://plc.directory",
        "https://",
        "file:///etc/passwd",
    ] {
        refused(web().plc_url(bad), "ATPROTO_PLC_URL").await;
        refused(web().handle_resolver(bad), "ATPROTO_HANDLE_RESOLVER").await;
    }
    for bad in [
        "",
        "redb:x",
        "file:",
        "memory:x",
        "postgres://user:hunter2@127.0.0.1:1/db",
    ] {
        refused(web().store_url(bad), "ATPROTO_STORE").await;
    }
}

/// Whatever happens in a test happens with a test network only.
#[tokio::test]
async fn a_test_network_serves_a_deployed_client_too() {
    let network = TestNetwork::start().await.unwrap();
    let client = confidential(&network, &[&client_key()], |builder| builder).await;
    let session = sign_in(&network, &client, "alice.test").await;
    me(&session).await.unwrap();
}

/// `Debug` of the settings keeps the secret ones to itself.
#[test]
fn never_a_secret_in_the_debug_of_the_settings() {
    let text = format!("{:?}", web().client_key(client_key()));
    assert!(!text.contains(SECRET), "{text}");
    assert!(text.contains("app.example.com"));
}
