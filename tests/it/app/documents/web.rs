//! What authorization servers read.

use atproto_oauth::prelude::*;
use http::StatusCode;

use crate::app::harness::two_accounts::{App, lonely, lonely_client};
use crate::app::harness::wire::*;

const PRODUCTION: &str = "https://app.example.com";

/// CM-04, CM-05, CM-14, scenario 51.
#[tokio::test]
async fn cm_04_the_metadata_is_the_clients_whatever_the_request_says() {
    let app = lonely(PRODUCTION).await;
    let plain = get(&app, "/oauth/client-metadata.json", &[]).await;
    assert_eq!(plain.status(), StatusCode::OK);
    assert_eq!(header(&plain, "content-type"), "application/json");
    assert_eq!(header(&plain, "cache-control"), "public, max-age=600");
    let json: serde_json::Value = serde_json::from_slice(plain.body()).unwrap();
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
        let other = get(&app, "/oauth/client-metadata.json?x=1", &headers).await;
        assert_eq!(other.status(), StatusCode::OK);
        assert_eq!(other.body(), plain.body(), "{headers:?}");
    }
    let slash = get(&app, "/oauth/client-metadata.json/", &[]).await;
    assert_eq!(
        slash.status(),
        StatusCode::NOT_FOUND,
        "no redirect to another spelling"
    );
}

#[tokio::test]
async fn the_key_set_is_public_only() {
    let app = lonely(PRODUCTION).await;
    let keys = get(&app, "/oauth/jwks.json", &[]).await;
    assert_eq!(keys.status(), StatusCode::OK);
    assert_eq!(header(&keys, "content-type"), "application/json");
    assert_eq!(text(&keys), r#"{"keys":[]}"#);
}

/// CM-03: the other address is then nothing.
#[tokio::test]
async fn cm_03_the_conventional_client_id_has_its_own_address() {
    let conventional = "/oauth-client-metadata.json";
    let usual = "/oauth/client-metadata.json";
    let app = lonely(PRODUCTION).await;
    assert_eq!(
        get(&app, conventional, &[]).await.status(),
        StatusCode::NOT_FOUND
    );
    let client = App::oauth_builder()
        .base_url(PRODUCTION)
        .conventional_client_id(true)
        .secret("2oh+wDW2twMIQq82SEBXld1itOkf2tb6A4by79N5KyU=")
        .store_url("memory:");
    let client = client.build().await.unwrap();
    let app = App {
        oauth: client.clone(),
    }
    .router();
    assert_eq!(get(&app, usual, &[]).await.status(), StatusCode::NOT_FOUND);
    let document = get(&app, conventional, &[]).await;
    assert_eq!(document.status(), StatusCode::OK);
    assert_eq!(document.body(), client.client_metadata());
    assert_eq!(
        client.client_id(),
        "https://app.example.com/oauth-client-metadata.json"
    );
}

#[tokio::test]
async fn in_development_they_are_there_for_show() {
    let app = lonely(OWN).await;
    let document = get(&app, "/oauth/client-metadata.json", &[]).await;
    let json: serde_json::Value = serde_json::from_slice(document.body()).unwrap();
    let client_id = lonely_client(OWN).await.client_id().to_owned();
    assert_eq!(json["client_id"], client_id.as_str());
    assert!(client_id.starts_with("http://localhost?"), "{client_id}");
}

/// LB-07, LB-09, on the generated routes of any server.
#[tokio::test]
async fn lb_07_the_loopback_client_has_one_address() {
    let app = lonely(OWN).await;
    let path = "/oauth/login?return_to=%2Fme";
    let there = get(&app, path, &[("host", "localhost:3000")]).await;
    assert_eq!(there.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(header(&there, "location"), format!("{OWN}{path}"));
    assert_eq!(set_cookies(&there), [""; 0]);
    for path in [
        "/oauth/login",
        "/oauth/callback?code=a&state=b",
        "/oauth/logout",
        "/oauth/accounts",
    ] {
        let elsewhere = get(&app, path, &[("host", "evil.example:3000")]).await;
        assert_eq!(
            elsewhere.status(),
            StatusCode::MISDIRECTED_REQUEST,
            "{path}"
        );
    }
}

/// Two applications in one router, each with its own prefix.
#[tokio::test]
async fn two_applications_share_a_router() {
    #[atproto_oauth(callback = back, prefix = "/other/oauth")]
    #[derive(Clone)]
    struct Other {
        oauth: OAuthClient,
    }
    async fn back() {}
    let builder = Other::oauth_builder().base_url(OWN).store_url("memory:");
    let other = Other {
        oauth: builder.build().await.unwrap(),
    };
    let app = lonely(OWN)
        .await
        .merge(Other::oauth_routes().with_state(other));
    for path in ["/oauth/login", "/other/oauth/login"] {
        assert_page(&get(&app, path, OWN_CLICK).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn an_unknown_method_is_405_and_says_what_is_allowed() {
    let app = lonely(OWN).await;
    for (method, path, allowed) in [
        ("DELETE", "/oauth/login", "GET,HEAD,POST"),
        ("PUT", "/oauth/logout", "GET,HEAD,POST"),
        ("POST", "/oauth/callback", "GET"),
        ("HEAD", "/oauth/callback?code=a&state=b", "GET"),
        ("POST", "/oauth/client-metadata.json", "GET,HEAD"),
        ("POST", "/oauth/jwks.json", "GET,HEAD"),
        ("POST", "/oauth/accounts", "GET,HEAD"),
        ("GET", "/oauth/switch", "POST"),
    ] {
        let response = ask(&app, method, path, &[], "").await;
        assert_eq!(
            response.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}"
        );
        assert_eq!(header(&response, "allow"), allowed, "{method} {path}");
    }
}
