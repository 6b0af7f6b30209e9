//! The client metadata document, whose own address is the client id.

use serde::Serialize;
use url::Url;

use super::client_id;
use super::endpoint::Servers;
use super::policy::SENSIBLE_METADATA_SIZE;
use super::scope_list::check_scope;
use crate::error::Error;
use crate::jose::ALG;

/// What an application says about itself.
#[derive(Clone, Debug, Serialize)]
pub struct ClientMetadata {
    client_id: String,
    application_type: &'static str,
    grant_types: [&'static str; 2],
    response_types: [&'static str; 1],
    scope: String,
    redirect_uris: Vec<String>,
    dpop_bound_access_tokens: bool,
    token_endpoint_auth_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_signing_alg: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    #[serde(flatten)]
    display: Display,
}

/// What consent pages may show; all of it optional.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Display {
    /// The application's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Its home page, on the same origin as the client id (AT Protocol OAuth: Client ID Metadata Document).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Its terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Its privacy policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
}

impl ClientMetadata {
    /// The metadata of a deployed application. With `jwks_uri` it is confidential and proves itself with its
    /// key; without, it is public (AT Protocol OAuth: Client ID Metadata Document).
    ///
    /// # Errors
    /// A setting that authorization servers refuse; the text names it.
    pub fn web(
        id: &str,
        scope: &str,
        redirect_uris: Vec<String>,
        jwks_uri: Option<String>,
        display: Display,
    ) -> Result<Self, Error> {
        let id = client_id::check_web(id)?;
        if redirect_uris.is_empty() {
            return Err(Error::configuration("there is no redirect URI; add one"));
        }
        for uri in &redirect_uris {
            check_redirect(uri)?;
        }
        check_scope(scope)?;
        if let Some(uri) = &jwks_uri {
            check_https("jwks_uri", uri)?;
        }
        display.check(&id)?;
        let confidential = jwks_uri.is_some();
        Ok(Self {
            application_type: "web",
            token_endpoint_auth_method: if confidential {
                "private_key_jwt"
            } else {
                "none"
            },
            token_endpoint_auth_signing_alg: confidential.then_some(ALG),
            jwks_uri,
            display,
            ..Self::public_native(id.into(), scope, redirect_uris)
        })
    }

    /// The metadata that authorization servers make up for a loopback client: native and public, with nothing
    /// to show (AT Protocol OAuth: Localhost Client Development). Without redirect URIs it has the default
    /// ones.
    ///
    /// # Errors
    /// As [`client_id::loopback`].
    pub fn loopback(redirect_uris: Vec<String>, scope: &str) -> Result<Self, Error> {
        let id = client_id::loopback(&redirect_uris, scope)?;
        let redirect_uris = if redirect_uris.is_empty() {
            client_id::DEFAULT_REDIRECTS.map(str::to_owned).to_vec()
        } else {
            redirect_uris
        };
        Ok(Self::public_native(id, scope, redirect_uris))
    }

    /// The client id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What to tell the operator about a document that some servers may not read to its end (Client ID Metadata
    /// Document §6).
    #[must_use]
    pub fn size_warning(&self) -> Option<String> {
        let size = self.to_json().len();
        (size > SENSIBLE_METADATA_SIZE).then(|| {
            format!(
                "the client metadata has {size} bytes, and servers may stop reading at \
                 {SENSIBLE_METADATA_SIZE}; declare fewer scopes or redirect URIs"
            )
        })
    }

    fn public_native(client_id: String, scope: &str, redirect_uris: Vec<String>) -> Self {
        Self {
            client_id,
            application_type: "native",
            grant_types: ["authorization_code", "refresh_token"],
            response_types: ["code"],
            scope: scope.to_owned(),
            redirect_uris,
            dpop_bound_access_tokens: true,
            token_endpoint_auth_method: "none",
            token_endpoint_auth_signing_alg: None,
            jwks_uri: None,
            display: Display::default(),
        }
    }
}

impl Display {
    /// Each address is https (AT Protocol OAuth: Client ID Metadata Document), and the home page is on the
    /// client id's own origin, at a path above it.
    fn check(&self, id: &Url) -> Result<(), Error> {
        for (name, uri) in [
            ("logo_uri", &self.logo_uri),
            ("tos_uri", &self.tos_uri),
            ("policy_uri", &self.policy_uri),
        ] {
            if let Some(uri) = uri {
                check_https(name, uri)?;
            }
        }
        let Some(text) = &self.client_uri else {
            return Ok(());
        };
        let url = check_https("client_uri", text)?;
        let above = url.path().strip_suffix('/').unwrap_or(url.path());
        let rest = id.path().strip_prefix(above);
        if url.origin() == id.origin() && rest.is_some_and(|r| r.is_empty() || r.starts_with('/')) {
            return Ok(());
        }
        Err(Error::configuration(format!(
            "`client_uri` `{text}` is not above the client id; use the base URL"
        )))
    }
}

fn check_https(name: &str, text: &str) -> Result<Url, Error> {
    Servers::Public.endpoint(text).ok_or_else(|| {
        Error::configuration(format!(
            "`{name}` `{text}` is not a public https URL; write it in full"
        ))
    })
}

/// A public https URL without fragment, user name or default port, in its normal form (RFC 6749 §3.1.2).
fn check_redirect(text: &str) -> Result<(), Error> {
    match Servers::Public.endpoint(text) {
        Some(url) if url.as_str() == text => Ok(()),
        Some(url) => Err(Error::configuration(format!(
            "the redirect URI `{text}` is not in its normal form; write `{url}`"
        ))),
        None => Err(Error::configuration(format!(
            "the redirect URI `{text}` is not a public https URL; write it in full"
        ))),
    }
}

#[cfg(test)]
mod tests;
