//! Public keys: the JWK, its thumbprint, and checking signatures.

use p256::PublicKey as Point;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{base64url, sha256};
use crate::error::Error;

#[cfg(test)]
mod tests;

/// A P-256 public key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey {
    pub(super) x: [u8; 32],
    pub(super) y: [u8; 32],
}

impl PublicKey {
    internal! {
        /// Reads a public JWK (RFC 7517).
        ///
        /// # Errors
        ///
        /// `invalid_request` unless it is a point on P-256, for ES256 where `alg` is given, and without a
        /// private member.
        pub fn from_jwk(jwk: &Value) -> Result<Self, Error> {
            if ["d", "p", "q", "k"]
                .iter()
                .any(|secret| jwk.get(secret).is_some())
            {
                return Err(Error::invalid_request(
                    "this JWK holds a private key; send the public members only",
                ));
            }
            coordinates(jwk)
                .map_err(Error::invalid_request)
                .and_then(|key| {
                    key.point().map(|_| key).ok_or_else(|| {
                        Error::invalid_request("this JWK is no point on P-256; check `x` and `y`")
                    })
                })
        }
    }

    /// The first coordinate, big-endian.
    #[must_use]
    pub fn x(&self) -> &[u8; 32] {
        &self.x
    }

    /// The second coordinate, big-endian.
    #[must_use]
    pub fn y(&self) -> &[u8; 32] {
        &self.y
    }

    /// The JWK with the required members only, in lexicographic order: what the thumbprint hashes
    /// (RFC 7638 section 3) and what a DPoP header shows.
    #[must_use]
    pub fn jwk_json(&self) -> String {
        let mut json = String::with_capacity(128);
        json.push_str(r#"{"crv":"P-256","kty":"EC","x":""#);
        base64url::encode_onto(&mut json, &self.x);
        json.push_str(r#"","y":""#);
        base64url::encode_onto(&mut json, &self.y);
        json.push_str(r#""}"#);
        json
    }

    /// The SHA-256 thumbprint in base64url (RFC 7638): 43 characters.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        base64url::encode(&sha256(self.jwk_json().as_bytes()))
    }

    /// Whether `signature` (r and s, 64 bytes) is this key's ES256 signature of `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.uncompressed())
            .verify(message, signature)
            .is_ok()
    }

    /// The uncompressed point of SEC 1: 4, x, y.
    pub(super) fn uncompressed(&self) -> [u8; 65] {
        let mut bytes = [4; 65];
        if let Some((x, y)) = bytes
            .split_first_mut()
            .and_then(|(_, rest)| rest.split_at_mut_checked(32))
        {
            x.copy_from_slice(&self.x);
            y.copy_from_slice(&self.y);
        }
        bytes
    }

    /// The point, when it is on the curve.
    pub(super) fn point(&self) -> Option<Point> {
        Point::from_sec1_bytes(&self.uncompressed()).ok()
    }
}

/// The coordinates in a JWK, public or private, not yet checked against the curve.
pub(super) fn coordinates(jwk: &Value) -> Result<PublicKey, &'static str> {
    let text = |member: &str| jwk.get(member).and_then(Value::as_str);
    if text("kty") != Some("EC") || text("crv") != Some("P-256") {
        return Err("this JWK is no P-256 key; `kty` must be `EC` and `crv` must be `P-256`");
    }
    if jwk.get("alg").is_some_and(|alg| alg != super::ALG) {
        return Err("this JWK is for another algorithm; `alg` must be `ES256`");
    }
    match (text("x").and_then(field), text("y").and_then(field)) {
        (Some(x), Some(y)) => Ok(PublicKey { x: *x, y: *y }),
        _ => Err("this JWK is malformed; `x` and `y` must be 32 bytes in base64url each"),
    }
}

/// A number: exactly 32 bytes in base64url. It may be the secret one, so no copy is left behind.
pub(super) fn field(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(base64url::decode(text)?);
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}
