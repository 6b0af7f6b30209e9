//! Token revocation (RFC 7009).

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::form::Form;

/// Which token is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Revoking it ends the session at the server.
    RefreshToken,
    /// Some servers keep it alive after the refresh token is gone (RFC 7009 §2.1).
    AccessToken,
}

/// The form that revokes `token`. It needs the same client authentication as every other request.
#[must_use]
pub fn form(endpoint: Url, client_id: &str, token: &SecretString, hint: Hint) -> Form {
    let hint = match hint {
        Hint::RefreshToken => "refresh_token",
        Hint::AccessToken => "access_token",
    };
    Form::new(endpoint)
        .with("client_id", client_id)
        .with("token", token.expose_secret())
        .with("token_type_hint", hint)
}

#[cfg(test)]
mod tests;
