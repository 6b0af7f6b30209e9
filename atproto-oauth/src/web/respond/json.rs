//! The JSON of an error, and headers that it has in common with pages.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::headers::private;

/// A JSON answer: `error` and `message`, and the other members that are given.
pub(super) fn json(
    status: StatusCode,
    error: &str,
    message: &str,
    more: impl IntoIterator<Item = (&'static str, Value)>,
) -> Response {
    let mut object = Map::new();
    object.insert("error".into(), error.into());
    object.insert("message".into(), message.into());
    object.extend(
        more.into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    let mut response = (status, Value::Object(object).to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    private(headers);
    response
}

/// Whole seconds, rounded up, so that no client comes back too early.
pub(super) fn retry_after(headers: &mut HeaderMap, wait: Option<Duration>) {
    if let Some(wait) = wait {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}
