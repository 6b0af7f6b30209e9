//! Compact signatures (RFC 7515 section 7.1).

use super::{PrivateKey, base64url};
use crate::error::Error;

#[cfg(test)]
mod tests;

/// Signs: `base64url(header).base64url(claims).base64url(signature)`. The header must say `ES256`.
///
/// # Errors
///
/// As [`PrivateKey::sign`].
pub fn sign_compact(
    key: &PrivateKey,
    header_json: &str,
    claims_json: &str,
) -> Result<String, Error> {
    let header_len = base64url::encoded_len(header_json.len());
    let mut jws = with_capacity(header_len, claims_json);
    base64url::encode_onto(&mut jws, header_json.as_bytes());
    finish(key, jws, claims_json)
}

/// As [`sign_compact`], with a header that is already in base64url; a header stays the same for all
/// proofs of a key.
///
/// # Errors
///
/// As [`PrivateKey::sign`].
pub fn sign_with_encoded_header(
    key: &PrivateKey,
    encoded_header: &str,
    claims_json: &str,
) -> Result<String, Error> {
    let mut jws = with_capacity(encoded_header.len(), claims_json);
    jws.push_str(encoded_header);
    finish(key, jws, claims_json)
}

/// Room for everything, so that a signature costs one allocation.
fn with_capacity(header_len: usize, claims_json: &str) -> String {
    const DOTS_AND_SIGNATURE: usize = 2 + base64url::encoded_len(64);
    let claims_len = base64url::encoded_len(claims_json.len());
    String::with_capacity(header_len + claims_len + DOTS_AND_SIGNATURE)
}

fn finish(key: &PrivateKey, mut jws: String, claims_json: &str) -> Result<String, Error> {
    jws.push('.');
    base64url::encode_onto(&mut jws, claims_json.as_bytes());
    let signature = key.sign(jws.as_bytes())?;
    jws.push('.');
    base64url::encode_onto(&mut jws, &signature);
    Ok(jws)
}
