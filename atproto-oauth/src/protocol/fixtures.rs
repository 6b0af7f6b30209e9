//! Answers, documents and servers for the tests of this folder.

use http::HeaderValue;
use http::header::{CONTENT_TYPE, HeaderName};
use serde_json::{Value, json};

use super::Response;
use super::authorization_server::{AuthorizationServer, check};
use super::endpoint::Servers;
use crate::error::{Error, ErrorKind};
use crate::types::{Did, Issuer, Origin, Timestamp};

pub(super) const CLIENT_ID: &str = "https://app.example.com/oauth/client-metadata.json";
pub(super) const ISSUER: &str = "https://auth.example.com";
pub(super) const PDS: &str = "https://pds.example.com";
pub(super) const DID: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
pub(super) const NOW: Timestamp = Timestamp(1_800_000_000);

/// The addresses that no server may name, whatever the scheme would do with them.
pub(super) const BAD_ENDPOINTS: [&str; 20] = [
    "",
    "/path",
    "auth.example.com/par",
    "http://auth.example.com/par",
    "http://127.0.0.1:9/par",
    "http://localhost/par",
    "https://127.0.0.1/par",
    "https://10.0.0.1/par",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/par",
    "https://[::ffff:127.0.0.1]/par",
    "https://0x7f000001/par",
    "https://metadata.google.internal/par",
    "https://intranet/par",
    "https://printer.local/par",
    "https://server.test/par",
    "https://user@auth.example.com/par",
    "https://:secret@auth.example.com/par",
    "file:///etc/passwd",
    "javascript:alert(1)",
];

/// An answer with any body; `content_type` may be empty.
pub(super) fn answer(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Response {
    let mut response = Response::new(body.as_ref().to_vec().into());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    if !content_type.is_empty() {
        let value = HeaderValue::from_str(content_type).unwrap();
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}

/// An answer of JSON.
pub(super) fn json_answer(status: u16, body: &Value) -> Response {
    answer(status, "application/json", body.to_string())
}

/// A refusal.
pub(super) fn refused(status: u16, error: &str, description: Option<&str>) -> Response {
    json_answer(
        status,
        &json!({ "error": error, "error_description": description }),
    )
}

/// The same answer with one more header.
pub(super) fn with_header(mut response: Response, name: &'static str, value: &str) -> Response {
    let name = HeaderName::from_static(name);
    let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
    response.headers_mut().append(name, value);
    response
}

/// The same answer, said at `date`.
pub(super) fn dated(response: Response, date: &str) -> Response {
    with_header(response, "date", date)
}

/// The same document with one member changed.
pub(super) fn set(document: &Value, name: &str, value: Value) -> Value {
    let mut changed = document.clone();
    changed[name] = value;
    changed
}

/// The same document without one member.
pub(super) fn without(document: &Value, name: &str) -> Value {
    let mut changed = document.clone();
    changed.as_object_mut().unwrap().remove(name).unwrap();
    changed
}

/// Metadata of an authorization server with nothing to spare.
pub(super) fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://auth.example.com/oauth/authorize",
        "token_endpoint": "https://auth.example.com/oauth/token",
        "pushed_authorization_request_endpoint": "https://auth.example.com/oauth/par",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["atproto"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
        "require_pushed_authorization_requests": true,
        "client_id_metadata_document_supported": true,
    })
}

/// What [`check`] makes of a document.
pub(super) fn checked(document: &Value) -> Result<AuthorizationServer, Error> {
    let response = json_answer(200, document);
    check(&response, &issuer(), Some(&pds()), Servers::Public, false)
}

pub(super) fn server() -> AuthorizationServer {
    checked(&metadata()).unwrap()
}

pub(super) fn issuer() -> Issuer {
    ISSUER.parse().unwrap()
}

pub(super) fn pds() -> Origin {
    PDS.parse().unwrap()
}

pub(super) fn did() -> Did {
    DID.parse().unwrap()
}

/// The result is an error of `kind` whose text holds `text`.
#[track_caller]
pub(super) fn assert_error<T: std::fmt::Debug>(
    result: Result<T, Error>,
    kind: ErrorKind,
    text: &str,
) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    let message = error.to_string();
    assert!(message.contains(text), "`{message}` lacks `{text}`");
    assert!(
        message.contains("; "),
        "`{message}` does not say what to do"
    );
}

/// The fields of a form-encoded body, in order.
pub(super) fn fields(request: &http::Request<Vec<u8>>) -> Vec<(String, String)> {
    url::form_urlencoded::parse(request.body())
        .into_owned()
        .collect()
}
