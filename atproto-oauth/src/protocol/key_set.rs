//! The client's public keys, as `jwks_uri` serves them (RFC 7517).

use crate::jose::ClientKey;
use crate::{Error, ErrorKind};

/// The key set of `keys`: public members only, each with its own `kid` (CM-14).
///
/// # Errors
/// Two keys have the same `kid`.
pub fn jwks_json(keys: &[ClientKey]) -> Result<String, Error> {
    for (n, key) in keys.iter().enumerate() {
        if keys
            .iter()
            .skip(n + 1)
            .any(|other| other.kid() == key.kid())
        {
            let message = format!("two client keys are named `{}`; rename one", key.kid());
            return Err(Error::new(ErrorKind::Configuration, message));
        }
    }
    let list: Vec<_> = keys.iter().map(ClientKey::public_jwk).collect();
    Ok(serde_json::json!({ "keys": list }).to_string())
}
