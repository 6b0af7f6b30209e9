//! What is set wrongly is found at start-up, and the message says what to do.

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::jose::{ClientKey, PrivateKey};

use crate::app::harness::site::App;
use crate::support::SECRET;

fn key() -> ClientKey {
    ClientKey::new("a", PrivateKey::generate().unwrap()).unwrap()
}

type Change = fn(OAuthClientBuilder) -> OAuthClientBuilder;

/// Scenario 53, and of scenario 52 two keys of one name.
#[tokio::test]
async fn a_wrong_setting_is_named_with_what_mends_it() {
    let table: &[(&str, Change, &str)] = &[
        ("", |builder| builder, "ATPROTO_BASE_URL"),
        ("http://app.example.dev", |builder| builder, "https"),
        (
            "https://app.example.dev/oauth",
            |builder| builder,
            "ATPROTO_BASE_URL",
        ),
        (
            "https://user@app.example.dev",
            |builder| builder,
            "ATPROTO_BASE_URL",
        ),
        ("https://localhost", |builder| builder, "ATPROTO_BASE_URL"),
        ("https://127.0.0.1", |builder| builder, "ATPROTO_BASE_URL"),
        ("https://app.example.dev:8443", |builder| builder, "port"),
        ("http://localhost:3000", |builder| builder, "127.0.0.1"),
        (
            "http://127.0.0.1:3000",
            |builder| builder.client_key(key()),
            "ATPROTO_CLIENT_KEYS",
        ),
        (
            "https://app.example.dev",
            |builder| builder.allow_loopback(true),
            "ATPROTO_ALLOW_LOOPBACK",
        ),
        (
            "https://app.example.dev",
            |builder| builder.secret("short"),
            "ATPROTO_SECRET",
        ),
        (
            "https://app.example.dev",
            |builder| builder.client_key(key()).client_key(key()),
            "kid",
        ),
        (
            "https://app.example.dev",
            |builder| builder.secret(SECRET).store_url("nonsense:"),
            "ATPROTO_STORE",
        ),
        (
            "https://app.example.dev",
            |builder| builder.plc_url("plc"),
            "ATPROTO_PLC_URL",
        ),
        (
            "https://app.example.dev",
            |builder| builder.scopes(["repo:*"]),
            "atproto",
        ),
        (
            "https://app.example.dev",
            |builder| builder.logo_uri("http://x.example/l.png"),
            "https URL",
        ),
    ];
    for (base_url, change, word) in table {
        let builder = App::oauth_builder().store_url("memory:");
        let builder = if base_url.is_empty() {
            builder
        } else {
            builder.base_url(*base_url)
        };
        let error = change(builder).build().await.unwrap_err();
        let text = error.to_string();
        assert_eq!(error.code(), "configuration", "{base_url}: {text}");
        assert!(text.contains(word), "{base_url}, {word}: {text}");
        // The problem; what to do. `main` prints it as it is.
        assert!(text.contains("; ") || text.contains(", "), "{text}");
        assert!(format!("{error:?}").starts_with(&text));
    }
}

/// A store that outlives the process needs a secret that does, outside development.
#[tokio::test]
async fn production_needs_a_secret_that_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("file:{}", folder.path().join("store.redb").display());
    let builder = |base_url| App::oauth_builder().base_url(base_url).store_url(&store);
    let error = builder("https://app.example.dev")
        .build()
        .await
        .unwrap_err();
    assert_eq!(error.code(), "configuration");
    assert!(error.to_string().contains("ATPROTO_SECRET"), "{error}");
    assert!(error.to_string().contains("keygen"), "{error}");
    builder("http://127.0.0.1:3000").build().await.unwrap();
}
