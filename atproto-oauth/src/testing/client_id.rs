//! Client ids: the loopback form for development, and https addresses.

use url::{Host, Url};

use super::form::Form;
use crate::jose::PublicKey;

/// A client as its metadata describe it.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) redirect_uris: Vec<String>,
    pub(super) scope: Vec<String>,
    pub(super) refresh: bool,
    /// Its public keys by `kid`; `None` for a public client.
    pub(super) keys: Option<Vec<(String, PublicKey)>>,
}

/// The key a client proved itself with; a session is bound to it (AT Protocol OAuth: Confidential Client
/// Authentication).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credential {
    pub(super) kid: String,
    pub(super) thumbprint: String,
}

/// The virtual metadata of a loopback client id (AT Protocol OAuth: Localhost Client Development).
pub(super) fn loopback(id: &str) -> Result<Client, String> {
    let query = match id.strip_prefix("http://localhost") {
        Some("" | "/") => "",
        Some(rest) => rest
            .strip_prefix("/?")
            .or_else(|| rest.strip_prefix('?'))
            .ok_or("a loopback client id has no port and no path")?,
        None => return Err("a loopback client id starts with http://localhost".into()),
    };
    if query.contains('#') {
        return Err("a loopback client id has no fragment".into());
    }
    let query = Form::parse(query.as_bytes());
    for (name, _) in &query.0 {
        if name != "redirect_uri" && name != "scope" {
            return Err(format!("a loopback client id has no parameter {name}"));
        }
    }
    if query.all("scope").count() > 1 {
        return Err("the scope of a loopback client id is doubled".into());
    }
    let mut redirect_uris: Vec<String> = query.all("redirect_uri").map(str::to_owned).collect();
    for uri in &redirect_uris {
        check_loopback_redirect(uri)?;
    }
    if redirect_uris.is_empty() {
        redirect_uris = vec!["http://127.0.0.1/".into(), "http://[::1]/".into()];
    }
    Ok(Client {
        id: id.to_owned(),
        name: "an application on this machine".to_owned(),
        redirect_uris,
        scope: scopes(query.get("scope").unwrap_or("atproto"))?,
        refresh: true,
        keys: None,
    })
}

/// Splits a declared scope; `atproto` must be in it, nothing twice (RFC 6749 §3.3).
pub(super) fn scopes(text: &str) -> Result<Vec<String>, String> {
    let scopes: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let allowed = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    if scopes
        .iter()
        .any(|s| s.is_empty() || !s.chars().all(allowed))
    {
        return Err("scope is not a list of tokens with single spaces between them".into());
    }
    if let Some((_, twice)) = scopes
        .iter()
        .enumerate()
        .find(|(place, scope)| scopes.iter().take(*place).any(|earlier| earlier == *scope))
    {
        return Err(format!("the scope {twice} is doubled"));
    }
    if !scopes.iter().any(|scope| scope == "atproto") {
        return Err("scope must contain atproto".into());
    }
    Ok(scopes)
}

/// Only addresses of this machine, never its name (AT Protocol OAuth: Request Fields).
fn check_loopback_redirect(uri: &str) -> Result<(), String> {
    let url = parse(uri, "redirect_uri")?;
    let here = matches!(url.host(), Some(Host::Ipv4(ip)) if ip.is_loopback() && ip.octets() == [127, 0, 0, 1])
        || matches!(url.host(), Some(Host::Ipv6(ip)) if ip.is_loopback());
    if url.scheme() == "http" && here {
        Ok(())
    } else {
        Err(format!(
            "the redirect_uri {uri} must start with http://127.0.0.1 or http://[::1]"
        ))
    }
}

/// A URL without fragment and credentials (RFC 6749 §3.1.2).
pub(super) fn parse(text: &str, what: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| format!("{what} is not a URL"))?;
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{what} has a fragment or credentials"));
    }
    Ok(url)
}

/// Checks an https client id (AT Protocol OAuth: Clients).
pub(super) fn check_web(id: &str) -> Result<Url, String> {
    let url = parse(id, "client_id")?;
    if url.scheme() != "https" || url.as_str() != id {
        return Err("client_id must be a canonical https address".into());
    }
    if url.port().is_some() {
        return Err("client_id must not have a port".into());
    }
    if url.path() == "/" || url.path().ends_with('/') {
        return Err("client_id needs a path that does not end with /".into());
    }
    match url.host() {
        Some(Host::Domain(host)) if is_public(host) => Ok(url),
        _ => Err("client_id must be on a public host name".into()),
    }
}

/// Whether others could reach a host of that name.
pub(super) fn is_public(host: &str) -> bool {
    const PRIVATE: [&str; 6] = [
        "test",
        "local",
        "localhost",
        "invalid",
        "example",
        "internal",
    ];
    host.rsplit_once('.')
        .is_some_and(|(_, last)| !PRIVATE.contains(&last))
}

impl Client {
    /// Whether the application may be led back to `uri` (AT Protocol OAuth: Request Fields).
    pub(super) fn accepts(&self, uri: &str) -> bool {
        self.redirect_uris
            .iter()
            .any(|declared| declared == uri || differs_in_port(declared, uri))
    }
}

/// A loopback address that was declared without a port accepts any.
fn differs_in_port(declared: &str, uri: &str) -> bool {
    let (Ok(declared), Ok(mut actual)) = (Url::parse(declared), Url::parse(uri)) else {
        return false;
    };
    let loopback = matches!(declared.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
    loopback
        && declared.scheme() == "http"
        && declared.port().is_none()
        && actual.set_port(None).is_ok()
        && actual == declared
}
