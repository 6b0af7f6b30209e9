//! Client ids: the address of a metadata document, or the loopback client of development.

use url::Url;
use url::form_urlencoded::{self, Serializer};

use super::endpoint::is_public_name;
use super::scope_list::check_scope;
use crate::error::{Error, ErrorKind};

/// The loopback client id, before its query.
const LOCALHOST: &str = "http://localhost";

/// The redirect URIs of a loopback client that names none.
pub(super) const DEFAULT_REDIRECTS: [&str; 2] = ["http://127.0.0.1/", "http://[::1]/"];

/// The scope of a loopback client that names none.
const DEFAULT_SCOPE: &str = "atproto";

/// Checks that `text` can be the client id of a deployed application (AT Protocol OAuth: Clients): https, a
/// host name on the public internet, no port, a path, and written the way every server writes it.
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
    let url = Url::parse(text)
        .map_err(|e| problem("is not a URL; write `https://` and a host name").with_source(e))?;
    if url.scheme() != "https" {
        return Err(problem(
            "is not https; set `ATPROTO_BASE_URL` to an https origin",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("holds a user name; remove it"));
    }
    if !url.domain().is_some_and(is_public_name) {
        return Err(problem(
            "is not on a public host name; use the name people will visit",
        ));
    }
    if has_port(text) {
        return Err(problem(
            "has a port; serve the application on port 443 of its host name",
        ));
    }
    if url.fragment().is_some() || url.query().is_some() {
        return Err(problem("has a query or a fragment; remove it"));
    }
    if url.path().ends_with('/') {
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

/// Checks where people come back to on their own machine: `http://127.0.0.1:PORT/path` (AT Protocol OAuth:
/// Request Fields).
///
/// # Errors
/// Another scheme or host (authorization servers refuse `localhost`), a user name, a fragment, or a
/// spelling that is not the normal one, as servers compare it byte by byte.
pub fn check_loopback_redirect(text: &str) -> Result<Url, Error> {
    let problem = |what: &str| {
        Error::new(
            ErrorKind::Configuration,
            format!("the redirect URI `{text}` {what}"),
        )
    };
    let url = Url::parse(text)
        .map_err(|e| problem("is not a URL; write `http://127.0.0.1:3000/…`").with_source(e))?;
    let is_plain =
        url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if url.scheme() != "http" || !is_plain {
        return Err(problem(
            "is not a plain `http:` address; write `http://127.0.0.1:3000/…`",
        ));
    }
    if !matches!(url.host_str(), Some("127.0.0.1" | "[::1]")) {
        return Err(problem(
            "is not on `127.0.0.1` or `[::1]`; write `http://127.0.0.1:3000/…`",
        ));
    }
    if url.as_str() != text {
        return Err(problem(&format!(
            "is not written in its normal form; write `{url}`"
        )));
    }
    Ok(url)
}

/// The client id of a program on the person's own machine: the client's metadata is its query (AT Protocol
/// OAuth: Localhost Client Development). What equals the default is left out.
///
/// # Errors
/// A redirect URI that is not on the loopback interface, or a scope without `atproto` or with doubles.
pub fn loopback(redirect_uris: &[String], scope: &str) -> Result<String, Error> {
    for uri in redirect_uris {
        check_loopback_redirect(uri)?;
    }
    check_scope(scope)?;
    let mut query = Serializer::new(String::new());
    if !redirect_uris
        .iter()
        .map(String::as_str)
        .eq(DEFAULT_REDIRECTS)
    {
        for uri in redirect_uris {
            query.append_pair("redirect_uri", uri);
        }
    }
    if scope != DEFAULT_SCOPE {
        query.append_pair("scope", scope);
    }
    let query = query.finish();
    Ok(if query.is_empty() {
        LOCALHOST.to_owned()
    } else {
        [LOCALHOST, "?", &query].concat()
    })
}

/// What the id of a loopback client says, as an authorization server reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loopback {
    /// Where people may come back to.
    pub redirect_uris: Vec<String>,
    /// The permissions that may be asked for.
    pub scope: String,
}

impl Loopback {
    /// Reads a client id that [`loopback`] could have made.
    ///
    /// # Errors
    /// A port, a path, a fragment, a parameter other than `redirect_uri` and `scope`, two scopes, or what
    /// `loopback` refuses (AT Protocol OAuth: Localhost Client Development).
    pub fn parse(client_id: &str) -> Result<Self, Error> {
        let problem = |what: &str| {
            Error::new(
                ErrorKind::Configuration,
                format!("`{client_id}` is no loopback client id; {what}"),
            )
        };
        let rest = client_id
            .strip_prefix(LOCALHOST)
            .ok_or_else(|| problem("it must start with `http://localhost`"))?;
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let query = match rest.strip_prefix('?') {
            Some(query) if !query.contains('#') => query,
            None if rest.is_empty() => "",
            _ => return Err(problem("it must have no port, path or fragment")),
        };
        let (mut redirect_uris, mut scope) = (Vec::new(), None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "redirect_uri" => {
                    check_loopback_redirect(&value)?;
                    redirect_uris.push(value.into_owned());
                }
                "scope" if scope.is_none() => {
                    check_scope(&value)?;
                    scope = Some(value.into_owned());
                }
                "scope" => return Err(problem("`scope` must be given once")),
                _ => return Err(problem("it may say only `redirect_uri` and `scope`")),
            }
        }
        if redirect_uris.is_empty() {
            redirect_uris = DEFAULT_REDIRECTS.map(str::to_owned).to_vec();
        }
        Ok(Self {
            redirect_uris,
            scope: scope.unwrap_or_else(|| DEFAULT_SCOPE.to_owned()),
        })
    }
}

/// A port is written, be it the default one, which a parsed URL no longer shows.
fn has_port(text: &str) -> bool {
    let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.contains(':')
}

#[cfg(test)]
mod tests;
