//! The client's registration: its id, its metadata document, its keys.

use bytes::Bytes;
use url::Url;

use super::paths::Paths;
use crate::error::Error;
use crate::jose::ClientKey;
use crate::protocol::client_id;
use crate::protocol::client_metadata::{ClientMetadata, Display};
use crate::protocol::key_set;
use crate::protocol::policy::SENSIBLE_METADATA_SIZE;
use crate::scope::{Scope, ScopeSet};
use crate::types::Origin;

/// What the client is registered as. Fixed when the client is built; nothing of it depends on a request (AT
/// Protocol OAuth: Client ID Metadata Document).
#[derive(Debug)]
pub(crate) struct ClientRegistration {
    pub(crate) client_id: String,
    pub(crate) base_url: Origin,
    pub(crate) paths: Paths,
    pub(crate) is_loopback: bool,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) default_scope: String,
    pub(crate) declared: String,
    pub(crate) keys: Vec<ClientKey>,
    /// Names of keys that must not be trusted any more (AT Protocol OAuth: Confidential Client Authentication).
    pub(crate) compromised_keys: Vec<String>,
    pub(crate) metadata: Bytes,
    /// The public keys of all `keys`, serialized.
    pub(crate) key_set: Bytes,
}

/// The settings from which a [`ClientRegistration`] is built.
#[derive(Debug)]
pub(crate) struct RegistrationPlan {
    pub(crate) base_url: Origin,
    pub(crate) paths: Paths,
    pub(crate) scopes: Vec<String>,
    pub(crate) optional_scopes: Vec<String>,
    pub(crate) extra_redirect_uris: Vec<String>,
    pub(crate) keys: Vec<ClientKey>,
    pub(crate) compromised_keys: Vec<String>,
    pub(crate) display: Display,
    pub(crate) conventional_client_id: bool,
}

impl RegistrationPlan {
    /// The loopback client when the base URL is on this machine, else a deployed one.
    pub(crate) fn build(self) -> Result<ClientRegistration, Error> {
        check_scopes(&self.scopes, &self.optional_scopes)?;
        let kids = self.keys.iter().map(ClientKey::kid);
        if let Some(kid) = kids.into_iter().find(|kid| self.is_compromised(kid)) {
            return Err(Error::configuration(format!(
                "the client key `{kid}` is compromised and cannot be used; remove it from \
                 `ATPROTO_CLIENT_KEYS`"
            )));
        }
        let default_scope = self.scopes.join(" ");
        let all: Vec<&str> = self
            .scopes
            .iter()
            .chain(&self.optional_scopes)
            .map(String::as_str)
            .collect();
        let declared = all.join(" ");
        let callback = self.base_url.join(&self.paths.callback());
        let mut redirect_uris = vec![callback];
        redirect_uris.extend(self.extra_redirect_uris.iter().cloned());
        if self.base_url.is_loopback() {
            self.loopback(redirect_uris, default_scope, declared)
        } else {
            self.web(redirect_uris, default_scope, declared)
        }
    }

    fn is_compromised(&self, kid: &str) -> bool {
        self.compromised_keys.iter().any(|one| one == kid)
    }

    fn loopback(
        self,
        redirect_uris: Vec<String>,
        default_scope: String,
        declared: String,
    ) -> Result<ClientRegistration, Error> {
        if !self.keys.is_empty() {
            return Err(Error::configuration(
                "the loopback client cannot have keys; unset `ATPROTO_CLIENT_KEYS` or set \
                 `ATPROTO_BASE_URL`",
            ));
        }
        if self.display.client_uri.is_some() {
            return Err(Error::configuration(
                "the loopback client cannot have a `client_uri`; remove it",
            ));
        }
        let client_id = client_id::loopback(&redirect_uris, &declared)?;
        let mut metadata = serde_json::json!({
            "client_id": client_id,
            "application_type": "native",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": declared,
            "redirect_uris": redirect_uris,
            "dpop_bound_access_tokens": true,
            "token_endpoint_auth_method": "none",
        });
        // No server reads this document; the application's own pages show the name.
        if let (Some(name), Some(members)) = (self.display.client_name, metadata.as_object_mut()) {
            members.insert("client_name".into(), name.into());
        }
        Ok(ClientRegistration {
            client_id,
            base_url: self.base_url,
            paths: self.paths,
            is_loopback: true,
            redirect_uris,
            default_scope,
            declared,
            keys: Vec::new(),
            compromised_keys: self.compromised_keys,
            metadata: metadata.to_string().into(),
            key_set: key_set::json(&[])?.into(),
        })
    }

