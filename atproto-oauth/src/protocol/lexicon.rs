//! Lexicons: where the definition of a name is published, and what counts as one. Lexicon specification,
//! "Lexicon Publication and Resolution".
//!
//! The record is taken from the account's own PDS, over TLS, and its signature is not looked at: what
//! is read here explains what a server granted, and grants nothing.

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT;
use serde_json::Value;
use url::form_urlencoded;

use super::failure::Failure;
use super::identity::{TxtProblem, did_in};
use super::policy::{MAX_DNS_NAME, MAX_SHOWN_NSID};
use super::{Object, Response};
use crate::error::{Error, ErrorKind};
use crate::scope::{PermissionSet, is_nsid};
use crate::types::{Did, Origin, is_reserved_tld};

const KIND: ErrorKind = ErrorKind::InvalidRequest;

/// Where lexicons are in a repository; the record key is the NSID.
const COLLECTION: &str = "com.atproto.lexicon.schema";

/// `nsid` can be the name of a lexicon.
///
/// # Errors
/// The text is no NSID.
pub fn check_name(nsid: &str) -> Result<(), Error> {
    if is_nsid(nsid) {
        return Ok(());
    }
    let shown: String = nsid
        .chars()
        .take(MAX_SHOWN_NSID)
        .flat_map(char::escape_debug)
        .collect();
    Err(wrong(format!(
        "`{shown}` is not an NSID; write one like `app.bsky.authFullApp`"
    )))
}

/// The name whose TXT records say which account publishes the lexicon `nsid`: `_lexicon.` and the group
/// of the NSID, as a domain. No other name is asked, neither above nor below it.
///
/// # Errors
/// As [`check_name`], or the group is a domain that is too long, or that is reserved.
pub fn txt_name(nsid: &str) -> Result<String, Error> {
    check_name(nsid)?;
    let labels: Vec<&str> = nsid.rsplit('.').skip(1).collect();
    let domain = labels.join(".").to_ascii_lowercase();
    let name = format!("_lexicon.{domain}");
    if name.len() > MAX_DNS_NAME || is_reserved_tld(&domain) {
        return Err(wrong(format!(
            "`{domain}` cannot exist on the public internet, so `{nsid}` is not published; use a \
             permission set that is published"
        )));
    }
    Ok(format!("{name}."))
}

/// The account that the TXT records of [`txt_name`] name.
///
/// # Errors
/// They name none, several, or what is no DID.
pub fn authority_of_txt(records: &[String], nsid: &str) -> Result<Did, Error> {
    let problem = match did_in(records) {
        Ok(Some(did)) => return Ok(did),
        Ok(None) => "name no account",
        Err(TxtProblem::Several) => "name several accounts",
        Err(TxtProblem::NoDid(_)) => "do not hold a DID",
    };
    Err(wrong(format!(
        "the DNS records `_lexicon` for `{nsid}` {problem}; only the owner of the domain can correct it"
    )))
}

/// Asks the PDS of `authority` for the lexicon.
///
/// # Errors
/// The origin is not a URL; cannot happen with a parsed one.
pub fn request(pds: &Origin, authority: &Did, nsid: &str) -> Result<Request<Bytes>, Error> {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("repo", authority.as_str())
        .append_pair("collection", COLLECTION)
        .append_pair("rkey", nsid)
        .finish();
    Request::get(pds.join(&format!("/xrpc/com.atproto.repo.getRecord?{query}")))
        .header(ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|error| {
            wrong("the server's address is malformed; give an origin").with_source(error)
        })
}

/// The permission set `nsid` in the answer to [`request`].
///
/// # Errors
/// There is no such record, it is another one than was asked for, or it is no permission set.
pub fn permission_set(
    response: &Response,
    authority: &Did,
    nsid: &str,
) -> Result<PermissionSet, Error> {
    if response.status() != http::StatusCode::OK {
        return Err(refused(&Failure::of(response), nsid));
    }
    let object = Object::of(response, "the lexicon's record", KIND)?;
    if object.string("uri")? != format!("at://{authority}/{COLLECTION}/{nsid}") {
        return Err(object.error("`uri` is another record"));
    }
    let lexicon = object.get("value").unwrap_or(&Value::Null);
    let member = |name| lexicon.get(name).and_then(Value::as_str);
    if member("$type") != Some(COLLECTION) {
        return Err(object.error("its `$type` is not that of lexicons"));
    }
    if member("id") != Some(nsid) {
        return Err(object.error("its `id` is another lexicon"));
    }
    PermissionSet::from_lexicon(lexicon)
}

fn refused(failure: &Failure, nsid: &str) -> Error {
    if failure.is_transient() {
        let message = "the lexicon's server cannot answer now; try again in a moment";
        return Error::new(ErrorKind::TemporarilyUnavailable, message)
            .with_retry_after(failure.retry_after);
    }
    wrong(format!(
        "the lexicon `{nsid}` is not published; only the owner of the domain can publish it"
    ))
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(KIND, message)
}

#[cfg(test)]
mod tests;
