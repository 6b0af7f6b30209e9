//! Settings by name: `ATPROTO_…`.

use std::collections::HashMap;

use atproto_oauth::jose::{ClientKey, PrivateKey};
use atproto_oauth::{Error, ErrorKind, OAuthClient, OAuthClientBuilder};
use serde_json::{Value, json};

use crate::support::*;

fn read(variables: &[(&str, &str)]) -> Result<OAuthClientBuilder, Error> {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    let builder = OAuthClient::builder().store_url("memory:");
    builder.variables(|name| variables.get(name).map(ToString::to_string))
}

async fn built(variables: &[(&str, &str)]) -> OAuthClient {
    let builder = read(variables).unwrap_or_else(|error| panic!("{variables:?}: {error}"));
    let client = builder.build().await;
    client.unwrap_or_else(|error| panic!("{variables:?}: {error}"))
}

fn refused(variables: &[(&str, &str)], part: &str) -> String {
    let error = read(variables)
        .map(|_| ())
        .expect_err(&format!("{variables:?}"));
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let text = error.to_string();
    assert!(
        text.contains(part) && text.contains(';'),
        "{variables:?}: {text}"
    );
    text
}

const BASE: (&str, &str) = ("ATPROTO_BASE_URL", "https://app.example.com");

/// LB-09: without a base URL it is the loopback client, where no other machine can listen.
#[tokio::test]
async fn without_settings_it_is_the_client_of_development() {
    let client = built(&[]).await;
    assert!(client.is_loopback());
    assert_eq!(client.base_url().as_str(), "http://127.0.0.1:3000");
    for (listen, base) in [
        ("127.0.0.1:4000", "http://127.0.0.1:4000"),
        ("localhost:4000", "http://127.0.0.1:4000"),
        ("[::1]:4000", "http://[::1]:4000"),
    ] {
        let client = built(&[("ATPROTO_LISTEN", listen)]).await;
        assert_eq!(client.base_url().as_str(), base);
    }
    // Empty is as good as unset.
    let client = built(&[("ATPROTO_BASE_URL", " "), ("ATPROTO_LISTEN", "")]).await;
    assert!(client.is_loopback());
    for listen in ["0.0.0.0:3000", "[::]:3000", "192.168.1.1:3000"] {
        refused(&[("ATPROTO_LISTEN", listen)], "ATPROTO_BASE_URL");
        let listen = ("ATPROTO_LISTEN", listen);
        refused(&[listen, ("ATPROTO_LOOPBACK", "1")], "ATPROTO_BASE_URL");
        assert!(!built(&[BASE, listen]).await.is_loopback());
    }
    refused(&[("ATPROTO_LISTEN", "127.0.0.1:0")], "fixed port");
    for bad in ["3000", "127.0.0.1", "nowhere:3000", "127.0.0.1:99999"] {
        refused(&[("ATPROTO_LISTEN", bad)], "ATPROTO_LISTEN");
    }
}

/// LB-09: never both.
#[tokio::test]
async fn an_https_base_url_makes_no_loopback_client() {
    let flag = ("ATPROTO_LOOPBACK", "1");
    refused(&[BASE, flag], "exclude each other");
    let builder = OAuthClient::builder().base_url("https://app.example.com");
    let both = builder.variables(|name| (name == "ATPROTO_LOOPBACK").then(|| "1".to_owned()));
    assert_eq!(
        both.map(|_| ()).unwrap_err().kind(),
        ErrorKind::Configuration
    );
    assert!(built(&[flag]).await.is_loopback());
    refused(&[("ATPROTO_LOOPBACK", "yes")], "ATPROTO_LOOPBACK");
    let allow = ("ATPROTO_ALLOW_LOOPBACK", "1");
    let error = read(&[BASE, allow]).unwrap().build().await.unwrap_err();
    assert!(
        error.to_string().contains("ATPROTO_ALLOW_LOOPBACK"),
        "{error}"
    );
    built(&[allow]).await;
    refused(
        &[("ATPROTO_ALLOW_LOOPBACK", "on")],
        "ATPROTO_ALLOW_LOOPBACK",
    );
    built(&[BASE, ("ATPROTO_ALLOW_LOOPBACK", "0")]).await;
}

/// What the environment says wins over what the program says.
#[tokio::test]
async fn every_variable_arrives() {
    let client = built(&[
        BASE,
        ("ATPROTO_SECRET", SECRET),
        ("ATPROTO_CLIENT_NAME", "Notes"),
        ("ATPROTO_PLC_URL", "https://plc.example.com"),
        ("ATPROTO_HANDLE_RESOLVER", "https://resolver.example.com"),
        ("ATPROTO_LEXICON_AUTHORITY", "did:web:lexicons.example.com"),
        ("ATPROTO_RESOLVE", "*.example.dev:443=127.0.0.1:8443"),
        ("ATPROTO_STORE", "memory:"),
        ("ATPROTO_LISTEN", "0.0.0.0:80"),
    ])
    .await;
    assert_eq!(client.base_url().as_str(), "https://app.example.com");
    let metadata: Value = serde_json::from_slice(client.client_metadata()).unwrap();
    assert_eq!(metadata["client_name"], "Notes");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let url = format!("file:{}", path.display());
    built(&[BASE, ("ATPROTO_SECRET", SECRET), ("ATPROTO_STORE", &url)]).await;
    assert!(path.exists());

    refused(&[BASE, ("ATPROTO_RESOLVE", "nonsense")], "");
    refused(
        &[BASE, ("ATPROTO_CA_FILE", "/nowhere/ca.pem")],
        "ATPROTO_CA_FILE",
    );
}