    fn web(
        self,
        redirect_uris: Vec<String>,
        default_scope: String,
        declared: String,
    ) -> Result<ClientRegistration, Error> {
        if !self.base_url.is_https() {
            return Err(Error::configuration(format!(
                "`{}` is not https; set `ATPROTO_BASE_URL` to the https origin people visit",
                self.base_url.as_str()
            )));
        }
        let document = if self.conventional_client_id {
            "/oauth-client-metadata.json".to_owned()
        } else {
            self.paths.client_metadata()
        };
        let client_id = self.base_url.join(&document);
        let jwks_uri = (!self.keys.is_empty()).then(|| self.base_url.join(&self.paths.jwks()));
        let metadata = ClientMetadata::web(
            &client_id,
            &declared,
            redirect_uris.clone(),
            jwks_uri,
            self.display,
        )?
        .to_json();
        if metadata.len() > SENSIBLE_METADATA_SIZE {
            tracing::warn!(
                bytes = metadata.len(),
                "the client metadata is so large that servers may refuse it; declare fewer scopes"
            );
        }
        Ok(ClientRegistration {
            client_id,
            base_url: self.base_url,
            paths: self.paths,
            is_loopback: false,
            redirect_uris,
            default_scope,
            declared,
            key_set: key_set::json(&self.keys)?.into(),
            keys: self.keys,
            compromised_keys: self.compromised_keys,
            metadata: metadata.into(),
        })
    }
}

impl ClientRegistration {
    /// The client proves itself with a key.
    pub(crate) fn is_confidential(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The scope of a request: declared, with `atproto`, without duplicates (AT Protocol OAuth: Client ID
    /// Metadata Document).
    pub(crate) fn requested_scope(&self, wanted: Option<&str>) -> Result<String, Error> {
        let Some(wanted) = wanted else {
            return Ok(self.default_scope.clone());
        };
        if wanted.len() > ScopeSet::MAX_BYTES {
            return Err(Error::invalid_request(
                "the list of scopes is too long; ask for less",
            ));
        }
        let declared: Vec<&str> = self.declared.split(' ').collect();
        let mut list: Vec<&str> = vec!["atproto"];
        for one in wanted.split(' ').filter(|one| !one.is_empty()) {
            if !declared.contains(&one) {
                return Err(Error::invalid_request(format!(
                    "`{one}` is not a permission that this application declares; add it to `scopes` or \
                     `optional_scopes`"
                )));
            }
            if !list.contains(&one) {
                list.push(one);
            }
        }
        if list.contains(&"transition:chat.bsky") && !list.contains(&"transition:generic") {
            return Err(Error::invalid_request(
                "`transition:chat.bsky` needs `transition:generic`; ask for both",
            ));
        }
        Ok(list.join(" "))
    }

    /// The redirect URI of a request: the first, or another that is declared (AT Protocol OAuth: Request
    /// Fields).
    pub(crate) fn redirect_uri(&self, wanted: Option<&str>) -> Result<&str, Error> {
        let mut known = self.redirect_uris.iter().map(String::as_str);
        let found = match wanted {
            None => known.next(),
            Some(wanted) => known.find(|uri| *uri == wanted),
        };
        found.ok_or_else(|| {
            Error::invalid_request(
                "this redirect URI is not declared; add it with `extra_redirect_uris`",
            )
        })
    }
}

fn check_scopes(scopes: &[String], optional: &[String]) -> Result<(), Error> {
    let mut seen: Vec<&str> = Vec::new();
    for text in scopes.iter().chain(optional) {
        text.parse::<Scope>()
            .map_err(|error| Error::configuration(error.to_string()))?;
        if seen.contains(&text.as_str()) {
            return Err(Error::configuration(format!(
                "the scope `{text}` is declared twice; remove one"
            )));
        }
        seen.push(text);
    }
    if !scopes.iter().any(|scope| scope == "atproto") {
        return Err(Error::configuration(
            "the scopes lack `atproto`, without which no account can sign in; add it",
        ));
    }
    if seen.contains(&"transition:chat.bsky") && !seen.contains(&"transition:generic") {
        return Err(Error::configuration(
            "`transition:chat.bsky` needs `transition:generic`; add it",
        ));
    }
    Ok(())
}

/// A base URL is an origin: a path belongs to the prefix.
pub(crate) fn base_url(text: &str) -> Result<Origin, Error> {
    let trimmed = text.strip_suffix('/').unwrap_or(text);
    if let Ok(url) = Url::parse(trimmed)
        && url.path() != "/"
    {
        return Err(Error::configuration(format!(
            "`ATPROTO_BASE_URL` is `{text}`, which has a path; give the origin alone, the path is the \
             attribute's `prefix`"
        )));
    }
    trimmed.parse().map_err(|error| {
        Error::configuration(format!(
            "`ATPROTO_BASE_URL` is `{text}`, which is not an origin; write it like `https://app.example`"
        ))
        .with_source(error)
    })
}
