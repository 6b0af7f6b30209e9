//! What comes back with the person: the callback's parameters (RFC 6749 §4.1.2, RFC 9207).

use secrecy::SecretString;

use crate::types::Issuer;
use crate::{Error, ErrorKind};

/// Longest query that is read.
const MAX_QUERY: usize = 16 * 1024;

/// Longest `state`; ours have 43 characters.
const MAX_STATE: usize = 128;

/// The parameters, each at most once.
#[derive(Clone, Debug)]
pub struct Callback {
    /// Which request this answers.
    pub state: String,
    /// Who says so (CB-03).
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
    /// A parameter is doubled, missing or too long, `code` and `error` are both there, or the answer
    /// is in a form we did not ask for (CB-05, RU-07).
    pub fn parse(query: &str) -> Result<Self, Error> {
        if query.len() > MAX_QUERY {
            return Err(invalid("it is too long"));
        }
        let (mut state, mut iss, mut code, mut error, mut description) =
            (None, None, None, None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "state" => &mut state,
                "iss" => &mut iss,
                "code" => &mut code,
                "error" => &mut error,
                "error_description" => &mut description,
                "response" => return Err(invalid("`response` is not an answer to our request")),
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(invalid(&format!("`{name}` is given twice")));
            }
        }
        let state = state
            .filter(|state| !state.is_empty() && state.len() <= MAX_STATE)
            .ok_or_else(|| invalid("`state` is missing"))?;
        let outcome = match (code, error) {
            (Some(_), Some(_)) => return Err(invalid("it holds both `code` and `error`")),
            (Some(code), None) if !code.is_empty() => Outcome::Code(code.into()),
            (_, Some(error)) => Outcome::Refused { error, description },
            _ => return Err(invalid("`code` is missing")),
        };
        Ok(Self {
            state,
            iss,
            outcome,
        })
    }

    /// The answer comes from the server that was asked, byte for byte; so must a refusal (CB-03,
    /// CB-04).
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
        "access_denied" => (ErrorKind::AccessDenied, "the sign-in was cancelled"),
        "server_error" | "temporarily_unavailable" => (
            ErrorKind::TemporarilyUnavailable,
            "the authorization server cannot answer now; try again in a moment",
        ),
        _ => (
            ErrorKind::AuthorizationUrlFailed,
            "the authorization server refused the sign-in",
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
