//! Requests that are not a well-behaved browser's, and what is looked for in answers.

use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tower::ServiceExt;

pub(crate) const OWN: &str = "http://127.0.0.1:3000";

/// What a browser sends for a link or form of our own page.
pub(crate) const OWN_CLICK: &[(&str, &str)] = &[
    ("accept", "text/html"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-user", "?1"),
];

/// What a browser sends for a link on another site.
pub(crate) const FOREIGN_CLICK: &[(&str, &str)] = &[
    ("accept", "text/html"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-user", "?1"),
];

pub(crate) async fn ask(
    app: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> Response<Bytes> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    let response = app
        .clone()
        .oneshot(request.body(Body::from(body)).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    Response::from_parts(parts, to_bytes(body, 1 << 20).await.unwrap())
}

pub(crate) async fn get(app: &Router, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    ask(app, "GET", path, headers, "").await
}

pub(crate) fn with<'a>(
    headers: &[(&'a str, &'a str)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    [headers, more].concat()
}

pub(crate) fn header<'a>(response: &'a Response<Bytes>, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

pub(crate) fn set_cookies(response: &Response<Bytes>) -> Vec<String> {
    let all = response.headers().get_all("set-cookie").iter();
    all.map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

/// The session cookie that is set, `name=value`.
pub(crate) fn session_cookie(response: &Response<Bytes>) -> Option<String> {
    let all = set_cookies(response).into_iter();
    let mut session = all.filter(|c| c.contains("session=") && !c.contains("Max-Age=0"));
    session
        .next()
        .map(|cookie| cookie.split(';').next().unwrap().to_owned())
}

pub(crate) fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

#[track_caller]
pub(crate) fn assert_error(response: &Response<Bytes>, status: StatusCode, code: &str) {
    assert_eq!(response.status(), status, "{}", text(response));
    let json: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(json["error"], code);
    assert!(
        json["message"]
            .as_str()
            .is_some_and(|message| !message.is_empty())
    );
    assert_eq!(header(response, "content-type"), "application/json");
}

/// A redirect of ours.
#[track_caller]
pub(crate) fn assert_see_other(response: &Response<Bytes>, location: &str) {
    assert_eq!(
        response.status(),
        StatusCode::SEE_OTHER,
        "{}",
        text(response)
    );
    assert_eq!(header(response, "location"), location);
    assert_eq!(header(response, "cache-control"), "no-store");
}

#[track_caller]
pub(crate) fn assert_page(response: &Response<Bytes>, status: StatusCode) {
    assert_eq!(response.status(), status, "{}", text(response));
    assert_eq!(header(response, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(response, "cache-control"), "no-store");
    assert!(header(response, "content-security-policy").contains("frame-ancestors 'none'"));
}
