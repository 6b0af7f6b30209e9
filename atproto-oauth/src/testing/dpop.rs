//! Checks a DPoP proof as strictly as RFC 9449 allows, and then some.

use http::HeaderMap;
use serde_json::Value;

use super::policy::{MAX_PROOF_AGE, MAX_PROOF_LEAD, MIN_JTI_LEN};
use super::state::Site;
use crate::jose::verify::Jws;
use crate::jose::{base64url, sha256};

/// Why a proof does not count.
#[derive(Debug)]
pub(super) enum Unproven {
    /// The proof is valid, but for its nonce.
    NeedsNonce,
    /// The proof is not valid, and why.
    Invalid(String),
}

fn invalid<T>(why: impl Into<String>) -> Result<T, Unproven> {
    Err(Unproven::Invalid(why.into()))
}

/// Checks the proof of a request; the answer is the thumbprint of its key.
///
/// The order matters: a proof is used up even when its nonce is not accepted, so that a client which sends the
/// same one again is found out (RFC 9449 §11.1).
pub(super) fn check(
    site: &Site,
    headers: &HeaderMap,
    method: &str,
    path: &str,
    access_token: Option<&str>,
) -> Result<String, Unproven> {
    let mut proofs = headers.get_all("dpop").iter();
    let proof = match (proofs.next(), proofs.next()) {
        (Some(proof), None) => proof.to_str().unwrap_or_default(),
        (None, _) => return invalid("the DPoP header is missing"),
        (Some(_), Some(_)) => return invalid("there are two DPoP headers"),
    };
    let Ok(jws) = Jws::parse(proof) else {
        return invalid("the proof is not a compact JWS with alg ES256");
    };
    only(&jws.header, &["typ", "alg", "jwk"], "header")?;
    if jws.header.get("typ").and_then(Value::as_str) != Some("dpop+jwt") {
        return invalid("typ must be dpop+jwt");
    }
    only(
        jws.header.get("jwk").unwrap_or(&Value::Null),
        &["kty", "crv", "x", "y"],
        "jwk",
    )?;
    let Ok(key) = jws.header_key() else {
        return invalid("jwk is not a public P-256 key");
    };
    if !jws.verify(&key) {
        return invalid("the signature does not fit the jwk");
    }
    check_claims(site, &jws, method, path, access_token)?;
    Ok(key.thumbprint())
}

fn check_claims(
    site: &Site,
    jws: &Jws,
    method: &str,
    path: &str,
    access_token: Option<&str>,
) -> Result<(), Unproven> {
    let known = ["jti", "htm", "htu", "iat", "ath", "nonce"];
    only(&jws.claims, &known, "claim")?;
    if jws.claim("htm") != Some(method) {
        return invalid("htm is not the method of this request");
    }
    if jws.claim("htu") != Some(&format!("{}{path}", site.origin)) {
        return invalid("htu is not the address of this request without its query");
    }
    let now = site.now().0;
    match jws.claims.get("iat").and_then(Value::as_u64) {
        Some(iat) if iat > now + MAX_PROOF_LEAD => return invalid("iat is in the future"),
        Some(iat) if iat + MAX_PROOF_AGE < now => return invalid("iat is too long ago"),
        Some(_) => {}
        None => return invalid("iat is missing"),
    }
    let ath = access_token.map(|token| base64url::encode(&sha256(token.as_bytes())));
    if jws.claim("ath") != ath.as_deref() {
        return invalid("ath is not the hash of the access token");
    }
    let jti = jws.claim("jti").unwrap_or_default();
    if jti.len() < MIN_JTI_LEN {
        return invalid("jti must hold at least 96 random bits");
    }
    let mut state = site.state();
    if !state.jtis.take("proof", jti) {
        return invalid("jti was used before");
    }
    match jws.claim("nonce") {
        Some(nonce) if state.nonces.accepts(&site.origin, site.now(), nonce) => Ok(()),
        _ => Err(Unproven::NeedsNonce),
    }
}

/// Refuses a JSON object with members that have no business there: private key parts, `kid`, `exp`.
fn only(object: &Value, known: &[&str], what: &str) -> Result<(), Unproven> {
    let members = object.as_object().into_iter().flatten();
    for (name, _) in members {
        if !known.contains(&name.as_str()) {
            return invalid(format!("the {what} {name} does not belong there"));
        }
    }
    Ok(())
}
