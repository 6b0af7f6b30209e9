//! `/.well-known/oauth-authorization-server`.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::testing::state::Site;

/// Everything that is required, and things a client has never heard of (RFC 8414 §2).
pub(super) async fn serve(State(site): State<Site>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", site.origin);
    let hosted = site.shared.pds.iter();
    let hosted = hosted.filter(|pds| pds.issuer == *site.origin);
    Json(json!({
        "issuer": *site.origin,
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "pushed_authorization_request_endpoint": at("/oauth/par"),
        "revocation_endpoint": at("/oauth/revoke"),
        "require_pushed_authorization_requests": true,
        "require_request_uri_registration": true,
        "client_id_metadata_document_supported": true,
        "authorization_response_iss_parameter_supported": true,
        "scopes_supported": [
            "atproto", "transition:email", "transition:generic", "transition:chat.bsky",
        ],
        "subject_types_supported": ["public"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256", "S1024-from-the-future"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt", "some-future-method"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256K", "ES256"],
        "dpop_signing_alg_values_supported": ["RS256", "ES256K", "ES256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account", "create", "wave"],
        "ui_locales_supported": ["en"],
        "protected_resources": hosted.map(|pds| pds.url.as_str()).collect::<Vec<_>>(),
        "x_of_a_later_draft": { "clients": "ignore this" },
    }))
}
