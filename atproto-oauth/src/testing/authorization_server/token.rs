//! The token endpoint.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::endpoint::{answer, proven};
use crate::jose::{base64url, sha256};
use crate::testing::client_auth::authenticate;
use crate::testing::client_id::Client;
use crate::testing::client_id::Credential;
use crate::testing::form::Form;
use crate::testing::json::without_nulls;
use crate::testing::ledger::{Code, Role};
use crate::testing::policy::{IDLE_SESSION_LIFETIME, PUBLIC_SESSION_LIFETIME};
use crate::testing::refusal::Refusal;
use crate::testing::state::{Site, State as NetworkState};

pub(super) async fn serve(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    answer(StatusCode::OK, grant(&site, &headers, &body).await)
}

/// Who asks: the client, its key if it has one, and the thumbprint of its DPoP key.
struct Caller {
    client: Client,
    credential: Option<Credential>,
    jkt: String,
}

async fn grant(site: &Site, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let form = Form::strict(headers, body)?;
    let (client, credential) = authenticate(site, &form).await?;
    let caller = Caller {
        client,
        credential,
        jkt: proven(site, headers, "/oauth/token")?,
    };
    match form.required("grant_type")? {
        "authorization_code" => exchange(site, &caller, &form),
        "refresh_token" if caller.client.refresh => refresh(site, &caller, &form),
        _ => Err(Refusal::new(
            "unsupported_grant_type",
            "only what the client declared: authorization_code, refresh_token",
        )),
    }
}

/// A code for tokens. The code is used up, whatever comes of it.
fn exchange(site: &Site, caller: &Caller, form: &Form) -> Result<Value, Refusal> {
    let text = form.required("code")?;
    let mut state = site.state();
    let Some(code) = state.authority.take_code(text) else {
        return Err(Refusal::invalid_grant(
            "the code is unknown or was used before",
        ));
    };
    check_code(site, caller, form, &code)?;
    let session = state.authority.begin(text, code, site.now());
    issue(site, &mut state, caller, session)
}

fn check_code(site: &Site, caller: &Caller, form: &Form, code: &Code) -> Result<(), Refusal> {
    let no = |why: &str| Err(Refusal::invalid_grant(why));
    let request = &code.request;
    if code.expires <= site.now() {
        return no("this code has expired");
    }
    if request.issuer != *site.origin || request.client.id != caller.client.id {
        return no("the code was issued to another client");
    }
    if request.credential != caller.credential {
        return no("the code was issued for another key of the client");
    }
    if request.jkt != caller.jkt {
        return no("the code is bound to another DPoP key");
    }
    if form.required("redirect_uri")? != request.redirect_uri {
        return no("redirect_uri is not the one of the pushed request");
    }
    let verifier = form.required("code_verifier")?;
    if !(43..=128).contains(&verifier.len())
        || base64url::encode(&sha256(verifier.as_bytes())) != request.code_challenge
    {
        return no("code_verifier does not fit the code_challenge");
    }
    Ok(())
}

/// A refresh token for new tokens. A client that sends a used one, or one without its keys, may have
/// stolen it: the session ends.
fn refresh(site: &Site, caller: &Caller, form: &Form) -> Result<Value, Refusal> {
    let token = form.required("refresh_token")?;
    let mut state = site.state();
    let Some((role, session, grant)) = state.authority.find(token) else {
        return Err(Refusal::invalid_grant("the refresh token is unknown"));
    };
    let now = site.now();
    let limit = match grant.credential {
        None => grant.created.plus(PUBLIC_SESSION_LIFETIME),
        Some(_) => grant.refreshed.plus(IDLE_SESSION_LIFETIME),
    };
    let hosted = state.accounts.by_did(&grant.did);
    let why = match role {
        Role::UsedRefresh => "the refresh token was used before; the session is over",
        Role::Access | Role::UsedCode => "this is not a refresh token",
        Role::Refresh if grant.issuer != *site.origin => "the refresh token is of another server",
        Role::Refresh if grant.client_id != caller.client.id => {
            "the refresh token was issued to another client"
        }
        Role::Refresh if !grant.accepts(caller.credential.as_ref()) => {
            "the refresh token was issued for another key of the client"
        }
        Role::Refresh if grant.jkt != caller.jkt => "the refresh token is bound to another key",
        Role::Refresh if limit <= now => "the session has expired",
        Role::Refresh if !hosted.is_some_and(|account| site.speaks_for(&account.pds)) => {
            "the account is no longer hosted here"
        }
        Role::Refresh => {
            state.authority.bind(session, caller.credential.as_ref());
            return issue(site, &mut state, caller, session);
        }
    };
    state.authority.end(session);
    Err(Refusal::invalid_grant(why))
}

fn issue(
    site: &Site,
    state: &mut NetworkState,
    caller: &Caller,
    session: u64,
) -> Result<Value, Refusal> {
    let lifetime = state.token_lifetime;
    let with_refresh = caller.client.refresh;
    let authority = &mut state.authority;
    let issued = authority.issue(session, with_refresh, site.now(), lifetime)?;
    let Some((_, _, grant)) = authority.find(&issued.access) else {
        return Err(Refusal::invalid_grant("the session is over"));
    };
    Ok(without_nulls(json!({
        "access_token": issued.access,
        "token_type": "DPoP",
        "expires_in": lifetime.as_secs(),
        "scope": grant.scope,
        "sub": grant.did,
        "refresh_token": issued.refresh,
    })))
}
