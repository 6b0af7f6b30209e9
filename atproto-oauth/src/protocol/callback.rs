//! What comes back with the person: the callback's parameters (RFC 6749 §4.1.2, RFC 9207).

use std::collections::BTreeSet;
use std::fmt;

use secrecy::SecretString;

use super::policy::{MAX_CALLBACK_QUERY, MAX_STATE};
use crate::error::{Error, ErrorKind};
use crate::types::Issuer;

/// The parameters, each at most once. `Debug` shows neither state nor code.
#[derive(Clone)]
pub struct Callback {
    /// Which request this answers.
    pub state: String,
    /// Who says so (RFC 9207 §2.4).
    pub iss: Option<String>,
    /// The code, or why there is none.
    pub outcome: Outcome,
}

/// What the authorization server decided.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Yes: a code to exchange.
    Code(SecretString),
    /// No: an error code and a description. Untrusted text.
    Refused {
        /// `error`.
        error: String,
        /// `error_description`.
        description: Option<String>,
    },
}

impl Callback {
    /// Reads a query string, without the `?`.
    ///
    /// # Errors
    /// A parameter is doubled (any, even one we do not know), missing or too long, `code` and `error` are both
    /// there, `state` cannot be ours, or the answer is in a form we did not ask for (RFC 6749 §3.1, RFC 9700
    /// §4).
    pub fn parse(query: &str) -> Result<Self, Error> {
        if query.len() > MAX_CALLBACK_QUERY {
            return Err(invalid("it is too long"));
        }
        let (mut state, mut iss, mut code, mut error, mut description) =
            (None, None, None, None, None);
        let mut seen = BTreeSet::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if !seen.insert(name.clone()) {
                return Err(invalid("a parameter is given twice"));
            }
            let slot = match &*name {
                "state" => &mut state,
                "iss" => &mut iss,
                "code" => &mut code,
                "error" => &mut error,
                "error_description" => &mut description,
                "response" => return Err(invalid("`response` is not an answer to our request")),
                _ => continue,
            };
            *slot = Some(value.into_owned());
        }
        let state = state
            .filter(|state| is_state(state))
            .ok_or_else(|| invalid("`state` is missing or not ours"))?;
        let outcome = match (code, error) {
            (Some(_), Some(_)) => return Err(invalid("it holds both `code` and `error`")),
            (Some(code), None) if !code.is_empty() => Outcome::Code(code.into()),
            (None, Some(error)) => Outcome::Refused { error, description },
            _ => return Err(invalid("`code` is missing")),
        };
        Ok(Self {
            state,
            iss,
            outcome,
        })
    }

    /// The answer comes from the server that was asked, byte for byte; so must a refusal (RFC 9207 §2.4).
    ///
    /// # Errors
    /// `iss` is missing or another.
    pub fn check_issuer(&self, issuer: &Issuer) -> Result<(), Error> {
        if self.iss.as_deref() == Some(issuer.as_str()) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::IssuerMismatch,
            "the answer does not come from the server that was asked; start the sign-in again",
        ))
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("iss", &self.iss)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// What a `state` of ours looks like: base64url.
fn is_state(text: &str) -> bool {
    let ours = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=MAX_STATE).contains(&text.len()) && text.bytes().all(ours)
}

/// A refusal as an error: the person said no, or the server could not.
#[must_use]
pub fn refusal(error: &str, description: Option<&str>) -> Error {
    let said = format!("{error}: {}", description.unwrap_or_default());
    let expired = description.is_some_and(|text| text.contains("expired"));
    let (kind, message) = match error {
        "access_denied" if expired => (
            ErrorKind::InvalidCallbackRequest,
            "the sign-in took too long and expired; start it again",
        ),
        "access_denied" => (
            ErrorKind::AccessDenied,
            "the sign-in was cancelled; start it again when you like",
        ),
        "login_required"
        | "consent_required"
        | "interaction_required"
        | "account_selection_required" => (
            ErrorKind::AuthorizationUrlFailed,
            "the authorization server has to ask something; sign in without `prompt=none`",
        ),
        "server_error" | "temporarily_unavailable" => (
            ErrorKind::TemporarilyUnavailable,
            "the authorization server cannot answer now; try again in a moment",
        ),
        _ => (
            ErrorKind::AuthorizationUrlFailed,
            "the authorization server refused the sign-in; start it again",
        ),
    };
    Error::new(kind, message).with_server_said(&said)
}

fn invalid(problem: &str) -> Error {
    Error::new(
        ErrorKind::InvalidCallbackRequest,
        format!("this is not an answer to a sign-in that was started here: {problem}; start again"),
    )
}

#[cfg(test)]
mod tests;
