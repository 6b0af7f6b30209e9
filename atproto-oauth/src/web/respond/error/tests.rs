use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::OAuthError;
use crate::client::Paths;
use crate::error::{Error, ErrorKind};
use crate::web::pages::{DefaultPages, SignIn};
use crate::web::respond::Context;

mod log;
mod missing_scopes;

/// What a hostile server says, with everything that could break a page, a log or a terminal.
const SAID: &str = "<script>alert('said')</script>\r\n\u{1b}[31m\u{202e}\"&";

fn context(wants_html: bool, development: bool) -> Context {
    Context {
        app: "App".into(),
        paths: Paths::new("/oauth"),
        pages: Arc::new(DefaultPages),
        wants_html,
        development,
        return_to: None,
        callback: false,
        missing_scopes: None,
    }
}

fn refused(kind: ErrorKind) -> Error {
    Error::new(kind, "our own sentence; with `a-secret-setting`")
        .with_server_said(SAID)
        .with_source(std::io::Error::other("the cause <b>"))
}

async fn body(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

const KINDS: [ErrorKind; 20] = [
    ErrorKind::MissingHandle,
    ErrorKind::InvalidHandle,
    ErrorKind::InvalidCallbackRequest,
    ErrorKind::IssuerMismatch,
    ErrorKind::SubjectMismatch,
    ErrorKind::AccessDenied,
    ErrorKind::InsufficientScope,
    ErrorKind::AuthorizationUrlFailed,
    ErrorKind::AuthorizationServerMetadataFailed,
    ErrorKind::TokenValidationFailed,
    ErrorKind::SessionStoreFailed,
    ErrorKind::TemporarilyUnavailable,
    ErrorKind::NotSignedIn,
    ErrorKind::SessionEnded,
    ErrorKind::IssuerChanged,
    ErrorKind::SessionNotFound,
    ErrorKind::CrossSiteRequest,
    ErrorKind::RateLimited,
    ErrorKind::InvalidRequest,
    ErrorKind::Configuration,
];

/// CB-06.
#[tokio::test]
async fn cb_06_production_says_the_closed_set_only() {
    for kind in KINDS {
        for wants_html in [true, false] {
            let error = OAuthError::new(refused(kind), context(wants_html, false));
            let id = error.request_id().to_owned();
            let message = error.message();
            let response = error.into_response();
            assert_eq!(response.status(), kind.status());
            assert_eq!(response.headers()["cache-control"], "no-store");
            assert_eq!(response.headers()["x-content-type-options"], "nosniff");
            let kind_of_body = response.headers()["content-type"].clone();
            let text = body(response).await;
            for secret in [
                "alert(",
                "a-secret-setting",
                "our own sentence",
                "the cause",
            ] {
                assert!(!text.contains(secret), "{kind:?}: {secret}");
            }
            if wants_html {
                assert_eq!(kind_of_body, "text/html; charset=utf-8");
                assert!(
                    text.contains(&id) || kind == ErrorKind::AccessDenied,
                    "{kind:?}"
                );
            } else {
                assert_eq!(kind_of_body, "application/json");
                let json: Value = serde_json::from_str(&text).unwrap();
                let expected = serde_json::json!({
                    "error": kind.code(), "message": message, "request_id": id,
                });
                assert_eq!(json, expected);
            }
        }
    }
}

/// Scenario 27.
#[tokio::test]
async fn never_server_text_unescaped_in_development() {
    for kind in KINDS {
        let error = OAuthError::new(refused(kind), context(true, true));
        let text = body(error.into_response()).await;
        assert!(
            text.contains("&lt;script&gt;alert(&#39;said&#39;)&lt;/script&gt;"),
            "{kind:?}"
        );
        assert!(
            text.contains("the cause &lt;b&gt;") && !text.contains("<script"),
            "{kind:?}"
        );
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{kind:?}");
    }
    let error = OAuthError::new(
        refused(ErrorKind::AuthorizationUrlFailed),
        context(false, true),
    );
    let json: Value = serde_json::from_str(&body(error.into_response()).await).unwrap();
    assert_eq!(json["step"], "the pushed authorization request");
    assert_eq!(json["detail"], "our own sentence; with `a-secret-setting`");
    assert_eq!(json["causes"], serde_json::json!(["the cause <b>"]));
    assert!(
        json["server_said"]
            .as_str()
            .unwrap()
            .starts_with("<script>")
    );
    assert!(json["hint"].as_str().unwrap().contains("client metadata"));
}

#[tokio::test]
async fn long_words_of_a_server_are_cut() {
    let error = Error::new(ErrorKind::InvalidHandle, "m").with_server_said(&"x".repeat(1 << 20));
    let text = body(OAuthError::new(error, context(true, true)).into_response()).await;
    assert!(text.len() < 20_000, "{}", text.len());
}

#[tokio::test]
async fn how_long_to_wait_is_passed_on() {
    for wants_html in [true, false] {
        let wait = Some(Duration::from_millis(29_001));
        let error = Error::new(ErrorKind::TemporarilyUnavailable, "m").with_retry_after(wait);
        let context = context(wants_html, false).return_to(Some("/posts"));
        let response = OAuthError::new(error, context).into_response();
        assert_eq!(response.headers()["retry-after"], "30", "rounded up");
        let text = body(response).await;
        assert_eq!(text.contains("href=\"/posts\">Try again"), wants_html);
        assert!(!text.contains("/oauth/login"), "signing in does not help");
    }
    let error = Error::new(ErrorKind::TemporarilyUnavailable, "m");
    let response = OAuthError::new(error, context(true, false)).into_response();
    assert!(!response.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn who_said_no_is_not_told_of_an_error() {
    let error = OAuthError::new(refused(ErrorKind::AccessDenied), context(true, false));
    let text = body(error.into_response()).await;
    assert!(text.contains("You cancelled") && text.contains("href=\"/oauth/login\""));
    assert!(!text.contains("role=\"alert\""));
}

/// RU-05.
#[test]
fn ru_05_a_failed_callback_keeps_its_address() {
    for kind in KINDS {
        let context = Context {
            callback: true,
            ..context(true, false)
        };
        let response = OAuthError::new(refused(kind), context).into_response();
        assert_eq!(
            response.headers()["referrer-policy"],
            "no-referrer",
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn the_sign_in_page_comes_back_with_what_was_typed() {
    let error = OAuthError::new(refused(ErrorKind::InvalidHandle), context(true, false));
    let form = SignIn {
        handle: "alice.tset",
        ..SignIn::new("App", "/oauth/login")
    };
    let response = error.sign_in(&form);
    assert_eq!(response.status(), 400);
    let csp = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(!csp.contains("form-action"));
    let text = body(response).await;
    assert!(text.contains("value=\"alice.tset\"") && text.contains("role=\"alert\""));
    assert!(text.contains(error.request_id()) && !text.contains("alert("));
}

#[test]
fn signing_in_comes_back_to_the_page() {
    let at = |path| {
        let context = context(true, false).return_to(path);
        OAuthError::new(Error::new(ErrorKind::NotSignedIn, "m"), context).login()
    };
    assert_eq!(at(None), "/oauth/login");
    assert_eq!(
        at(Some("/a?b=c&d#e")),
        "/oauth/login?return_to=%2Fa%3Fb%3Dc%26d%23e"
    );
    let error = Error::new(ErrorKind::AccessDenied, "m").with_app_state(None, Some("/b".into()));
    let error = OAuthError::new(error, context(true, false));
    assert_eq!(
        error.return_to(),
        Some("/b"),
        "that of the request that failed"
    );
}

#[test]
fn every_refusal_has_an_id_of_its_own() {
    let id = || {
        let error = Error::new(ErrorKind::InvalidRequest, "m");
        OAuthError::new(error, context(true, false))
            .request_id()
            .to_owned()
    };
    let (one, other) = (id(), id());
    assert_eq!(one.len(), 8);
    assert_ne!(one, other);
}

#[test]
fn all_messages_are_sentences() {
    for kind in KINDS {
        let text = crate::web::pages::messages(kind);
        assert!(text.message.ends_with('.'), "{kind:?}");
        assert!(
            !text.title.ends_with('.') && !text.title.is_empty(),
            "{kind:?}"
        );
        assert!(!text.step.is_empty() && !text.hint.is_empty(), "{kind:?}");
    }
}
