//! Proof Key for Code Exchange (RFC 7636), method S256 only.

use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;
use crate::jose::{base64url, random_token, sha256};

/// A fresh verifier: 256 random bits as 43 base64url characters (RFC 7636 §4).
///
/// # Errors
/// The system has no randomness.
pub fn verifier() -> Result<SecretString, Error> {
    Ok(random_token()?.into())
}

/// The `code_challenge` of `verifier`.
#[must_use]
pub fn challenge(verifier: &SecretString) -> String {
    base64url::encode(&sha256(verifier.expose_secret().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AR-07: the vector of RFC 7636, appendix B.
    #[test]
    fn s256_vector() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
            .to_owned()
            .into();
        assert_eq!(
            challenge(&verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    /// AR-07: long enough, and never the same twice.
    #[test]
    fn verifiers_are_fresh() {
        let (a, b) = (verifier().unwrap(), verifier().unwrap());
        assert_eq!(a.expose_secret().len(), 43);
        assert_ne!(a.expose_secret(), b.expose_secret());
    }
}
