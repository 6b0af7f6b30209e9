//! The revocation endpoint (RFC 7009).

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::endpoint::{answer, proven};
use crate::testing::client_auth::authenticate;
use crate::testing::form::Form;
use crate::testing::refusal::Refusal;
use crate::testing::state::Site;

pub(super) async fn serve(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    answer(StatusCode::OK, revoke(&site, &headers, &body).await)
}

/// Either token ends the session; an unknown one is fine (RFC 7009 §2.2). Stricter than the reference server:
/// the client proves who it is and holds the key of the session.
async fn revoke(site: &Site, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let form = Form::strict(headers, body)?;
    let (client, credential) = authenticate(site, &form).await?;
    let jkt = proven(site, headers, "/oauth/revoke")?;
    let token = form.required("token")?;
    let mut state = site.state();
    if let Some((_, session, grant)) = state.authority.find(token) {
        if grant.issuer != *site.origin || grant.client_id != client.id {
            return Err(Refusal::invalid_client("the token is of another client"));
        }
        if !grant.accepts(credential.as_ref()) || grant.jkt != jkt {
            return Err(Refusal::invalid_grant("the token is bound to other keys"));
        }
        state.authority.end(session);
    }
    Ok(json!({}))
}
