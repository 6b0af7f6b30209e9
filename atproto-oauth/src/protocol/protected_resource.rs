//! Which authorization server a PDS trusts (RFC 9728).

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT;
use serde_json::Value;

use super::endpoint::Servers;
use super::{Object, Response};
use crate::error::{Error, ErrorKind};
use crate::types::{Issuer, Origin};

const KIND: ErrorKind = ErrorKind::AuthorizationServerMetadataFailed;

/// Asks `pds` for its protected resource metadata.
///
/// # Errors
/// The origin is not a URL; cannot happen with a parsed one.
pub fn request(pds: &Origin) -> Result<Request<Bytes>, Error> {
    well_known(pds, "/.well-known/oauth-protected-resource")
}

/// The one authorization server of `pds`.
///
/// # Errors
/// The answer is not exactly 200 with JSON (RFC 9728 §3.2), speaks for another resource (RFC 9728 §3.3), or
/// does not name exactly one server, by its plain origin (AT Protocol OAuth: Server Metadata).
pub fn issuer(response: &Response, pds: &Origin, servers: Servers) -> Result<Issuer, Error> {
    let object = metadata(response, "the PDS's metadata")?;
    if object.string("resource")? != pds.as_str() {
        return Err(object.error("`resource` is another server"));
    }
    let list = object
        .get("authorization_servers")
        .and_then(Value::as_array);
    let Some([one]) = list.map(Vec::as_slice) else {
        return Err(object.error("`authorization_servers` does not name exactly one server"));
    };
    one.as_str()
        .and_then(|one| one.parse::<Issuer>().ok())
        .filter(|issuer| servers.allow(issuer.origin()))
        .ok_or_else(|| object.error("`authorization_servers` names no public https origin"))
}

pub(super) fn well_known(origin: &Origin, path: &str) -> Result<Request<Bytes>, Error> {
    let request = Request::get(origin.join(path)).header(ACCEPT, "application/json");
    request.body(Bytes::new()).map_err(|error| {
        Error::new(KIND, "the server's address is malformed; give an origin").with_source(error)
    })
}

pub(super) fn metadata(response: &Response, what: &'static str) -> Result<Object, Error> {
    if response.status() != http::StatusCode::OK {
        let failure = super::failure::Failure::of(response);
        let status = response.status().as_u16();
        let message =
            format!("{what} has status {status} instead of 200; that server may not know OAuth");
        return Err(failure.into_error(KIND, &message));
    }
    Object::of(response, what, KIND)
}

#[cfg(test)]
mod tests;
