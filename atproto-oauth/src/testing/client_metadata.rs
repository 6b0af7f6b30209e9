//! Checks the metadata document of a web client.

use serde_json::Value;
use url::Url;

use super::client_id::{Client, is_public, parse, scopes};
use crate::jose::PublicKey;

/// Members that belong to other protocols, or that the reference server refuses.
const REFUSED: [&str; 6] = [
    "client_secret",
    "default_max_age",
    "id_token_signed_response_alg",
    "tls_client_certificate_bound_access_tokens",
    "userinfo_encrypted_response_alg",
    "userinfo_signed_response_alg",
];

/// Reads the document that was found at `id`; `jwks` is what its `jwks_uri` led to.
pub(super) fn read(id: &Url, document: &Value, jwks: Option<&Value>) -> Result<Client, String> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    if text("client_id") != Some(id.as_str()) {
        return Err("client_id in the metadata is not the address of the metadata".into());
    }
    if let Some(name) = REFUSED.iter().find(|name| document.get(name).is_some()) {
        return Err(format!("{name} does not belong into the metadata"));
    }
    let grants = list(document, "grant_types")?;
    if !grants.contains(&"authorization_code") || grants.contains(&"implicit") {
        return Err("grant_types must contain authorization_code and not implicit".into());
    }
    if !list(document, "response_types")?.contains(&"code") {
        return Err("response_types must contain code".into());
    }
    if document.get("dpop_bound_access_tokens") != Some(&Value::Bool(true)) {
        return Err("dpop_bound_access_tokens must be true".into());
    }
    check_addresses(id, document)?;
    let redirect_uris = redirect_uris(document)?;
    Ok(Client {
        id: id.to_string(),
        name: text("client_name")
            .or(id.host_str())
            .unwrap_or_default()
            .to_owned(),
        redirect_uris,
        scope: scopes(text("scope").ok_or("scope is missing")?)?,
        refresh: grants.contains(&"refresh_token"),
        keys: keys(document, jwks)?,
    })
}

fn list<'a>(document: &'a Value, name: &str) -> Result<Vec<&'a str>, String> {
    let items = document
        .get(name)
        .and_then(Value::as_array)
        .ok_or_else(|| format!("{name} is missing"))?;
    items
        .iter()
        .map(|item| {
            item.as_str()
                .ok_or_else(|| format!("{name} is not a list of texts"))
        })
        .collect()
}

/// `client_uri` on the same origin, the other pages on https (AT Protocol OAuth: Client ID Metadata Document).
fn check_addresses(id: &Url, document: &Value) -> Result<(), String> {
    for name in ["client_uri", "logo_uri", "tos_uri", "policy_uri"] {
        let Some(value) = document.get(name) else {
            continue;
        };
        let url = parse(value.as_str().unwrap_or_default(), name)?;
        if url.scheme() != "https" {
            return Err(format!("{name} must be https"));
        }
        if name == "client_uri" && url.origin() != id.origin() {
            return Err("client_uri must be on the origin of the client_id".into());
        }
    }
    Ok(())
}

/// Https on public hosts, written without the default port.
fn redirect_uris(document: &Value) -> Result<Vec<String>, String> {
    let uris = list(document, "redirect_uris")?;
    if uris.is_empty() {
        return Err("redirect_uris is empty".into());
    }
    for uri in &uris {
        let url = parse(uri, "redirect_uri")?;
        let public = url.domain().is_some_and(is_public);
        if url.scheme() != "https" || !public || url.as_str() != *uri {
            return Err(format!(
                "the redirect_uri {uri} must be a canonical public https address"
            ));
        }
    }
    Ok(uris.into_iter().map(str::to_owned).collect())
}

/// The public keys of a document, from itself or from where `jwks_uri` leads (RFC 7591 §2).
fn keys(
    document: &Value,
    jwks: Option<&Value>,
) -> Result<Option<Vec<(String, PublicKey)>>, String> {
    let alg = document.get("token_endpoint_auth_signing_alg");
    let native = document.get("application_type").and_then(Value::as_str) == Some("native");
    match document
        .get("token_endpoint_auth_method")
        .and_then(Value::as_str)
    {
        Some("none") if alg.is_some() => {
            Err("token_endpoint_auth_signing_alg does not belong to a public client".into())
        }
        Some("none") => Ok(None),
        Some("private_key_jwt") if native => Err("a native client is public".into()),
        Some("private_key_jwt") if alg.and_then(Value::as_str) != Some("ES256") => {
            Err("token_endpoint_auth_signing_alg must be ES256".into())
        }
        Some("private_key_jwt") => {
            let set = match (document.get("jwks"), document.get("jwks_uri")) {
                (Some(set), None) => set,
                (None, Some(_)) => jwks.ok_or("jwks_uri leads nowhere")?,
                _ => return Err("there must be exactly one of jwks and jwks_uri".into()),
            };
            key_set(set).map(Some)
        }
        _ => Err("token_endpoint_auth_method must be none or private_key_jwt".into()),
    }
}

/// Public members only, each key with a `kid` of its own and a purpose.
fn key_set(set: &Value) -> Result<Vec<(String, PublicKey)>, String> {
    let keys = set.get("keys").and_then(Value::as_array);
    let mut found: Vec<(String, PublicKey)> = Vec::new();
    for jwk in keys.ok_or("the key set has no keys")? {
        let key = PublicKey::from_jwk(jwk)
            .map_err(|_| "the key set has a key that is not a public P-256 key")?;
        let kid = jwk.get("kid").and_then(Value::as_str).unwrap_or_default();
        if kid.is_empty() || found.iter().any(|(other, _)| other == kid) {
            return Err("every key of the key set needs its own kid".into());
        }
        if jwk.get("alg").and_then(Value::as_str) != Some("ES256") {
            return Err("every key of the key set must say alg ES256".into());
        }
        if jwk.get("use").and_then(Value::as_str) != Some("sig") && jwk.get("key_ops").is_none() {
            return Err("every key of the key set must say what it is for".into());
        }
        found.push((kid.to_owned(), key));
    }
    if found.is_empty() {
        Err("the key set is empty".into())
    } else {
        Ok(found)
    }
}
