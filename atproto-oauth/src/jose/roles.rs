//! The two things keys are for. They are different types, so that one cannot be used as the other.

use std::fmt;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::import::jwk_value;
use super::policy::MAX_KID_LEN;
use super::{ALG, PrivateKey, PublicKey, sign_compact};
use crate::error::{Error, ErrorKind};
use crate::types::SecretText;

#[cfg(test)]
mod tests;

/// The key of one session, to which its tokens are bound (RFC 9449). Made at sign-in, gone with it.
#[derive(Debug)]
pub struct DpopKey(PrivateKey);

/// A key with which the application proves to authorization servers who it is (RFC 7523).
pub struct ClientKey {
    kid: String,
    key: PrivateKey,
}

impl DpopKey {
    /// A new key.
    ///
    /// # Errors
    ///
    /// As [`PrivateKey::generate`].
    pub fn generate() -> Result<Self, Error> {
        PrivateKey::generate().map(Self)
    }

    /// As [`PrivateKey::from_parts`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn from_parts(d: &[u8; 32], x: &[u8; 32], y: &[u8; 32]) -> Result<Self, Error> {
        PrivateKey::from_parts(d, x, y).map(Self)
    }

    /// As [`PrivateKey::parts`].
    #[must_use]
    pub fn parts(&self) -> (Zeroizing<[u8; 32]>, [u8; 32], [u8; 32]) {
        self.0.parts()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        self.0.public()
    }

    /// The key itself, for signing.
    #[doc(hidden)]
    #[must_use]
    pub fn private(&self) -> &PrivateKey {
        &self.0
    }

    /// As [`sign_compact`].
    ///
    /// # Errors
    ///
    /// As there.
    #[doc(hidden)]
    pub fn sign_compact(&self, header_json: &str, claims_json: &str) -> Result<String, Error> {
        sign_compact(&self.0, header_json, claims_json)
    }
}

impl From<PrivateKey> for DpopKey {
    fn from(key: PrivateKey) -> Self {
        Self(key)
    }
}

impl ClientKey {
    /// A key under the name `kid`.
    ///
    /// # Errors
    ///
    /// `configuration` when `kid` is empty, longer than 200 bytes or has control characters.
    pub fn new(kid: impl Into<String>, key: PrivateKey) -> Result<Self, Error> {
        let kid = kid.into();
        if kid.is_empty() || kid.len() > MAX_KID_LEN || kid.chars().any(char::is_control) {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!(
                    "a client key needs a name; its `kid` must have 1 to {MAX_KID_LEN} visible characters"
                ),
            ));
        }
        Ok(Self { kid, key })
    }

    /// A key under its thumbprint (RFC 7638), which no other key has.
    #[must_use]
    pub fn with_thumbprint(key: PrivateKey) -> Self {
        Self {
            kid: key.public().thumbprint(),
            key,
        }
    }

    /// Reads a private JWK; without a `kid` it gets its thumbprint as name.
    ///
    /// # Errors
    ///
    /// As [`PrivateKey::from_jwk`] and [`new`](Self::new).
    pub fn from_jwk(jwk: &str) -> Result<Self, Error> {
        Self::from_jwk_value(&jwk_value(jwk)?)
    }

    pub(crate) fn from_jwk_value(jwk: &Value) -> Result<Self, Error> {
        let key = PrivateKey::from_jwk_value(jwk)?;
        match jwk.get("kid") {
            None => Ok(Self::with_thumbprint(key)),
            Some(kid) => Self::new(kid.as_str().unwrap_or_default(), key),
        }
    }

    /// The private JWK set of this key alone, as `ATPROTO_CLIENT_KEYS` takes it. It lets its reader pose as
    /// the application.
    #[must_use]
    pub fn to_private_jwks(&self) -> SecretText {
        let (d, x, y) = self.key.parts();
        let encode = super::base64url::encode;
        let jwk = json!({
            "kty": "EC",
            "crv": "P-256",
            "alg": ALG,
            "kid": self.kid,
            "x": encode(&x),
            "y": encode(&y),
            "d": encode(&*d),
        });
        SecretText::new(json!({ "keys": [jwk] }).to_string())
    }

    /// The name under which the key set lists it.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        self.key.public()
    }

    internal! {
        /// The key itself, for signing.
        #[must_use]
        pub fn private(&self) -> &PrivateKey {
            &self.key
        }
    }

    internal! {
        /// What the key set shows: public members, `kid`, `alg` and `use`, nothing else.
        #[must_use]
        pub fn public_jwk(&self) -> Value {
            let PublicKey { x, y } = self.public();
            json!({
                "kty": "EC",
                "crv": "P-256",
                "x": super::base64url::encode(x),
                "y": super::base64url::encode(y),
                "kid": self.kid,
                "alg": ALG,
                "use": "sig",
            })
        }
    }

    internal! {
        /// As [`PrivateKey::sign`].
        ///
        /// # Errors
        ///
        /// As there.
        pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], Error> {
            self.key.sign(message)
        }
    }

    internal! {
        /// As [`sign_compact`].
        ///
        /// # Errors
        ///
        /// As there.
        pub fn sign_compact(&self, header_json: &str, claims_json: &str) -> Result<String, Error> {
            sign_compact(&self.key, header_json, claims_json)
        }
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}
