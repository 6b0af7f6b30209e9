//! Handles, DIDs and DID documents: where to ask, and what counts as an answer.

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT;
use serde_json::Value;
use url::Url;

use super::endpoint::Servers;
use super::policy::MAX_DNS_HANDLE;
use super::{Object, Response};
use crate::error::{Error, ErrorKind};
use crate::types::{Did, DidMethod, Handle, Origin};

/// What a DID document says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidDocument {
    /// The DID that was asked for, which is the document's `id` (AT Protocol DID: DID Documents).
    pub did: Did,
    /// The handle the document claims: unverified until it resolves to this DID (AT Protocol OAuth: Identity
    /// Authentication).
    pub handle: Option<Handle>,
    /// The account's PDS (AT Protocol DID: DID Documents).
    pub pds: Origin,
}

/// The name whose TXT records may hold the DID of `handle`; none for a handle that is too long, or that is
/// reserved (AT Protocol Handle: Syntax).
#[must_use]
pub fn txt_name(handle: &Handle) -> Option<String> {
    let askable = handle.as_str().len() <= MAX_DNS_HANDLE && !handle.is_reserved_tld();
    askable.then(|| format!("_atproto.{handle}."))
}

/// The DID in the TXT records of [`txt_name`]. Records without `did=` are not ours.
///
/// # Errors
/// Two records name different DIDs, or one names none (AT Protocol Handle: Resolution, DNS TXT).
pub fn did_of_txt(records: &[String]) -> Result<Option<Did>, Error> {
    did_in(records).map_err(|problem| match problem {
        TxtProblem::Several => Error::invalid_handle(
            "the handle's DNS records `_atproto` name several accounts; keep one of them",
        ),
        TxtProblem::NoDid(error) => Error::invalid_handle(
            "the handle's DNS record `_atproto` does not hold a DID; put the DID there",
        )
        .with_source(error),
    })
}

/// What can be wrong with the TXT records of a name.
pub(super) enum TxtProblem {
    /// They name several accounts.
    Several,
    /// What stands after `did=` is not a DID.
    NoDid(Error),
}

/// The one DID that TXT records name after `did=`.
pub(super) fn did_in(records: &[String]) -> Result<Option<Did>, TxtProblem> {
    let mut found: Option<Did> = None;
    for text in records
        .iter()
        .filter_map(|record| record.strip_prefix("did="))
    {
        let did = text.trim().parse::<Did>().map_err(TxtProblem::NoDid)?;
        if found.as_ref().is_some_and(|other| *other != did) {
            return Err(TxtProblem::Several);
        }
        found = Some(did);
    }
    Ok(found)
}

/// Asks the handle's own server for its DID (AT Protocol Handle: Resolution, HTTPS).
///
/// # Errors
/// The handle's top-level domain is reserved (AT Protocol Handle: Syntax).
pub fn well_known_request(handle: &Handle) -> Result<Request<Bytes>, Error> {
    if handle.is_reserved_tld() {
        return Err(Error::invalid_handle(format!(
            "`{handle}` cannot exist on the public internet; use a handle that does"
        )));
    }
    get(
        &format!("https://{handle}/.well-known/atproto-did"),
        "text/plain",
    )
}

/// The DID in the answer to [`well_known_request`]; no answer other than success has one.
///
/// # Errors
/// The answer is a success, but not a DID.
pub fn did_of_well_known(response: &Response) -> Result<Option<Did>, Error> {
    if !response.status().is_success() {
        return Ok(None);
    }
    let text = std::str::from_utf8(response.body())
        .unwrap_or_default()
        .trim();
    text.parse().map(Some).map_err(|error| {
        Error::invalid_handle(
            "the handle's `/.well-known/atproto-did` does not hold a DID; put the DID there",
        )
        .with_source(error)
    })
}

/// Asks a service that answers `com.atproto.identity.resolveHandle`, for networks without DNS.
///
/// # Errors
/// The service's URL is malformed.
pub fn resolver_request(resolver: &Url, handle: &Handle) -> Result<Request<Bytes>, Error> {
    let mut url = resolver.clone();
    url.set_path("/xrpc/com.atproto.identity.resolveHandle");
    url.query_pairs_mut()
        .clear()
        .append_pair("handle", handle.as_str());
    get(url.as_str(), "application/json")
}

/// The DID in the answer to [`resolver_request`].
///
/// # Errors
/// The answer is neither a DID nor a refusal.
pub fn did_of_resolver(response: &Response) -> Result<Option<Did>, Error> {
    if response.status() == http::StatusCode::BAD_REQUEST {
        return Ok(None);
    }
    unavailable_unless_ok(response, "the handle resolver")?;
    let object = Object::parse(
        response.body(),
        "the resolver's answer",
        ErrorKind::InvalidHandle,
    )?;
    let did = object.string("did")?.parse::<Did>();
    did.map(Some)
        .map_err(|error| object.error("`did` is not a DID").with_source(error))
}

