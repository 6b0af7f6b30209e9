//! The client metadata document, whose own address is the client id.

use serde::Serialize;
use url::Url;

use super::client_id;
use crate::{Error, ErrorKind};

/// A server that reads client metadata may stop at this size, in bytes (CM-21).
pub const SENSIBLE_SIZE: usize = 5 * 1024;

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
    /// Its home page, on the same origin as the client id (CM-16).
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
    /// The metadata of a deployed application. With `jwks_uri` it is confidential and proves itself
    /// with its key; without, it is public (CM-11, CM-12).
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
            return Err(wrong("there is no redirect URI; add one"));
        }
        for uri in &redirect_uris {
            check_redirect(uri)?;
        }
        check_scope(scope)?;
        for uri in [
            &display.client_uri,
            &display.logo_uri,
            &display.tos_uri,
            &display.policy_uri,
        ] {
            let Some(text) = uri else { continue };
            let url = Url::parse(text).ok().filter(|url| url.scheme() == "https");
            let Some(url) = url else {
                return Err(wrong(format!(
                    "`{text}` is not an https URL; write the whole URL"
                )));
            };
            if Some(text) == display.client_uri.as_ref() && url.origin() != id.origin() {
                return Err(wrong(format!(
                    "`client_uri` `{text}` is not on the origin of the client id; use the base URL"
                )));
            }
        }
        let confidential = jwks_uri.is_some();
        Ok(Self {
            client_id: id.to_string(),
            application_type: "web",
            grant_types: ["authorization_code", "refresh_token"],
            response_types: ["code"],
            scope: scope.to_owned(),
            redirect_uris,
            dpop_bound_access_tokens: true,
            token_endpoint_auth_method: if confidential {
                "private_key_jwt"
            } else {
                "none"
            },
            token_endpoint_auth_signing_alg: confidential.then_some("ES256"),
            jwks_uri,
            display,
        })
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// An https URL without fragment, user name or default port (RU-01, RU-04).
fn check_redirect(text: &str) -> Result<(), Error> {
    let url = Url::parse(text).ok().filter(|url| {
        url.scheme() == "https"
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && url.as_str() == text
    });
    url.map(|_| ()).ok_or_else(|| {
        wrong(format!(
            "the redirect URI `{text}` is not a plain https URL; write it in full"
        ))
    })
}

/// `atproto` is there and nothing is there twice (CM-07).
fn check_scope(scope: &str) -> Result<(), Error> {
    let list: Vec<&str> = scope.split(' ').collect();
    if !list.contains(&"atproto") {
        return Err(wrong("the scopes lack `atproto`; add it"));
    }
    match list
        .iter()
        .enumerate()
        .find(|(n, one)| list.iter().skip(n + 1).any(|o| o == *one))
    {
        Some((_, twice)) => Err(wrong(format!(
            "the scope `{twice}` is declared twice; remove one"
        ))),
        None => Ok(()),
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}
