//! The documents that authorization servers read: client metadata and public keys.
//!
//! Nothing here looks at the request (AT Protocol OAuth: Client ID Metadata Document).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};

use crate::client::OAuthClient;
use crate::web::{HasOAuth, OAuthApp};

/// The address that consent pages show as the bare domain.
pub(crate) const CONVENTIONAL: &str = "/oauth-client-metadata.json";

/// The client metadata, if its address is below the prefix.
pub(super) async fn client_metadata<A: OAuthApp>(State(state): State<A::State>) -> Response {
    let client = state.app().oauth();
    if is_conventional(client) {
        nothing()
    } else {
        json(client.client_metadata())
    }
}

/// The client metadata, if its address is the conventional one.
pub(super) async fn conventional<A: OAuthApp>(State(state): State<A::State>) -> Response {
    let client = state.app().oauth();
    if is_conventional(client) {
        json(client.client_metadata())
    } else {
        nothing()
    }
}

/// The public keys (RFC 7517 §4).
pub(super) async fn key_set<A: OAuthApp>(State(state): State<A::State>) -> Response {
    let client = state.app().oauth();
    client.sync_client_keys().await;
    json(&client.key_set())
}

/// The client id is the bare domain's.
pub(crate) fn is_conventional(client: &OAuthClient) -> bool {
    client.client_id().ends_with(CONVENTIONAL)
}

/// Exactly 200 and `application/json` (AT Protocol OAuth: Client ID Metadata Document); servers keep it for ten
/// minutes anyway.
pub(crate) fn json(document: &Bytes) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=600"),
        ),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::OK, headers, document.clone()).into_response()
}

fn nothing() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
