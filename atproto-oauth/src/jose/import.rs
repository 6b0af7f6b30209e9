//! Private keys from elsewhere: PEM, DER and JWK in, PEM out. Everything is checked here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use serde_json::Value;
use zeroize::Zeroizing;

use super::public::{coordinates, field};
use super::{PrivateKey, PublicKey};
use crate::error::{Error, ErrorKind};
use crate::types::SecretText;

#[cfg(test)]
mod tests;

impl PrivateKey {
    /// Reads PEM: `PRIVATE KEY` (PKCS#8) or `EC PRIVATE KEY` (SEC 1). Text around it, other blocks
    /// before it and `\n` written as two characters, as in environment files, do not matter.
    ///
    /// # Errors
    ///
    /// `configuration` when there is no such block, it is encrypted, or its key is refused by
    /// [`from_der`](Self::from_der).
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let body = ["PRIVATE KEY", "EC PRIVATE KEY"]
            .iter()
            .find_map(|label| block(pem, label))
            .ok_or_else(|| {
                Error::configuration(
                    "there is no private key in this PEM; it must hold an unencrypted \
                     `PRIVATE KEY` or `EC PRIVATE KEY`",
                )
            })?;
        let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
        for line in body.split("\\n").flat_map(|line| line.split("\\r")) {
            base64.extend(line.chars().filter(|c| !c.is_ascii_whitespace()));
        }
        let der = STANDARD.decode(base64.as_bytes()).map(Zeroizing::new);
        Self::from_der(&der.map_err(|_| {
            Error::configuration(
                "this PEM is damaged; its lines must be base64, and the key not encrypted",
            )
        })?)
    }

    /// Reads DER: PKCS#8 or SEC 1.
    ///
    /// # Errors
    ///
    /// `configuration` for another kind of key or curve, a scalar out of range, or a public key that
    /// does not belong to it.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        SecretKey::from_pkcs8_der(der)
            .ok()
            .or_else(|| SecretKey::from_sec1_der(der).ok())
            .as_ref()
            .and_then(from_secret)
            .ok_or_else(|| {
                Error::configuration("this is not a P-256 private key; make one with `keygen`")
            })
    }

    /// Reads a private JWK (RFC 7517).
    ///
    /// # Errors
    ///
    /// `configuration` for another kind of key, curve or algorithm, a missing or malformed member, a
    /// scalar out of range, or coordinates that do not belong to it.
    pub fn from_jwk(jwk: &str) -> Result<Self, Error> {
        Self::from_jwk_value(&jwk_value(jwk)?)
    }

    pub(crate) fn from_jwk_value(jwk: &Value) -> Result<Self, Error> {
        let public = coordinates(jwk).map_err(Error::configuration)?;
        let d = jwk
            .get("d")
            .and_then(Value::as_str)
            .and_then(field)
            .ok_or_else(|| {
                Error::configuration(
                    "this JWK has no private key; `d` must be 32 bytes in base64url",
                )
            })?;
        SecretKey::from_slice(d.as_slice())
            .ok()
            .as_ref()
            .and_then(from_secret)
            .filter(|key| key.public() == &public)
            .ok_or_else(|| {
                Error::configuration("this JWK is damaged; `d` does not belong to `x` and `y`")
            })
    }

    /// The key as PKCS#8 in PEM, as [`from_pem`](Self::from_pem) reads it.
    ///
    /// # Errors
    ///
    /// `session_store_failed` when a restored key is damaged.
    pub fn to_pem(&self) -> Result<SecretText, Error> {
        let der = self.secret()?.to_pkcs8_der().map_err(|_| {
            Error::new(
                ErrorKind::SessionStoreFailed,
                "the key cannot be written; make another one",
            )
        })?;
        let base64 = Zeroizing::new(STANDARD.encode(der.as_bytes()));
        let mut pem = String::with_capacity(base64.len() + base64.len() / 64 + 64);
        pem.push_str("-----BEGIN PRIVATE KEY-----\n");
        let mut rest = base64.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        Ok(SecretText::new(pem))
    }
}

/// What is between the markers of the first block with this label.
fn block<'a>(pem: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    Some(body)
}

fn from_secret(secret: &SecretKey) -> Option<PrivateKey> {
    let point = secret.public_key().to_sec1_point(false);
    let (_, coordinates) = point.as_bytes().split_first()?;
    let (x, y) = coordinates.split_first_chunk::<32>()?;
    let public = PublicKey {
        x: *x,
        y: y.try_into().ok()?,
    };
    let d = Zeroizing::new(secret.to_bytes());
    Some(PrivateKey::new(Zeroizing::new((*d).into()), public))
}

/// A JWK in JSON.
pub(crate) fn jwk_value(jwk: &str) -> Result<Value, Error> {
    serde_json::from_str(jwk)
        .map_err(|error| Error::configuration("this JWK is not valid JSON").with_source(error))
}
