//! Authorization server metadata (RFC 8414, as the AT Protocol narrows it): strict on what we rely
//! on, blind to everything else.

use bytes::Bytes;
use http::Request;
use url::Url;

use super::endpoint::Servers;
use super::protected_resource::{metadata, well_known};
use super::{Object, Response};
use crate::error::Error;
use crate::types::{Issuer, Origin};

/// What we use of the document, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationServer {
    /// Its name, compared as a plain string (RFC 8414 §3.3).
    pub issuer: Issuer,
    /// Where people are sent.
    pub authorization_endpoint: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: Url,
    /// Where authorization requests are pushed.
    pub pushed_authorization_request_endpoint: Url,
    /// Where tokens are revoked; some servers have none (RFC 7009 §2.2).
    pub revocation_endpoint: Option<Url>,
    /// `prompt=create` is understood.
    pub can_create_accounts: bool,
}

/// Asks `issuer` for its metadata.
///
/// # Errors
/// The issuer is not a URL; cannot happen with a parsed one.
pub fn request(issuer: &Issuer) -> Result<Request<Bytes>, Error> {
    well_known(issuer.origin(), "/.well-known/oauth-authorization-server")
}

/// Lists in which something must be (AT Protocol OAuth: Server Metadata).
const REQUIRED: [(&str, &[&str]); 7] = [
    ("response_types_supported", &["code"]),
    (
        "grant_types_supported",
        &["authorization_code", "refresh_token"],
    ),
    ("code_challenge_methods_supported", &["S256"]),
    (
        "token_endpoint_auth_methods_supported",
        &["none", "private_key_jwt"],
    ),
    (
        "token_endpoint_auth_signing_alg_values_supported",
        &["ES256"],
    ),
    ("scopes_supported", &["atproto"]),
    ("dpop_signing_alg_values_supported", &["ES256"]),
];

/// Flags that must be true (AT Protocol OAuth: Server Metadata).
const REQUIRED_FLAGS: [&str; 3] = [
    "authorization_response_iss_parameter_supported",
    "require_pushed_authorization_requests",
    "client_id_metadata_document_supported",
];

/// Checks the answer to [`request`].
///
/// `pds` is the server that named this issuer, if one did; a document that lists its resources must list it
/// (RFC 9728 §4). `same_origin` refuses endpoints outside the issuer's own origin.
///
/// # Errors
/// Each names the member that is not acceptable.
pub fn check(
    response: &Response,
    issuer: &Issuer,
    pds: Option<&Origin>,
    servers: Servers,
    same_origin: bool,
) -> Result<AuthorizationServer, Error> {
    let object = metadata(response, "the authorization server's metadata")?;
    if object.string("issuer")? != issuer.as_str() {
        return Err(object.error("`issuer` is another server"));
    }
    for (name, values) in REQUIRED {
        let list = object.strings(name)?.unwrap_or_default();
        if let Some(missing) = values.iter().find(|value| !list.contains(value)) {
            return Err(object.error(format_args!("`{name}` lacks `{missing}`")));
        }
    }
    let algorithms = object.strings("token_endpoint_auth_signing_alg_values_supported")?;
    if algorithms.unwrap_or_default().contains(&"none") {
        return Err(object.error("`token_endpoint_auth_signing_alg_values_supported` has `none`"));
    }
    for name in REQUIRED_FLAGS {
        if object.boolean(name)? != Some(true) {
            return Err(object.error(format_args!("`{name}` is not true")));
        }
    }
    if object.boolean("require_request_uri_registration")? == Some(false) {
        return Err(object.error("`require_request_uri_registration` is false"));
    }
    if let (Some(list), Some(pds)) = (object.strings("protected_resources")?, pds)
        && !list.contains(&pds.as_str())
    {
        return Err(object.error("`protected_resources` lacks the PDS"));
    }
    let endpoint = |name| endpoint(&object, name, issuer, servers, same_origin);
    let required =
        |name| endpoint(name)?.ok_or_else(|| object.error(format_args!("`{name}` is missing")));
    Ok(AuthorizationServer {
        issuer: issuer.clone(),
        authorization_endpoint: required("authorization_endpoint")?,
        token_endpoint: required("token_endpoint")?,
        pushed_authorization_request_endpoint: required("pushed_authorization_request_endpoint")?,
        revocation_endpoint: endpoint("revocation_endpoint")?,
        // Nothing depends on it but a wish, so nonsense is the same as nothing (RFC 8414 §2).
        can_create_accounts: object
            .strings("prompt_values_supported")
            .is_ok_and(|values| values.is_some_and(|values| values.contains(&"create"))),
    })
}

fn endpoint(
    object: &Object,
    name: &str,
    issuer: &Issuer,
    servers: Servers,
    same_origin: bool,
) -> Result<Option<Url>, Error> {
    let Some(text) = object.optional_string(name)? else {
        return Ok(None);
    };
    let url = servers
        .endpoint(text)
        .ok_or_else(|| object.error(format_args!("`{name}` is not a public https URL")))?;
    if super::endpoint::origin_of(&url) != issuer.as_str() {
        if same_origin {
            return Err(object.error(format_args!(
                "`{name}` is on another server than the issuer"
            )));
        }
        tracing::info!(
            issuer = issuer.as_str(),
            endpoint = url.as_str(),
            "endpoint on another host"
        );
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests;
