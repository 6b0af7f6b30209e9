//! The pushed authorization request (RFC 9126).

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::endpoint::{answer, proven};
use crate::jose::{base64url, random_token};
use crate::testing::client_auth::authenticate;
use crate::testing::client_id::Credential;
use crate::testing::client_id::{Client, scopes};
use crate::testing::form::Form;
use crate::testing::ledger::Pushed;
use crate::testing::permission;
use crate::testing::policy::{MIN_STATE_LEN, PUSHED_LIFETIME};
use crate::testing::refusal::Refusal;
use crate::testing::state::Site;
use crate::types::{Did, Handle};

/// What a client of this protocol never sends.
const REFUSED: [&str; 6] = [
    "claims",
    "id_token_hint",
    "nonce",
    "registration",
    "request",
    "request_uri",
];
const PROMPTS: [&str; 5] = ["none", "login", "consent", "select_account", "create"];

pub(super) async fn push(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let result = accept(&site, &headers, &body).await;
    answer(StatusCode::CREATED, result)
}

async fn accept(site: &Site, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let form = Form::strict(headers, body)?;
    let (client, credential) = authenticate(site, &form).await?;
    let jkt = proven(site, headers, "/oauth/par")?;
    let request = read(site, client, credential, jkt, &form)?;
    let request_uri = format!("urn:ietf:params:oauth:request_uri:req-{}", random_token()?);
    let mut state = site.state();
    if state.authority.key_had_session(&request.jkt) {
        let why = "this DPoP key belongs to another session";
        return Err(Refusal::new("invalid_dpop_proof", why));
    }
    state
        .authority
        .requests
        .insert(request_uri.clone(), request);
    Ok(json!({ "request_uri": request_uri, "expires_in": PUSHED_LIFETIME.as_secs() }))
}

fn read(
    site: &Site,
    client: Client,
    credential: Option<Credential>,
    jkt: String,
    form: &Form,
) -> Result<Pushed, Refusal> {
    let no = |why: &str| Err(Refusal::invalid_request(why));
    if let Some(name) = REFUSED.iter().find(|name| form.get(name).is_some()) {
        return Err(Refusal::invalid_request(format!("{name} is not supported")));
    }
    if form.required("response_type")? != "code" {
        return Err(Refusal::new("unsupported_response_type", "only code"));
    }
    if form
        .get("response_mode")
        .is_some_and(|mode| mode != "query")
    {
        return no("response_mode must be query");
    }
    let code_challenge = form.required("code_challenge")?;
    let is_hash = base64url::decode(code_challenge).is_some_and(|hash| hash.len() == 32);
    if form.get("code_challenge_method") != Some("S256") || !is_hash {
        return no("code_challenge must be an S256 hash");
    }
    let state = form.required("state")?;
    if state.len() < MIN_STATE_LEN {
        return no("state must hold at least 128 random bits");
    }
    let redirect_uri = form.required("redirect_uri")?;
    if !client.accepts(redirect_uri) {
        return no("redirect_uri is not one of the client's");
    }
    if form.get("dpop_jkt").is_some_and(|named| named != jkt) {
        return Err(Refusal::new(
            "invalid_dpop_proof",
            "dpop_jkt names another key",
        ));
    }
    let login_hint = form.get("login_hint");
    if login_hint
        .is_some_and(|hint| hint.parse::<Handle>().is_err() && hint.parse::<Did>().is_err())
    {
        return no("login_hint must be a handle or a DID");
    }
    let prompt = form.get("prompt");
    if prompt.is_some_and(|prompt| !PROMPTS.contains(&prompt)) {
        return no("prompt has a value this server does not know");
    }
    if prompt == Some("none") && credential.is_none() {
        return no("a public client always needs consent, so prompt cannot be none");
    }
    let scope = check_scope(site, &client, form.required("scope")?)?;
    if credential.as_ref().is_some_and(|key| key.thumbprint == jkt) {
        return no("the DPoP key must not be the key of the client");
    }
    Ok(Pushed {
        issuer: site.origin.to_string(),
        client,
        credential,
        jkt,
        code_challenge: code_challenge.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state: state.to_owned(),
        scope,
        login_hint: login_hint.map(str::to_owned),
        prompt: prompt.map(str::to_owned),
        expires: site.now().plus(PUSHED_LIFETIME),
        device: None,
        subject: None,
    })
}

/// Contains `atproto`, nothing the client did not declare, no set that is not published.
fn check_scope(site: &Site, client: &Client, text: &str) -> Result<Vec<String>, Refusal> {
    let asked = scopes(text).map_err(|why| Refusal::new("invalid_scope", why))?;
    let state = site.state();
    let mut sets = asked.iter().filter_map(|scope| permission::included(scope));
    if let Some(unknown) = sets.find(|nsid| !state.permission_sets.contains_key(*nsid)) {
        let why = format!("the permission set {unknown} cannot be resolved");
        return Err(Refusal::new("invalid_scope", why));
    }
    let undeclared = |scope: &&String| *scope == "openid" || !client.scope.contains(scope);
    match asked.iter().find(undeclared) {
        None => Ok(asked),
        Some(scope) => Err(Refusal::new(
            "invalid_scope",
            format!("the client did not declare the scope {scope}"),
        )),
    }
}
