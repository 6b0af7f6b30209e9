//! Requests that the PDS would pass on to another service. There is none: the answer says what would
//! have been sent.

use axum::Json;
use axum::extract::{Path, Request, State};
use serde_json::{Value, json};

use super::session;
use super::xrpc::XrpcError;
use crate::testing::form::Form;
use crate::testing::state::Site;

/// Where methods of the application go when the client does not say.
const APP_VIEW: &str = "did:web:api.bsky.app#bsky_appview";

pub(super) async fn pass_on(
    State(site): State<Site>,
    Path(nsid): Path<String>,
    request: Request,
) -> Result<Json<Value>, XrpcError> {
    let (parts, _) = request.into_parts();
    let caller = session::of(&site, &parts)?;
    let service = match parts.headers.get("atproto-proxy") {
        Some(service) => service.to_str().unwrap_or_default(),
        None if nsid.starts_with("com.atproto.") => {
            return Err(XrpcError::new(
                "MethodNotImplemented",
                "Method Not Implemented",
            ));
        }
        None => APP_VIEW,
    };
    if !service.starts_with("did:") || !service.contains('#') {
        return Err(XrpcError::invalid(
            "atproto-proxy must be a DID with a fragment",
        ));
    }
    caller.must_have(&format!("rpc:{nsid}?aud={}", service.replace('#', "%23")))?;
    let query = Form::parse(parts.uri.query().unwrap_or_default().as_bytes());
    if nsid == "app.bsky.actor.getProfile" {
        let state = site.state();
        let actor = state.accounts.find(query.get("actor").unwrap_or_default());
        let actor = actor.ok_or_else(|| XrpcError::invalid("Profile not found"))?;
        return Ok(Json(json!({
            "did": actor.did.as_str(),
            "handle": actor.handle.as_str(),
            "displayName": actor.handle.as_str().split('.').next(),
        })));
    }
    Ok(Json(json!({
        "method": nsid,
        "service": service,
        "did": caller.account.did.as_str(),
        "parameters": query.0.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
    })))
}
