//! Addresses of this site: redirects, the sign-in page, the page that was asked for.

use axum::extract::OriginalUri;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue, LOCATION};
use http::request::Parts;

use crate::client::Paths;

/// `303 See Other`, which browsers follow with GET whatever they sent; not stored.
pub(crate) fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (LOCATION, location),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The sign-in page that leads to `return_to` afterwards.
pub(crate) fn sign_in_url(paths: Paths, return_to: &str) -> String {
    with_query(paths.login(), &[("return_to", return_to)])
}

/// `path` with a query string.
pub(crate) fn with_query(path: String, pairs: &[(&str, &str)]) -> String {
    let start = path.len() + 1;
    url::form_urlencoded::Serializer::for_suffix(path + "?", start)
        .extend_pairs(pairs)
        .finish()
}

/// The path and query that the browser asked for, also inside a nested router.
pub(crate) fn original_path(parts: &Parts) -> &str {
    let original = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |OriginalUri(uri)| uri);
    original.path_and_query().map_or("/", |path| path.as_str())
}