/// Each form in which people keep keys, the first key first.
#[tokio::test]
async fn client_keys_come_in_every_form() {
    let jwk = |key: &ClientKey| {
        let (d, _, _) = key.private().parts();
        let mut jwk = key.public_jwk();
        jwk["d"] = json!(atproto_oauth::jose::base64url::encode(&*d));
        jwk
    };
    let (first, second) = (client_key(), client_key());
    let pem = |key: &ClientKey| key.private().to_pem().unwrap().expose().to_string();
    let der = pem(&first);
    let der: String = der
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let one = vec![first.kid().to_owned()];
    let both = vec![first.kid().to_owned(), second.kid().to_owned()];
    let windows = pem(&first).replace('\n', "\r\n");
    for (text, kids) in [
        (jwk(&first).to_string(), &one),
        (json!({ "keys": [jwk(&first)] }).to_string(), &one),
        (
            json!({ "keys": [jwk(&first), jwk(&second)] }).to_string(),
            &both,
        ),
        (pem(&first), &one),
        (format!("{}\n{}", pem(&first), pem(&second)), &both),
        (windows, &one),
        (der.clone(), &one),
        (
            der.trim_end_matches('=')
                .replace('+', "-")
                .replace('/', "_"),
            &one,
        ),
    ] {
        let client = built(&[BASE, ("ATPROTO_CLIENT_KEYS", &text)]).await;
        let set: Value = serde_json::from_slice(&client.key_set()).unwrap();
        let set = set["keys"].as_array().unwrap();
        let found: Vec<_> = set.iter().map(|key| key["kid"].as_str().unwrap()).collect();
        assert_eq!(&found, kids);
        assert!(!String::from_utf8_lossy(&client.key_set()).contains("\"d\""));
    }
}

/// CM-13, CM-14, scenario 31: what is no key, and never a key in what is said about it.
#[tokio::test]
async fn never_a_key_that_cannot_sign() {
    let key = client_key();
    let public = key.public_jwk();
    let (d, _, _) = key.private().parts();
    let d = atproto_oauth::jose::base64url::encode(&*d);
    let with = |name: &str, value: Value| {
        let mut jwk = public.clone();
        jwk["d"] = json!(d);
        jwk[name] = value;
        jwk.to_string()
    };
    let other = PrivateKey::generate().unwrap();
    let (other, _, _) = other.parts();
    for text in [
        public.to_string(),
        with("d", json!(atproto_oauth::jose::base64url::encode(&*other))),
        with("crv", json!("P-384")),
        with("kty", json!("oct")),
        with("alg", json!("HS256")),
        with("d", json!("AAAA")),
        "{}".to_owned(),
        "{".to_owned(),
        "{\"keys\":[]}".to_owned(),
        "{\"keys\":7}".to_owned(),
        format!("{{\"keys\":[{public}]}}"),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_owned(),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".to_owned(),
        "-----BEGIN PRIVATE KEY-----".to_owned(),
        "not a key".to_owned(),
        "hunter2".to_owned(),
    ] {
        let said = refused(&[BASE, ("ATPROTO_CLIENT_KEYS", &text)], "");
        assert!(!said.contains(&d) && !said.contains("hunter2"), "{said}");
    }
    // The loopback client has none.
    let error = read(&[("ATPROTO_CLIENT_KEYS", &with("use", json!("sig")))]).unwrap();
    let error = error.build().await.unwrap_err();
    assert!(error.to_string().contains("ATPROTO_CLIENT_KEYS"), "{error}");
}

/// CA-08: keys that leaked are named by the environment alone, without a new program.
#[tokio::test]
async fn keys_that_leaked_are_named() {
    let (leaked, good) = (client_key(), client_key());
    let jwk = |key: &ClientKey| {
        let (d, _, _) = key.private().parts();
        let mut jwk = key.public_jwk();
        jwk["d"] = json!(atproto_oauth::jose::base64url::encode(&*d));
        jwk.to_string()
    };
    let names = format!(" {}\n another ", leaked.kid());
    let names = ("ATPROTO_COMPROMISED_KEYS", &*names);
    built(&[BASE, names, ("ATPROTO_CLIENT_KEYS", &jwk(&good))]).await;
    let builder = read(&[BASE, names, ("ATPROTO_CLIENT_KEYS", &jwk(&leaked))]).unwrap();
    let error = builder.build().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let text = error.to_string();
    assert!(
        text.contains(leaked.kid()) && text.contains("remove it"),
        "{text}"
    );
}
