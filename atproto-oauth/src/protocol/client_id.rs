//! Client ids: the address of a metadata document, or the loopback client of development.

use url::Url;
use url::form_urlencoded::Serializer;

use super::endpoint::is_public_name;
use crate::{Error, ErrorKind};

/// Checks that `text` can be the client id of a deployed application (CM-01, CM-02): https, a host
/// name on the public internet, no port, a path, and written the way every server writes it.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_web(text: &str) -> Result<Url, Error> {
    let problem = |what: &str| {
        Error::new(
            ErrorKind::Configuration,
            format!("the client id `{text}` {what}"),
        )
    };
    let url = Url::parse(text).map_err(|e| problem("is not a URL").with_source(e))?;
    if url.scheme() != "https" {
        return Err(problem(
            "is not https; set `ATPROTO_BASE_URL` to an https origin",
        ));
    }
    if url.port().is_some() || text.contains(":443") {
        return Err(problem(
            "has a port; serve the application on port 443 of its host name",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("holds a user name; remove it"));
    }
    if url.fragment().is_some() || url.query().is_some() {
        return Err(problem("has a query or a fragment; remove it"));
    }
    if !url.domain().is_some_and(is_public_name) {
        return Err(problem(
            "is not on a public host name; use the name people will visit",
        ));
    }
    if url.path() == "/" || url.path().ends_with('/') {
        return Err(problem(
            "does not name a document; add a path without a trailing `/`",
        ));
    }
    if url.as_str() != text {
        return Err(problem(&format!(
            "is not written in its normal form; write `{url}`"
        )));
    }
    Ok(url)
}

/// Where people come back to on their own machine: `http://127.0.0.1:PORT/path` (LB-04).
///
/// # Errors
/// Another scheme or host; `localhost` is refused by authorization servers.
pub fn check_loopback_redirect(text: &str) -> Result<Url, Error> {
    let problem = |what: &str| {
        Error::new(
            ErrorKind::Configuration,
            format!("the redirect URI `{text}` {what}"),
        )
    };
    let url = Url::parse(text).map_err(|e| problem("is not a URL").with_source(e))?;
    if url.scheme() != "http" || url.fragment().is_some() || !url.username().is_empty() {
        return Err(problem(
            "is not a plain `http:` address; write `http://127.0.0.1:3000/…`",
        ));
    }
    match url.host_str() {
        Some("127.0.0.1" | "[::1]") => Ok(url),
        _ => Err(problem(
            "is not on `127.0.0.1` or `[::1]`; write `http://127.0.0.1:3000/…`",
        )),
    }
}

/// The client id of a program on the person's own machine: the client's metadata is its query
/// (LB-01 to LB-05). What equals the default is left out.
///
/// # Errors
/// A redirect URI that is not on the loopback interface.
pub fn loopback(redirect_uris: &[String], scope: &str) -> Result<String, Error> {
    for uri in redirect_uris {
        check_loopback_redirect(uri)?;
    }
    let mut query = Serializer::new(String::new());
    let defaults = ["http://127.0.0.1/", "http://[::1]/"];
    if !redirect_uris.iter().map(String::as_str).eq(defaults) {
        for uri in redirect_uris {
            query.append_pair("redirect_uri", uri);
        }
    }
    if scope != "atproto" {
        query.append_pair("scope", scope);
    }
    let query = query.finish();
    Ok(if query.is_empty() {
        "http://localhost".into()
    } else {
        format!("http://localhost?{query}")
    })
}
