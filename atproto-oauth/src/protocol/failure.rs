//! How an authorization server says no: `{"error", "error_description"}` (RFC 6749 §5.2).

use std::time::Duration;

use super::policy::MAX_FAILURE_TEXT;
use super::{Object, Response, http_date};
use crate::error::{Error, ErrorKind};

/// What an answer other than success says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The status.
    pub status: http::StatusCode,
    /// The `error` member; empty if the body has none. Short and printable, whatever the server sent.
    pub code: String,
    /// The `error_description` member, shortened and without control characters. Untrusted text.
    pub description: Option<String>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// Reads what can be read; a body that is no JSON leaves `code` empty.
    #[must_use]
    pub fn of(response: &Response) -> Self {
        let object = Object::parse(response.body(), "the error", ErrorKind::InvalidRequest).ok();
        let member = |name| {
            let text = object
                .as_ref()
                .and_then(|o| o.optional_string(name).ok().flatten());
            text.map(|text| text.chars().take(MAX_FAILURE_TEXT))
        };
        let printable = |c: char| {
            if c == ' ' || c.is_ascii_graphic() {
                c
            } else {
                '?'
            }
        };
        let line = |c: char| if c.is_control() { ' ' } else { c };
        let description = member("error_description").or_else(|| member("message"));
        Self {
            status: response.status(),
            code: member("error").map_or_else(String::new, |text| text.map(printable).collect()),
            description: description.map(|text| text.map(line).collect()),
            retry_after: retry_after(response),
        }
    }

    /// The server is overloaded or broken; asking again later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.status.is_server_error()
            || matches!(self.status.as_u16(), 408 | 425 | 429)
            || matches!(
                self.code.as_str(),
                "server_error" | "temporarily_unavailable" | "slow_down"
            )
    }

    /// As an error: transient failures keep their own kind, the others become `kind`.
    #[must_use]
    pub fn into_error(self, kind: ErrorKind, message: &str) -> Error {
        let said = match &self.description {
            Some(text) => format!("{} {}: {text}", self.status.as_u16(), self.code),
            None => format!("{} {}", self.status.as_u16(), self.code),
        };
        let error = if self.is_transient() {
            Error::new(
                ErrorKind::TemporarilyUnavailable,
                "the authorization server cannot answer now; try again in a moment",
            )
        } else {
            Error::new(kind, message)
        };
        error
            .with_server_said(&said)
            .with_retry_after(self.retry_after)
    }
}

/// `Retry-After`, in seconds or as a date by the server's own clock (RFC 9110 §10.2.3).
#[must_use]
pub fn retry_after(response: &Response) -> Option<Duration> {
    let headers = response.headers();
    let value = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?;
    match value.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(http_date::server_time(headers)?.until(http_date::date(value)?)),
    }
}

#[cfg(test)]
mod tests;
