use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;

use super::for_people;
use crate::client::Paths;
use crate::client::XrpcError;
use crate::error::{Error, ErrorKind};
use crate::web::pages::DefaultPages;
use crate::web::respond::Context;

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn server(status: u16, error: &str) -> XrpcError {
    XrpcError::Server {
        status: StatusCode::from_u16(status).unwrap(),
        error: error.into(),
        message: "<script>alert(1)</script>".into(),
    }
}

fn session(kind: ErrorKind) -> XrpcError {
    let wait = Some(Duration::from_secs(7));
    XrpcError::Session(Error::new(kind, "in our own words").with_retry_after(wait))
}

fn answer() -> XrpcError {
    XrpcError::Answer(serde_json::from_str::<Value>("{").unwrap_err().into())
}

#[tokio::test]
async fn a_failed_call_is_answered_by_whose_fault_it_is() {
    let long = "A".repeat(65);
    for (error, status, name) in [
        (session(ErrorKind::SessionEnded), 401, "session_ended"),
        (
            session(ErrorKind::SessionNotFound),
            401,
            "session_not_found",
        ),
        (
            session(ErrorKind::TemporarilyUnavailable),
            503,
            "temporarily_unavailable",
        ),
        (
            session(ErrorKind::InsufficientScope),
            403,
            "insufficient_scope",
        ),
        (server(400, "InvalidSwap"), 502, "InvalidSwap"),
        (server(403, "ScopeMissingError"), 502, "ScopeMissingError"),
        (server(404, ""), 502, "invalid_request"),
        (server(400, "<b>"), 502, "invalid_request"),
        (server(400, &long), 502, "invalid_request"),
        (
            server(500, "InternalServerError"),
            503,
            "temporarily_unavailable",
        ),
        (
            server(429, "RateLimitExceeded"),
            503,
            "temporarily_unavailable",
        ),
        (answer(), 502, "invalid_request"),
    ] {
        let what = format!("{error:?}");
        let waits = matches!(error, XrpcError::Session(_));
        let response = error.into_response();
        assert_eq!(response.status(), status, "{what}");
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(
            response.headers().contains_key("retry-after"),
            waits,
            "{what}"
        );
        let text = text(response).await;
        assert!(
            !text.contains("alert") && !text.contains("own words"),
            "{what}"
        );
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["error"], name, "{what}");
        assert!(
            json["message"].is_string() && json.as_object().unwrap().len() == 2,
            "{what}"
        );
    }
}

#[tokio::test]
async fn never_json_on_a_browser_page() {
    let context = |wants_html| Context {
        app: "App".into(),
        paths: Paths::new("/oauth"),
        pages: Arc::new(DefaultPages),
        wants_html,
        development: false,
        return_to: Some("/posts".into()),
        callback: false,
        missing_scopes: None,
    };
    for (error, status, words) in [
        (
            session(ErrorKind::SessionNotFound),
            401,
            "/oauth/login?return_to=%2Fposts",
        ),
        (
            session(ErrorKind::SessionEnded),
            401,
            "Please sign in again",
        ),
        (server(400, "InvalidSwap"), 502, "role=\"alert\""),
        (server(500, ""), 503, "Try again"),
    ] {
        let what = format!("{error:?}");
        let response = for_people(error.into_response(), || context(true));
        assert_eq!(response.status(), status, "{what}");
        assert_eq!(
            response.headers()["content-type"],
            "text/html; charset=utf-8"
        );
        assert!(text(response).await.contains(words), "{what}");
    }
    let response = for_people(session(ErrorKind::SessionEnded).into_response(), || {
        context(true)
    });
    assert_eq!(response.headers()["retry-after"], "7");
    let response = for_people(session(ErrorKind::SessionEnded).into_response(), || {
        context(false)
    });
    assert_eq!(response.headers()["content-type"], "application/json");
    let other = (StatusCode::IM_A_TEAPOT, "tea").into_response();
    let other = for_people(other, || panic!("not asked for"));
    assert_eq!(text(other).await, "tea");
}
