//! Who sends a request to an endpoint: a public client, or one that proves it with its key.

use serde_json::Value;

use super::client_documents;
use super::client_id::{Client, Credential};
use super::form::Form;
use super::policy::{MAX_ASSERTION_AGE, MIN_JTI_LEN};
use super::refusal::Refusal;
use super::state::Site;
use crate::jose::verify::Jws;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Loads the client that the form names and checks that the request is its own.
///
/// This comes before the DPoP proof is looked at, so an assertion is used up even when a nonce is demanded: a
/// client that sends the same one again is found out (RFC 7523 §3).
pub(super) async fn authenticate(
    site: &Site,
    form: &Form,
) -> Result<(Client, Option<Credential>), Refusal> {
    if form.get("client_secret").is_some() {
        return Err(Refusal::invalid_request("there are no client secrets here"));
    }
    let client = client_documents::load(site, form.required("client_id")?).await?;
    let credential = match &client.keys {
        Some(_) => Some(check_assertion(site, &client, form)?),
        None if form.get("client_assertion").is_some() => {
            return Err(Refusal::invalid_client("a public client has no assertion"));
        }
        None => None,
    };
    Ok((client, credential))
}

fn check_assertion(site: &Site, client: &Client, form: &Form) -> Result<Credential, Refusal> {
    let no = |why: &str| Refusal::invalid_client(why);
    if form.get("client_assertion_type") != Some(JWT_BEARER) {
        return Err(no("client_assertion_type is missing or not jwt-bearer"));
    }
    let jws = Jws::parse(form.get("client_assertion").unwrap_or_default())
        .map_err(|_| no("client_assertion is missing or not a JWS with alg ES256"))?;
    let kid = jws.header.get("kid").and_then(Value::as_str);
    let kid = kid.ok_or_else(|| no("the assertion names no kid"))?;
    let mut keys = client.keys.iter().flatten();
    let (_, key) = keys
        .find(|(name, _)| name == kid)
        .ok_or_else(|| no("the key set does not have the kid of the assertion"))?;
    if !jws.verify(key) {
        return Err(no("the signature of the assertion does not fit its key"));
    }
    if jws.claim("iss") != Some(&client.id) || jws.claim("sub") != Some(&client.id) {
        return Err(no("iss and sub of the assertion must be the client_id"));
    }
    // One text, exactly the issuer: anything else could be played to another server (AT Protocol OAuth:
    // Confidential Client Authentication).
    if jws.claim("aud") != Some(&*site.origin) {
        return Err(no("aud of the assertion must be the issuer, as one text"));
    }
    let now = site.now().0;
    let number = |name: &str| jws.claims.get(name).and_then(Value::as_u64);
    match (number("iat"), number("exp")) {
        (Some(iat), _) if iat > now => return Err(no("iat of the assertion is in the future")),
        (Some(iat), _) if iat + MAX_ASSERTION_AGE < now => {
            return Err(no("the assertion is too old"));
        }
        (Some(_), Some(exp)) if exp <= now => return Err(no("the assertion has expired")),
        (Some(iat), Some(exp)) if exp > iat + MAX_ASSERTION_AGE => {
            return Err(no("the assertion is valid for too long"));
        }
        (Some(_), Some(_)) => {}
        _ => return Err(no("the assertion needs iat and exp")),
    }
    let jti = jws.claim("jti").unwrap_or_default();
    if jti.len() < MIN_JTI_LEN {
        return Err(no("jti of the assertion must hold at least 96 random bits"));
    }
    if !site.state().jtis.take(&client.id, jti) {
        return Err(no("jti of the assertion was used before"));
    }
    Ok(Credential {
        kid: kid.to_owned(),
        thumbprint: key.thumbprint(),
    })
}
