//! What the OAuth endpoints have in common: the proof they demand, and the form of their answers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderMap};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use crate::testing::dpop::{self, Unproven};
use crate::testing::refusal::Refusal;
use crate::testing::state::Site;

/// Checks the DPoP proof of a request to an OAuth endpoint; the answer is the key's thumbprint.
pub(super) fn proven(site: &Site, headers: &HeaderMap, path: &str) -> Result<String, Refusal> {
    dpop::check(site, headers, "POST", path, None).map_err(|unproven| match unproven {
        Unproven::NeedsNonce => Refusal::new(
            "use_dpop_nonce",
            "the proof needs the nonce of the DPoP-Nonce header",
        ),
        Unproven::Invalid(why) => Refusal::new("invalid_dpop_proof", why),
    })
}

/// The answer of an OAuth endpoint; no cache may keep it.
pub(super) fn answer(status: StatusCode, result: Result<Value, Refusal>) -> Response {
    let mut response = match result {
        Ok(body) => (status, Json(body)).into_response(),
        Err(refusal) => refusal.into_response(),
    };
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}
