//! The client metadata document and the key set, as authorization servers read them.

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::prelude::*;
use serde_json::Value;

use crate::app::harness::deployed::{BASE, deployed, key};
use crate::app::harness::person::*;
use crate::app::harness::two_accounts::TwoAccounts;
use crate::support::{Ahead, Faulty, SECRET, copy};

/// CM-04, CM-05, CM-20, scenario 51: the document is the same bytes whatever a request says.
#[tokio::test]
async fn cm_04_the_documents_do_not_depend_on_the_request() {
    let site = deployed(|builder| builder.client_key(key("a")).client_key(key("b"))).await;
    let documents = [
        (
            "/oauth/client-metadata.json",
            site.client.client_metadata().clone(),
        ),
        ("/oauth/jwks.json", site.client.key_set()),
    ];
    for (path, bytes) in documents {
        for (name, value) in [
            ("accept", "*/*"),
            ("accept", "text/html"),
            ("host", "evil.example"),
            ("host", "localhost:3000"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-prefix", "/evil"),
            ("forwarded", "host=evil.example;proto=http"),
            ("x-original-url", "/evil"),
            ("sec-fetch-site", "cross-site"),
        ] {
            for path in [path.to_owned(), format!("{path}?x=y")] {
                let answer = get(&path).header(name, value).of(&site.router).await;
                assert_eq!(answer.status, 200, "{path} {name}");
                assert_eq!(answer.body.as_bytes(), bytes, "{path} {name}");
                assert_eq!(answer.header("content-type"), "application/json");
                assert_eq!(answer.header("cache-control"), "public, max-age=600");
                assert!(answer.set_cookies().is_empty());
            }
        }
    }
    let metadata: Value = serde_json::from_slice(site.client.client_metadata()).unwrap();
    assert_eq!(
        metadata["client_id"],
        "https://app.example.dev/oauth/client-metadata.json"
    );
    assert_eq!(
        metadata["redirect_uris"],
        json!(["https://app.example.dev/oauth/callback"])
    );
    assert_eq!(
        metadata["jwks_uri"],
        "https://app.example.dev/oauth/jwks.json"
    );
    assert_eq!(metadata["scope"], "atproto repo:com.example.note blob:*/*");
    assert_eq!(metadata["dpop_bound_access_tokens"], true);
    assert_eq!(metadata["response_types"], json!(["code"]));
    assert_eq!(metadata["client_name"], "Notes & more");
}

/// CM-14: `never_a_private_key_published`.
#[tokio::test]
async fn cm_14_never_a_private_key_published() {
    let keys = [key("a"), key("b")];
    let secrets: Vec<String> = keys
        .iter()
        .map(|key| {
            let (d, ..) = key.private().parts();
            atproto_oauth::jose::base64url::encode(&*d)
        })
        .collect();
    let site = deployed(|builder| {
        keys.into_iter()
            .fold(builder, OAuthClientBuilder::client_key)
    })
    .await;
    let answer = get("/oauth/jwks.json").of(&site.router).await;
    let set: Value = serde_json::from_str(&answer.body).unwrap();
    let list = set["keys"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    for (key, kid) in list.iter().zip(["a", "b"]) {
        let mut names: Vec<_> = key
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!((&key["kid"], &key["alg"]), (&json!(kid), &json!("ES256")));
    }
    let metadata = get("/oauth/client-metadata.json").of(&site.router).await;
    for secret in secrets {
        assert!(!answer.body.contains(&secret) && !metadata.body.contains(&secret));
    }
}

/// CM-03: one document, at one address, which the client id names and servers can fetch.
#[tokio::test]
async fn cm_03_the_conventional_client_id() {
    for conventional in [false, true] {
        let site = deployed(|builder| builder.conventional_client_id(conventional)).await;
        let (here, nowhere) = if conventional {
            ("/oauth-client-metadata.json", "/oauth/client-metadata.json")
        } else {
            ("/oauth/client-metadata.json", "/oauth-client-metadata.json")
        };
        assert_eq!(site.client.client_id(), format!("{BASE}{here}"));
        assert_eq!(get(here).of(&site.router).await.status, 200);
        assert_eq!(get(nowhere).of(&site.router).await.status, 404);
        for other in [format!("{here}/"), here.to_uppercase()] {
            assert_eq!(get(&other).of(&site.router).await.status, 404, "{other}");
        }
        let mut person = site.signed_in("alice.test").await;
        assert_eq!(person.read("/").await, "alice.test");
    }
}

/// CA-08: a process that is running, and another one that says that a key leaked.
#[tokio::test]
async fn ca_08_a_leaked_key_leaves_the_key_set_of_every_process() {
    let clock = Ahead::default();
    let store = Faulty::shared(clock.clone());
    let settings = |builder: OAuthClientBuilder| {
        let builder = builder.clock(clock.clone());
        builder.store(store.clone()).secret(SECRET)
    };
    let (leaked, good) = (key("leaked"), key("good"));
    let both = |builder| settings(builder).client_key(copy(&leaked));
    let running = deployed(|builder| both(builder).client_key(copy(&good))).await;
    let published = async || {
        let answer = get("/oauth/jwks.json").of(&running.router).await;
        let set: Value = serde_json::from_str(&answer.body).unwrap();
        let keys = set["keys"].as_array().unwrap();
        let kids = keys
            .iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned());
        kids.collect::<Vec<_>>()
    };
    assert_eq!(published().await, ["leaked", "good"]);
    let says = |builder| settings(builder).compromised_client_keys(["leaked"]);
    deployed(|builder| says(builder).client_key(copy(&good))).await;
    clock.by(std::time::Duration::from_secs(5));
    assert_eq!(published().await, ["good"]);
    // A store that is down takes nothing more away.
    store.reads_fail();
    clock.by(std::time::Duration::from_mins(5));
    assert_eq!(published().await, ["good"]);
}

const PRODUCTION: &str = "https://app.example.com";

/// CM-04, CM-05, CM-14, scenario 51.
#[tokio::test]
async fn cm_04_the_metadata_is_the_clients_whatever_the_request_says() {
    let app = TwoAccounts::offline(PRODUCTION).await;
    let plain = get("/oauth/client-metadata.json").of(&app).await;
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("content-type"), "application/json");
    assert_eq!(plain.header("cache-control"), "public, max-age=600");
    let json: serde_json::Value = serde_json::from_str(&plain.body).unwrap();
    assert_eq!(
        json["client_id"],
        "https://app.example.com/oauth/client-metadata.json"
    );
    assert_eq!(
        json["redirect_uris"],
        serde_json::json!(["https://app.example.com/oauth/callback"])
    );
    for headers in [
        [
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
        ],
        [
            ("host", "app.example.com"),
            ("forwarded", "host=evil.example;proto=http"),
        ],
        [("accept", "text/html"), ("x-forwarded-proto", "http")],
    ] {
        let other = get("/oauth/client-metadata.json?x=1")
            .headers(&headers)
            .of(&app)
            .await;
        assert_eq!(other.status, 200);
        assert_eq!(other.body, plain.body, "{headers:?}");
    }
    let slash = get("/oauth/client-metadata.json/").of(&app).await;
    assert_eq!(slash.status, 404, "no redirect to another spelling");
}

