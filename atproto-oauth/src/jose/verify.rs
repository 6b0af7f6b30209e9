//! Checking compact signatures, for servers in tests and for applications that receive them.

use serde_json::Value;

use super::policy::MAX_JWS_LEN;
use super::{ALG, PublicKey, base64url};
use crate::error::{Error, ErrorKind};

#[cfg(test)]
mod tests;

/// A compact ES256 signature that was taken apart. Nothing in it is to be believed before
/// [`verify`](Self::verify).
#[derive(Clone, Debug)]
pub struct Jws {
    /// The protected header, a JSON object; `alg` is `ES256`.
    pub header: Value,
    /// The claims, a JSON object.
    pub claims: Value,
    signed: String,
    signature: [u8; 64],
}

impl Jws {
    /// Takes `compact` apart.
    ///
    /// # Errors
    ///
    /// `invalid_request` unless it is at most 16 KiB, three parts in strict base64url, a header and
    /// claims that are JSON objects, `alg` `ES256`, no `crit`, and a signature of 64 bytes.
    pub fn parse(compact: &str) -> Result<Self, Error> {
        Self::take_apart(compact).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidRequest,
                "this is not a signed token; send a compact JWS with `alg` `ES256`",
            )
        })
    }

    /// Whether `key` made the signature.
    #[must_use]
    pub fn verify(&self, key: &PublicKey) -> bool {
        key.verify(self.signed.as_bytes(), &self.signature)
    }

    /// The public key in the header's `jwk`, as DPoP proofs carry it.
    ///
    /// # Errors
    ///
    /// As [`PublicKey::from_jwk`].
    pub fn header_key(&self) -> Result<PublicKey, Error> {
        PublicKey::from_jwk(self.header.get("jwk").unwrap_or(&Value::Null))
    }

    /// The claim `name`, when it is a string.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    fn take_apart(compact: &str) -> Option<Self> {
        if compact.len() > MAX_JWS_LEN {
            return None;
        }
        let (signed, signature) = compact.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header = object(header)?;
        if header.get("alg")? != ALG || header.get("crit").is_some() {
            return None;
        }
        Some(Self {
            claims: object(claims)?,
            header,
            signed: signed.to_owned(),
            signature: base64url::decode(signature)?.try_into().ok()?,
        })
    }
}

/// A JSON object in base64url; a fourth part would have left a `.` in it, which base64url refuses.
fn object(part: &str) -> Option<Value> {
    serde_json::from_slice(&base64url::decode(part)?)
        .ok()
        .filter(Value::is_object)
}
