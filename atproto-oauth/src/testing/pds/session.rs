//! Who sends a request to the PDS: the access token and the proof of its key.

use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde_json::{Value, json};

use super::xrpc::XrpcError;
use crate::testing::account::Account;
use crate::testing::directory::did_document;
use crate::testing::dpop::{self, Unproven};
use crate::testing::json::without_nulls;
use crate::testing::permission;
use crate::testing::state::Site;

/// The account a request is made for, and what it may do.
pub(super) struct Caller {
    pub(super) account: Account,
    scope: String,
}

impl Caller {
    /// Fails unless the token covers `scope`.
    pub(super) fn must_have(&self, scope: &str) -> Result<(), XrpcError> {
        if permission::allows(&self.scope, scope) {
            Ok(())
        } else {
            Err(XrpcError::missing_scope(scope))
        }
    }

    pub(super) fn has(&self, scope: &str) -> bool {
        permission::allows(&self.scope, scope)
    }
}

/// As [`authenticate`], for a request that is still whole.
pub(super) fn of(site: &Site, request: &Parts) -> Result<Caller, XrpcError> {
    let method = request.method.as_str();
    authenticate(site, &request.headers, method, request.uri.path())
}

/// Checks token and proof.
pub(super) fn authenticate(
    site: &Site,
    headers: &HeaderMap,
    method: &str,
    path: &str,
) -> Result<Caller, XrpcError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(XrpcError::challenge(
            "invalid_token",
            "there must be one Authorization header",
        ));
    };
    let Some(("DPoP", token)) = value.to_str().unwrap_or_default().split_once(' ') else {
        return Err(XrpcError::new(
            "InvalidToken",
            "the token must be sent as DPoP",
        ));
    };
    let jkt = dpop::check(site, headers, method, path, Some(token)).map_err(|why| match why {
        Unproven::NeedsNonce => XrpcError::challenge(
            "use_dpop_nonce",
            "the proof needs the nonce of the DPoP-Nonce header",
        ),
        Unproven::Invalid(why) => XrpcError::challenge("invalid_dpop_proof", why),
    })?;
    let no = |why: &str| Err(XrpcError::challenge("invalid_token", why));
    let state = site.state();
    let Some(grant) = state.authority.by_access_token(token) else {
        return no("the access token is unknown, or its session is over");
    };
    if grant.access_expires <= site.now() {
        return no("the access token has expired");
    }
    if grant.jkt != jkt {
        return Err(XrpcError::challenge(
            "invalid_dpop_proof",
            "the token is bound to another key",
        ));
    }
    match state.accounts.by_did(&grant.did) {
        Some(account) if account.pds == *site.origin => Ok(Caller {
            account: account.clone(),
            scope: grant.scope.clone(),
        }),
        _ => no("the account is not hosted here"),
    }
}

/// `com.atproto.server.getSession`.
pub(super) async fn get_session(
    State(site): State<Site>,
    headers: HeaderMap,
) -> Result<Json<Value>, XrpcError> {
    let path = "/xrpc/com.atproto.server.getSession";
    let caller = authenticate(&site, &headers, "GET", path)?;
    let account = &caller.account;
    let email = caller.has("account:email").then(|| account.email());
    Ok(Json(without_nulls(json!({
        "did": account.did.as_str(),
        "handle": account.handle.as_str(),
        "didDoc": did_document(account),
        "active": true,
        "emailConfirmed": email.is_some().then_some(true),
        "email": email,
    }))))
}