#[tokio::test]
async fn the_key_set_is_public_only() {
    let app = TwoAccounts::offline(PRODUCTION).await;
    let keys = get("/oauth/jwks.json").of(&app).await;
    assert_eq!(keys.status, 200);
    assert_eq!(keys.header("content-type"), "application/json");
    assert_eq!(keys.body, r#"{"keys":[]}"#);
}

/// CM-03: the other address is then nothing.
#[tokio::test]
async fn cm_03_the_conventional_client_id_has_its_own_address() {
    let conventional = "/oauth-client-metadata.json";
    let usual = "/oauth/client-metadata.json";
    let app = TwoAccounts::offline(PRODUCTION).await;
    assert_eq!(get(conventional).of(&app).await.status, 404);
    let client = TwoAccounts::oauth_builder()
        .base_url(PRODUCTION)
        .conventional_client_id(true)
        .secret(SECRET)
        .store_url("memory:");
    let client = client.build().await.unwrap();
    let app = TwoAccounts::router(client.clone());
    assert_eq!(get(usual).of(&app).await.status, 404);
    let document = get(conventional).of(&app).await;
    assert_eq!(document.status, 200);
    assert_eq!(document.body.as_bytes(), client.client_metadata());
    assert_eq!(
        client.client_id(),
        "https://app.example.com/oauth-client-metadata.json"
    );
}

#[tokio::test]
async fn in_development_they_are_there_for_show() {
    let app = TwoAccounts::offline(OWN).await;
    let document = get("/oauth/client-metadata.json").of(&app).await;
    let json: serde_json::Value = serde_json::from_str(&document.body).unwrap();
    let client = TwoAccounts::oauth_builder().base_url(OWN);
    let client = client.store_url("memory:").build().await.unwrap();
    let client_id = client.client_id();
    assert_eq!(json["client_id"], client_id);
    assert!(client_id.starts_with("http://localhost?"), "{client_id}");
}
