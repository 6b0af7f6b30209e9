//! Pushed authorization requests (RFC 9126): the only way this client starts a flow (AT Protocol OAuth: Pushed
//! Authorization Requests).

use std::fmt;

use secrecy::SecretString;
use url::{Url, form_urlencoded};

use super::authorization_server::AuthorizationServer;
use super::failure::Failure;
use super::form::Form;
use super::policy::MAX_URL;
use super::{Object, Response, dpop, pkce};
use crate::error::{Error, ErrorKind};

const KIND: ErrorKind = ErrorKind::AuthorizationUrlFailed;

/// Everything an authorization request says; what it cannot say here is never said. `Debug` does not show the
/// state.
#[derive(Clone)]
pub struct AuthorizationRequest<'a> {
    /// The client id.
    pub client_id: &'a str,
    /// Where the person comes back to.
    pub redirect_uri: &'a str,
    /// The permissions, separated by spaces.
    pub scope: &'a str,
    /// The `state`: random, with no data in it (AT Protocol OAuth: Request Fields).
    pub state: &'a str,
    /// The PKCE verifier, of which only the challenge is sent.
    pub verifier: &'a SecretString,
    /// The handle or DID the person typed; nothing when they typed a server (AT Protocol OAuth: Identity
    /// Authentication).
    pub login_hint: Option<&'a str>,
    /// What the server should ask.
    pub prompt: Option<Prompt>,
}

/// What the authorization server should ask the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prompt {
    /// Nothing: answer at once, or with an error.
    None,
    /// The password, even if they are signed in there.
    Login,
    /// Which of their accounts.
    SelectAccount,
    /// Consent, even if it was given before.
    Consent,
    /// To make an account. Left out where the server cannot (OpenID Connect: prompt parameter).
    Create,
}

impl Prompt {
    /// The protocol's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::SelectAccount => "select_account",
            Self::Consent => "consent",
            Self::Create => "create",
        }
    }
}

impl std::str::FromStr for Prompt {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [
            Self::None,
            Self::Login,
            Self::SelectAccount,
            Self::Consent,
            Self::Create,
        ]
        .into_iter()
        .find(|prompt| prompt.as_str() == text)
        .ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidRequest,
                "this `prompt` is unknown; write `none`, `login`, `select_account`, `consent` or `create`",
            )
        })
    }
}

impl fmt::Debug for AuthorizationRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scope", &self.scope)
            .field("login_hint", &self.login_hint)
            .field("prompt", &self.prompt)
            .finish_non_exhaustive()
    }
}

/// The form that pushes `request` (RFC 9126 §2.1).
#[must_use]
pub fn form(server: &AuthorizationServer, request: &AuthorizationRequest<'_>) -> Form {
    let prompt = request
        .prompt
        .filter(|p| *p != Prompt::Create || server.can_create_accounts);
    Form::new(server.pushed_authorization_request_endpoint.clone())
        .with("client_id", request.client_id)
        .with("response_type", "code")
        .with("redirect_uri", request.redirect_uri)
        .with("scope", request.scope)
        .with("state", request.state)
        .with("code_challenge", &pkce::challenge(request.verifier))
        .with("code_challenge_method", "S256")
        .with_some("login_hint", request.login_hint)
        .with_some("prompt", prompt.map(Prompt::as_str))
}

/// The `request_uri` of a successful answer (RFC 9126 §2.2), which must bring a DPoP nonce too (AT Protocol
/// OAuth: DPoP).
///
/// # Errors
/// The server refused, cannot answer now, or answered without one of the two.
pub fn request_uri(response: &Response) -> Result<String, Error> {
    if !matches!(response.status().as_u16(), 200 | 201) {
        let failure = Failure::of(response);
        let message = if failure.code == "invalid_client_metadata"
            || failure.code == "invalid_client"
        {
            "the authorization server does not accept this application; check that it can read the \
             client metadata, and that it takes clients on `localhost` if this is one"
        } else {
            "the authorization server refused the sign-in; try again"
        };
        return Err(failure.into_error(KIND, message));
    }
    check_nonce(response)?;
    let object = Object::of(response, "the answer to the pushed request", KIND)?;
    let uri = object.string("request_uri")?;
    if uri.len() > MAX_URL {
        return Err(object.error("`request_uri` is too long"));
    }
    Ok(uri.to_owned())
}

/// A server that takes a proof must send a nonce with its answer (AT Protocol OAuth: DPoP). This is the one
/// place where nothing is lost by insisting.
fn check_nonce(response: &Response) -> Result<(), Error> {
    match dpop::nonce(response.headers()) {
        Some(_) => Ok(()),
        None => Err(Error::new(
            KIND,
            "the authorization server sent no usable `DPoP-Nonce`; it is not safe to sign in there",
        )),
    }
}

/// Where the person is sent: the endpoint with `client_id` and `request_uri` and nothing else of ours; a query
/// that the endpoint has already is kept (RFC 9126 §4).
#[must_use]
pub fn authorization_url(server: &AuthorizationServer, client_id: &str, request_uri: &str) -> Url {
    let mut url = server.authorization_endpoint.clone();
    let kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_ours(pair))
        .collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    url.query_pairs_mut()
        .append_pair("client_id", client_id)
        .append_pair("request_uri", request_uri);
    url.set_fragment(None);
    url
}

/// One `name=value` of a query, however its name is escaped.
fn is_ours(pair: &str) -> bool {
    form_urlencoded::parse(pair.as_bytes())
        .any(|(name, _)| name == "client_id" || name == "request_uri")
}

#[cfg(test)]
mod tests;