/// Asks for the document of `did`, at the directory `plc` or at its own host.
///
/// # Errors
/// The DID's method is not supported, or its host may not be asked (AT Protocol DID: Blessed DID Methods).
pub fn document_request(did: &Did, plc: &Url, servers: Servers) -> Result<Request<Bytes>, Error> {
    let url = match did.kind()? {
        DidMethod::Unsupported => {
            return Err(Error::invalid_handle(format!(
                "accounts of the method `did:{}` are not supported; use a `did:plc` or `did:web`",
                did.method()
            )));
        }
        DidMethod::Plc => format!("{}/{did}", plc.as_str().trim_end_matches('/')),
        DidMethod::Web { host, port } => {
            // DIDs are case-sensitive, host names are not.
            let host = host.to_ascii_lowercase();
            let origin = match port {
                Some(port) => format!("http://{host}:{port}"),
                None => format!("https://{host}"),
            };
            let origin = origin.parse::<Origin>().ok();
            let allowed = origin.filter(|origin| servers.allow(origin));
            let origin = allowed.ok_or_else(|| {
                Error::invalid_handle(format!(
                    "`{did}` is not on a public server; use another account"
                ))
            })?;
            origin.join("/.well-known/did.json")
        }
    };
    get(&url, "application/did+ld+json, application/json")
}

/// Reads the answer to [`document_request`].
///
/// # Errors
/// The DID is unknown or was taken down, the server cannot answer now, or the document is not acceptable:
/// another `id` (AT Protocol DID: DID Documents), no PDS, two of them, or one on a server that may not be used.
pub fn document(response: &Response, did: &Did, servers: Servers) -> Result<DidDocument, Error> {
    match response.status().as_u16() {
        404 => {
            return Err(Error::invalid_handle(format!(
                "`{did}` does not exist; check the spelling"
            )));
        }
        410 => {
            return Err(Error::invalid_handle(format!(
                "the account `{did}` was deleted; use another one"
            )));
        }
        _ => unavailable_unless_ok(response, "the DID's server")?,
    }
    let object = Object::parse(
        response.body(),
        "the DID document",
        ErrorKind::InvalidHandle,
    )?;
    if object.string("id")? != did.as_str() {
        return Err(object.error("`id` is another DID"));
    }
    let aliases = object.strings("alsoKnownAs")?.unwrap_or_default();
    let handle = aliases
        .iter()
        .find_map(|alias| alias.strip_prefix("at://")?.parse().ok());
    Ok(DidDocument {
        did: did.clone(),
        handle,
        pds: pds(&object, did, servers)?,
    })
}

fn pds(document: &Object, did: &Did, servers: Servers) -> Result<Origin, Error> {
    let services = document.get("service").and_then(Value::as_array);
    let mut found: Option<&str> = None;
    for service in services.into_iter().flatten() {
        let member = |name| service.get(name).and_then(Value::as_str);
        let id = member("id").unwrap_or_default();
        let ours = id.strip_prefix(did.as_str()).unwrap_or(id) == "#atproto_pds";
        if !ours || member("type") != Some("AtprotoPersonalDataServer") {
            continue;
        }
        let endpoint = member("serviceEndpoint")
            .ok_or_else(|| document.error("the PDS's `serviceEndpoint` is not a string"))?;
        if found.replace(endpoint).is_some() {
            return Err(document.error("it names two PDSes"));
        }
    }
    let endpoint = found.ok_or_else(|| document.error("it names no PDS"))?;
    let origin = endpoint
        .strip_suffix('/')
        .unwrap_or(endpoint)
        .parse::<Origin>();
    origin
        .ok()
        .filter(|origin| servers.allow(origin))
        .ok_or_else(|| document.error("the PDS is not a public https server"))
}

fn unavailable_unless_ok(response: &Response, who: &str) -> Result<(), Error> {
    let status = response.status();
    if status == http::StatusCode::OK {
        return Ok(());
    }
    let transient = status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429);
    let error = if transient {
        let message = format!("{who} cannot answer now; try again in a moment");
        Error::new(ErrorKind::TemporarilyUnavailable, message)
            .with_retry_after(super::failure::retry_after(response))
    } else {
        let status = status.as_u16();
        Error::invalid_handle(format!(
            "{who} answered with status {status}; check the spelling, or try again later"
        ))
    };
    Err(error)
}

fn get(url: &str, accept: &'static str) -> Result<Request<Bytes>, Error> {
    Request::get(url)
        .header(ACCEPT, accept)
        .body(Bytes::new())
        .map_err(|error| {
            Error::invalid_handle("the identifier does not lead to a server; check the spelling")
                .with_source(error)
        })
}

#[cfg(test)]
mod tests;
