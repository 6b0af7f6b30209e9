//! How a confidential client proves who it is: `private_key_jwt` (RFC 7523).

use serde_json::json;

use super::policy::{ASSERTION_BACKDATE, ASSERTION_LIFETIME};
use crate::error::Error;
use crate::jose::{ClientKey, random_token, sign_compact};
use crate::types::{Issuer, Timestamp};

/// The `client_assertion_type` of RFC 7523 §2.2.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A fresh assertion for one attempt at one server (RFC 7523 §3): its audience is the issuer, as a single
/// string, so that no other server can use it.
///
/// # Errors
/// The system has no randomness.
pub fn assertion(
    key: &ClientKey,
    client_id: &str,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<String, Error> {
    let issued_at = now.0.saturating_sub(ASSERTION_BACKDATE);
    let header = json!({ "alg": "ES256", "kid": key.kid(), "typ": "JWT" });
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": issuer.as_str(),
        "jti": random_token()?,
        "iat": issued_at,
        "exp": issued_at + ASSERTION_LIFETIME,
    });
    sign_compact(key.private(), &header.to_string(), &claims.to_string())
}

#[cfg(test)]
mod tests;
