//! Pushed authorization requests (RFC 9126): the only way this client starts a flow (AR-01).

use secrecy::SecretString;
use url::Url;

use super::authorization_server::AuthorizationServer;
use super::failure::Failure;
use super::form::Form;
use super::{Object, Response, pkce};
use crate::{Error, ErrorKind};

const KIND: ErrorKind = ErrorKind::AuthorizationUrlFailed;

/// Everything an authorization request says; what it cannot say here is never said (AR-10).
#[derive(Clone, Debug)]
pub struct AuthorizationRequest<'a> {
    /// The client id.
    pub client_id: &'a str,
    /// Where the person comes back to.
    pub redirect_uri: &'a str,
    /// The permissions, separated by spaces.
    pub scope: &'a str,
    /// The `state`: random, with no data in it (AR-06).
    pub state: &'a str,
    /// The PKCE verifier, of which only the challenge is sent.
    pub verifier: &'a SecretString,
    /// The handle or DID the person typed; nothing when they typed a server (ID-22, ID-23).
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
    /// To make an account. Left out where the server cannot (AR-11).
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
                "`prompt` must be `none`, `login`, `select_account`, `consent` or `create`",
            )
        })
    }
}

/// The form that pushes `request` (AR-02, AR-08).
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

/// The `request_uri` of a successful answer (AR-04).
///
/// # Errors
/// The server refused, cannot answer now, or answered without one.
pub fn request_uri(response: &Response) -> Result<String, Error> {
    if !matches!(response.status().as_u16(), 200 | 201) {
        let failure = Failure::of(response);
        let message = if failure.code == "invalid_client_metadata"
            || failure.code == "invalid_client"
        {
            "the authorization server does not accept this application; check its client metadata"
        } else {
            "the authorization server refused the sign-in; try again"
        };
        return Err(failure.into_error(KIND, message));
    }
    let object = Object::parse(response.body(), "the pushed request's answer", KIND)?;
    let uri = object.string("request_uri")?;
    if uri.len() > 2_048 {
        return Err(object.error("`request_uri` is too long"));
    }
    Ok(uri.to_owned())
}

/// Where the person is sent: the endpoint with `client_id` and `request_uri` and nothing else of ours;
/// a query that the endpoint has already is kept (AR-03).
#[must_use]
pub fn authorization_url(server: &AuthorizationServer, client_id: &str, request_uri: &str) -> Url {
    let mut url = server.authorization_endpoint.clone();
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "client_id" && name != "request_uri")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .append_pair("client_id", client_id)
        .append_pair("request_uri", request_uri);
    url.set_fragment(None);
    url
}
