//! Token requests and what may be accepted as an answer (RFC 6749 §5, RFC 9449 §5).

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::authorization_server::AuthorizationServer;
use super::failure::Failure;
use super::form::Form;
use super::policy::{MAX_TOKEN, MAX_TOKEN_LIFETIME};
use super::{Object, Response};
use crate::error::{Error, ErrorKind};
use crate::types::{Did, DidMethod};

const KIND: ErrorKind = ErrorKind::TokenValidationFailed;

/// The form that exchanges a code (RFC 6749 §4.1.3).
#[must_use]
pub fn code_form(
    server: &AuthorizationServer,
    client_id: &str,
    redirect_uri: &str,
    code: &SecretString,
    verifier: &SecretString,
) -> Form {
    Form::new(server.token_endpoint.clone())
        .with("grant_type", "authorization_code")
        .with("client_id", client_id)
        .with("redirect_uri", redirect_uri)
        .with("code", code.expose_secret())
        .with("code_verifier", verifier.expose_secret())
}

/// The form that spends a refresh token.
#[must_use]
pub fn refresh_form(server: &AuthorizationServer, client_id: &str, token: &SecretString) -> Form {
    Form::new(server.token_endpoint.clone())
        .with("grant_type", "refresh_token")
        .with("client_id", client_id)
        .with("refresh_token", token.expose_secret())
}

/// Whatever tokens an answer holds, kept so that a refused answer can still be revoked (RFC 7009 §2).
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// `access_token`.
    pub access_token: Option<SecretString>,
    /// `refresh_token`.
    pub refresh_token: Option<SecretString>,
}

impl Received {
    /// Takes what can be taken of any answer.
    #[must_use]
    pub fn of(response: &Response) -> Self {
        let Ok(object) = Object::parse(response.body(), "the token response", KIND) else {
            return Self::default();
        };
        let token = |name| token(&object, name).ok().flatten();
        Self {
            access_token: token("access_token"),
            refresh_token: token("refresh_token"),
        }
    }
}

/// A checked token response. The tokens are opaque (RFC 6749 §1.4).
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Bound to the DPoP key of the flow.
    pub access_token: SecretString,
    /// Good for one refresh.
    pub refresh_token: Option<SecretString>,
    /// How long the access token lives, if the server says; zero when it says nonsense (RFC 6749 §5.1).
    pub expires_in: Option<Duration>,
    /// The granted permissions, as the server writes them.
    pub scope: String,
    /// The account.
    pub subject: Did,
}

impl Tokens {
    /// Checks a token response: exactly 200, JSON, DPoP (RFC 9449 §5), a scope with `atproto` (AT Protocol
    /// OAuth: Scopes), the account's DID (AT Protocol OAuth: Tokens and Session Lifetime). Whether it is the
    /// *right* account is for the caller to check (AT Protocol OAuth: Identity Authentication).
    ///
    /// # Errors
    /// Names the member that is not acceptable.
    pub fn check(response: &Response) -> Result<Self, Error> {
        if response.status() != http::StatusCode::OK {
            let status = response.status().as_u16();
            let message = format!("the token response has status {status}; sign in again");
            return Err(Error::new(KIND, message));
        }
        let object = Object::of(response, "the token response", KIND)?;
        if !object.string("token_type")?.eq_ignore_ascii_case("DPoP") {
            return Err(object.error("`token_type` is not `DPoP`"));
        }
        let scope = object.string("scope")?;
        if scope.len() > MAX_TOKEN || !scope.split(' ').any(|one| one == "atproto") {
            return Err(object.error("`scope` lacks `atproto`"));
        }
        let subject: Did = object
            .string("sub")?
            .parse()
            .map_err(|error| object.error("`sub` is not a DID").with_source(error))?;
        if !matches!(subject.kind(), Ok(DidMethod::Plc | DidMethod::Web { .. })) {
            return Err(object.error("`sub` is not a `did:plc` or `did:web`"));
        }
        let access_token = token(&object, "access_token")?
            .ok_or_else(|| object.error("`access_token` is missing"))?;
        Ok(Self {
            access_token,
            refresh_token: token(&object, "refresh_token")?,
            expires_in: expires_in(&object)?,
            scope: scope.to_owned(),
            subject,
        })
    }
}

/// Why a token request was refused, sorted by what it means for a session (RFC 6749 §5.2).
#[derive(Debug)]
pub enum Refusal {
    /// `invalid_grant`: the code or refresh token is spent.
    InvalidGrant(Failure),
    /// The client itself is not accepted: its key is unknown there, or its metadata. No session ends.
    Client(Failure),
    /// Anything else, most of it transient.
    Other(Failure),
}

impl Refusal {
    /// Sorts an answer other than 200.
    #[must_use]
    pub fn of(response: &Response) -> Self {
        let failure = Failure::of(response);
        match failure.code.as_str() {
            "invalid_grant" if response.status() == http::StatusCode::BAD_REQUEST => {
                Self::InvalidGrant(failure)
            }
            "invalid_client" | "unauthorized_client" | "invalid_client_metadata" => {
                Self::Client(failure)
            }
            _ => Self::Other(failure),
        }
    }
}

fn token(object: &Object, name: &str) -> Result<Option<SecretString>, Error> {
    let visible = |text: &str| text.bytes().all(|b| (0x21..=0x7e).contains(&b));
    match object.optional_string(name)? {
        None | Some("") => Ok(None),
        Some(text) if text.len() > MAX_TOKEN || !visible(text) => {
            Err(object.error(format_args!("`{name}` is not a token")))
        }
        Some(text) => Ok(Some(text.to_owned().into())),
    }
}

fn expires_in(object: &Object) -> Result<Option<Duration>, Error> {
    match object.get("expires_in") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => {
            let seconds = number.as_f64().unwrap_or_default();
            let life = match Duration::try_from_secs_f64(seconds) {
                Ok(life) => Duration::from_secs(life.as_secs()),
                Err(_) if seconds > 0.0 => MAX_TOKEN_LIFETIME,
                Err(_) => Duration::ZERO,
            };
            Ok(Some(life.min(MAX_TOKEN_LIFETIME)))
        }
        Some(_) => Err(object.error("`expires_in` is not a number")),
    }
}

#[cfg(test)]
mod tests;
