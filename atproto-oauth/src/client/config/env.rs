//! Settings from the environment: what differs between a laptop and production.

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use serde_json::Value;

use super::builder::OAuthClientBuilder;
use crate::error::Error;
use crate::jose::{ClientKey, PrivateKey};
use crate::types::Did;

/// Where an application listens unless configured.
const DEFAULT_LISTEN: &str = "127.0.0.1:3000";

impl OAuthClientBuilder {
    /// Reads the `ATPROTO_*` variables of this process; see [`variables`](Self::variables).
    ///
    /// # Errors
    /// As there.
    pub fn env(self) -> Result<Self, Error> {
        self.variables(|name| std::env::var(name).ok())
    }

    /// Reads settings by name; an empty value counts as none.
    ///
    /// | variable | what it sets |
    /// |---|---|
    /// | `ATPROTO_BASE_URL` | the https origin people visit |
    /// | `ATPROTO_LISTEN` | the address to bind; the loopback client's origin without a base URL |
    /// | `ATPROTO_LOOPBACK` | `1`: the loopback client in a release build |
    /// | `ATPROTO_SECRET` | what seals stored sessions |
    /// | `ATPROTO_CLIENT_KEYS` | a JWK or JWK set, PEM blocks, or base64 DER |
    /// | `ATPROTO_COMPROMISED_KEYS` | the names of client keys that leaked, separated by spaces |
    /// | `ATPROTO_STORE` | `memory:`, `file:PATH`, `sqlite:PATH`, `postgres://HOST/DATABASE` or `redis://HOST` |
    /// | `ATPROTO_CLIENT_NAME` | the name consent pages show |
    /// | `ATPROTO_PLC_URL` | another directory of accounts |
    /// | `ATPROTO_HANDLE_RESOLVER` | a service that resolves handles, instead of DNS and HTTPS |
    /// | `ATPROTO_LEXICON_AUTHORITY` | the DID of the account with all permission sets, instead of DNS |
    /// | `ATPROTO_CA_FILE` | further root certificates, PEM |
    /// | `ATPROTO_RESOLVE` | fixed addresses: `*.example.dev:443=127.0.0.1:8443,…` |
    /// | `ATPROTO_ALLOW_LOOPBACK` | `1`: servers on `http://localhost` |
    ///
    /// Without a base URL, in a debug build that listens on a loopback address, the client is the loopback
    /// client of development.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration): a value that cannot be read, with what to write.
    pub fn variables(mut self, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let get = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let listen = listen_address(get("ATPROTO_LISTEN").as_deref())?;
        let loopback = flag("ATPROTO_LOOPBACK", get("ATPROTO_LOOPBACK").as_deref())?;
        match get("ATPROTO_BASE_URL") {
            Some(_) if loopback => {
                return Err(Error::configuration(
                    "`ATPROTO_LOOPBACK` and `ATPROTO_BASE_URL` exclude each other; unset one",
                ));
            }
            Some(origin) => self.base_url = Some(origin),
            None if self.base_url.is_some() && loopback => {
                return Err(Error::configuration(
                    "`ATPROTO_LOOPBACK` is set, but the application names its base URL itself; unset it",
                ));
            }
            None if self.base_url.is_some() => {}
            None => {
                self.base_url = {
                    let debug = cfg!(debug_assertions);
                    Some(loopback_origin(listen, loopback, debug)?)
                }
            }
        }
        if let Some(secret) = get("ATPROTO_SECRET") {
            self.secret = Some(secret);
        }
        if let Some(text) = get("ATPROTO_CLIENT_KEYS") {
            self.keys = client_keys(&text)?;
        }
        if let Some(kids) = get("ATPROTO_COMPROMISED_KEYS") {
            self = self.compromised_client_keys(kids.split_ascii_whitespace());
        }
        if let Some(url) = get("ATPROTO_STORE") {
            self.store_url = Some(url);
        }
        if let Some(name) = get("ATPROTO_CLIENT_NAME") {
            self.display.client_name = Some(name);
        }
        if let Some(url) = get("ATPROTO_PLC_URL") {
            self.plc = url;
        }
        if let Some(url) = get("ATPROTO_HANDLE_RESOLVER") {
            self.handle_resolver = Some(url);
        }
        if let Some(text) = get("ATPROTO_LEXICON_AUTHORITY") {
            let did = text.trim().parse::<Did>().map_err(|error| {
                Error::configuration(format!(
                    "`ATPROTO_LEXICON_AUTHORITY` is `{text}`, which is not a DID; write one like \
                     `did:plc:…`, or unset it"
                ))
                .with_source(error)
            })?;
            self.lexicon_authority = Some(did);
        }
        if let Some(path) = get("ATPROTO_CA_FILE") {
            let pem = std::fs::read(&path).map_err(|error| {
                Error::configuration(format!(
                    "`ATPROTO_CA_FILE` names `{path}`, which cannot be read; check the path"
                ))
                .with_source(error)
            })?;
            self.guard = self.guard.root_certificates(pem);
        }
        if let Some(rules) = get("ATPROTO_RESOLVE") {
            self.guard = self.guard.overrides(rules.parse()?);
        }
        if flag(
            "ATPROTO_ALLOW_LOOPBACK",
            get("ATPROTO_ALLOW_LOOPBACK").as_deref(),
        )? {
            self = self.allow_loopback(true);
        }
        Ok(self)
    }
}

