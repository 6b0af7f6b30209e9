//! The directory of `did:plc` accounts.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::account::Account;
use super::state::Site;

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(about))
        .route("/{did}", get(document))
}

async fn about() -> &'static str {
    "The directory of an atproto-oauth test network. Ask for /did:plc:…"
}

async fn document(State(site): State<Site>, Path(did): Path<String>) -> Response {
    if let Some(account) = site.state().accounts.by_did(&did) {
        let body = did_document(account).to_string();
        ([(CONTENT_TYPE, "application/did+ld+json")], body).into_response()
    } else {
        let message = format!("DID not registered: {did}");
        (StatusCode::NOT_FOUND, Json(json!({ "message": message }))).into_response()
    }
}

/// The document as the real directory writes it.
pub(super) fn did_document(account: &Account) -> Value {
    let did = account.did.as_str();
    json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/suites/secp256k1-2019/v1",
        ],
        "id": did,
        "alsoKnownAs": [format!("at://{}", account.handle)],
        "verificationMethod": [{
            "id": format!("{did}#atproto"),
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": "zQ3shunBKsXixLxKtC5qeSG9E4J5RkGN57im31pcTzbNQnm5w",
        }],
        "service": [{
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": account.pds,
        }],
    })
}
