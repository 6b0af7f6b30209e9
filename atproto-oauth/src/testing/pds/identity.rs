//! The public endpoints of a PDS: itself, and its accounts.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::header::HOST;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::xrpc::XrpcError;
use crate::testing::account::Account;
use crate::testing::form::Form;
use crate::testing::state::Site;

/// For people who open the address.
pub(super) async fn about(State(site): State<Site>) -> String {
    let state = site.state();
    let line = |account: &Account| {
        let Account {
            handle,
            password,
            did,
            ..
        } = account;
        format!("{handle}  {password}  {did}\n")
    };
    let hosted = state.accounts.people.iter();
    let lines = hosted
        .filter(|account| account.pds == *site.origin)
        .map(line);
    let title = "A PDS of an atproto-oauth test network. Accounts and passwords:\n\n";
    std::iter::once(title.to_owned()).chain(lines).collect()
}

pub(super) async fn resource(State(site): State<Site>) -> Json<Value> {
    Json(json!({
        "resource": *site.origin,
        "authorization_servers": [site.issuer()],
        "scopes_supported": [],
        "bearer_methods_supported": ["header"],
        "resource_documentation": "https://atproto.com",
    }))
}

/// The handle is the host name of the request.
pub(super) async fn atproto_did(State(site): State<Site>, headers: HeaderMap) -> Response {
    let host = headers.get("x-forwarded-host").or(headers.get(HOST));
    let host = host
        .and_then(|host| host.to_str().ok())
        .and_then(|host| host.split(':').next())
        .unwrap_or_default();
    match site.state().accounts.by_handle(host) {
        Some(account) => format!("{}\n", account.did).into_response(),
        None => (StatusCode::NOT_FOUND, "User not found").into_response(),
    }
}

/// Every PDS of the network resolves every handle.
pub(super) async fn resolve_handle(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, XrpcError> {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let handle = query.get("handle").unwrap_or_default();
    match site.state().accounts.by_handle(handle) {
        Some(account) => Ok(Json(json!({ "did": account.did.as_str() }))),
        None => Err(XrpcError::new("HandleNotFound", "Unable to resolve handle")),
    }
}

pub(super) async fn describe_server(State(site): State<Site>) -> Json<Value> {
    let host = site
        .origin
        .trim_start_matches("http://")
        .replace(':', "%3A");
    Json(json!({
        "did": format!("did:web:{host}"),
        "availableUserDomains": [".test"],
        "inviteCodeRequired": false,
    }))
}