/// The address of `ATPROTO_LISTEN`, or the default.
///
/// # Errors
/// The text is not an address and a port.
pub(crate) fn listen_address(text: Option<&str>) -> Result<SocketAddr, Error> {
    let text = text.unwrap_or(DEFAULT_LISTEN);
    let text = text.replace("localhost:", "127.0.0.1:");
    text.parse().map_err(|_| {
        Error::configuration(format!(
            "`ATPROTO_LISTEN` is `{text}`, which is not an address; write it like `127.0.0.1:3000`"
        ))
    })
}

/// `debug`: this is a debug build, which needs no explicit setting.
fn loopback_origin(listen: SocketAddr, asked: bool, debug: bool) -> Result<String, Error> {
    if !listen.ip().is_loopback() {
        return Err(Error::configuration(format!(
            "`ATPROTO_BASE_URL` is missing, and `{listen}` can be reached from elsewhere; set it to the \
             https origin people visit"
        )));
    }
    if !asked && !debug {
        return Err(Error::configuration(
            "`ATPROTO_BASE_URL` is missing; set it to the https origin people visit, or set \
             `ATPROTO_LOOPBACK=1` to try a release build on this machine",
        ));
    }
    if listen.port() == 0 {
        return Err(Error::configuration(
            "the loopback client needs a fixed port, as it is part of its name; set `ATPROTO_LISTEN` to \
             `127.0.0.1:3000`",
        ));
    }
    Ok(format!("http://{listen}"))
}

/// Private keys in any form that people keep them in; the first signs new sessions.
pub(crate) fn client_keys(text: &str) -> Result<Vec<ClientKey>, Error> {
    let text = text.trim();
    if text.starts_with('{') {
        let json: Value = serde_json::from_str(text).map_err(|error| {
            Error::configuration(
                "`ATPROTO_CLIENT_KEYS` is not valid JSON; make keys with `atproto-oauth keygen`",
            )
            .with_source(error)
        })?;
        return match json.get("keys").and_then(Value::as_array) {
            Some(list) if list.is_empty() => Err(Error::configuration(
                "`ATPROTO_CLIENT_KEYS` holds no key; make one with `atproto-oauth keygen`",
            )),
            Some(list) => list.iter().map(ClientKey::from_jwk_value).collect(),
            None => Ok(vec![ClientKey::from_jwk_value(&json)?]),
        };
    }
    if text.contains("-----BEGIN") {
        let ends: Vec<&str> = text.split_inclusive("PRIVATE KEY-----").collect();
        // Each key is two pieces: up to the end of its first line, and up to the end of its last.
        let blocks = ends
            .chunks(2)
            .map(<[&str]>::concat)
            .filter(|block| block.contains("-----BEGIN"));
        return blocks
            .map(|block| Ok(ClientKey::with_thumbprint(PrivateKey::from_pem(&block)?)))
            .collect();
    }
    let der = base64_any(text).ok_or_else(|| {
        Error::configuration(
            "`ATPROTO_CLIENT_KEYS` is neither JSON nor PEM nor base64; make keys with `atproto-oauth \
             keygen`",
        )
    })?;
    Ok(vec![ClientKey::with_thumbprint(PrivateKey::from_der(
        &der,
    )?)])
}

/// Either alphabet, padded or not.
fn base64_any(text: &str) -> Option<Vec<u8>> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace() && *c != '=')
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    crate::jose::base64url::decode(&plain)
}

fn flag(name: &str, value: Option<&str>) -> Result<bool, Error> {
    match value {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") => Ok(true),
        Some(other) => Err(Error::configuration(format!(
            "`{name}` is `{other}`; write `1` or unset it"
        ))),
    }
}
