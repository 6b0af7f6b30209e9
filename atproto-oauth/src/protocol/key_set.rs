//! The key set document: where authorization servers find the public keys of the client (RFC 7517 §5).

use std::collections::BTreeSet;

use serde_json::json;

use crate::error::{Error, ErrorKind};
use crate::jose::ClientKey;

/// The document for `keys`: public members only, each key with its `kid`, `alg` and `use` (RFC 7517 §4).
///
/// # Errors
/// Two keys have the same `kid`: servers and sessions could not tell them apart.
pub fn json<'a>(keys: impl IntoIterator<Item = &'a ClientKey>) -> Result<String, Error> {
    let keys: Vec<&ClientKey> = keys.into_iter().collect();
    let mut seen = BTreeSet::new();
    if let Some(twice) = keys.iter().find(|key| !seen.insert(key.kid())) {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "two client keys are named `{}`; give each its own `kid`",
                twice.kid()
            ),
        ));
    }
    let keys: Vec<_> = keys.into_iter().map(ClientKey::public_jwk).collect();
    Ok(json!({ "keys": keys }).to_string())
}

#[cfg(test)]
mod tests;
