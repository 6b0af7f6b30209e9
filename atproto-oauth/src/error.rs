//! What went wrong, whose fault it is and what to do about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// Longest text of another server that an error keeps, in characters. Enough for the sentence that a developer reads;
/// the server may be hostile.
const MAX_SERVER_SAID: usize = 300;

/// Longest `Retry-After` that an error passes on. A server that asks for more is answered as if it asked for a day.
const MAX_ERROR_RETRY_AFTER: Duration = Duration::from_hours(24);

/// Everything that can go wrong, as one opaque type.
///
/// [`kind`](Self::kind) says what happened, [`code`](Self::code) is its stable name in JSON answers,
/// `Display` is one sentence for people that says what to do. `Debug` is that sentence too, because
/// `fn main() -> Result<(), Error>` prints it.
///
/// The sentence never holds a token, a key or a code; what another server said is kept apart in
/// [`server_said`](Self::server_said) and shown to developers only.
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    message: String,
    server_said: Option<String>,
    retry_after: Option<Duration>,
    app_state: Option<String>,
    return_to: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The closed set of failures; each has a stable [`code`](Self::code) and a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Sign-in was started without saying who signs in.
    MissingHandle,
    /// The identifier does not resolve, or the handle and its DID do not point at each other.
    InvalidHandle,
    /// The callback's parameters are missing, doubled, unknown, expired, replayed or of another browser.
    InvalidCallbackRequest,
    /// The answer comes from another authorization server, or the account is not hosted by that one.
    IssuerMismatch,
    /// Another account than the one that was asked for came back.
    SubjectMismatch,
    /// The person said no.
    AccessDenied,
    /// The granted permissions do not cover what is needed.
    InsufficientScope,
    /// The pushed authorization request was refused.
    AuthorizationUrlFailed,
    /// Discovery failed, or its document is not acceptable.
    AuthorizationServerMetadataFailed,
    /// The token response was refused.
    TokenValidationFailed,
    /// The store failed.
    SessionStoreFailed,
    /// Timeouts, the network, a server that is overloaded, a store that is down: try again.
    TemporarilyUnavailable,
    /// There is no session.
    NotSignedIn,
    /// There was a session and it ended at its server.
    SessionEnded,
    /// The account moved to another authorization server, where only signing in again leads.
    IssuerChanged,
    /// This browser, or this store, has no session under that key.
    SessionNotFound,
    /// A POST that did not come from the application's own pages.
    CrossSiteRequest,
    /// Too many sign-ins were started.
    RateLimited,
    /// Any other malformed request.
    InvalidRequest,
    /// A setting is wrong; found at start-up.
    Configuration,
}

impl ErrorKind {
    /// The stable name, as in JSON answers: `invalid_handle`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MissingHandle => "missing_handle",
            Self::InvalidHandle => "invalid_handle",
            Self::InvalidCallbackRequest => "invalid_callback_request",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::SubjectMismatch => "subject_mismatch",
            Self::AccessDenied => "access_denied",
            Self::InsufficientScope => "insufficient_scope",
            Self::AuthorizationUrlFailed => "authorization_url_failed",
            Self::AuthorizationServerMetadataFailed => "authorization_server_metadata_failed",
            Self::TokenValidationFailed => "token_validation_failed",
            Self::SessionStoreFailed => "session_store_failed",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::NotSignedIn => "not_signed_in",
            Self::SessionEnded => "session_ended",
            Self::IssuerChanged => "issuer_changed",
            Self::SessionNotFound => "session_not_found",
            Self::CrossSiteRequest => "cross_site_request",
            Self::RateLimited => "rate_limited",
            Self::InvalidRequest => "invalid_request",
            Self::Configuration => "configuration",
        }
    }

    /// The status a web answer has.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MissingHandle
            | Self::InvalidHandle
            | Self::InvalidCallbackRequest
            | Self::IssuerMismatch
            | Self::SubjectMismatch
            | Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::NotSignedIn | Self::SessionEnded | Self::IssuerChanged => {
                StatusCode::UNAUTHORIZED
            }
            Self::AccessDenied | Self::InsufficientScope | Self::CrossSiteRequest => {
                StatusCode::FORBIDDEN
            }
            Self::SessionNotFound => StatusCode::NOT_FOUND,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::SessionStoreFailed | Self::Configuration => StatusCode::INTERNAL_SERVER_ERROR,
            Self::AuthorizationUrlFailed
            | Self::AuthorizationServerMetadataFailed
            | Self::TokenValidationFailed => StatusCode::BAD_GATEWAY,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Error {
    /// An error of `kind`; `message` is one sentence for people: the problem; what to do.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Repr {
            kind,
            message: message.into(),
            server_said: None,
            retry_after: None,
            app_state: None,
            return_to: None,
            source: None,
        }))
    }

    /// A setting is wrong; `message` names it and says what to write.
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// The caller's request is malformed; `message` says what to change.
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    /// What was typed is no account; `message` says what to write.
    pub(crate) fn invalid_handle(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidHandle, message)
    }

    /// The same request may succeed later.
    pub(crate) fn temporarily_unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::TemporarilyUnavailable, message)
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable name of [`kind`](Self::kind).
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// The status a web answer has.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.kind.status()
    }

    /// Only signing in again helps: there is no session, it ended at its server, or the account moved.
    #[must_use]
    pub fn needs_login(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::NotSignedIn
                | ErrorKind::SessionEnded
                | ErrorKind::IssuerChanged
                | ErrorKind::SessionNotFound
        )
    }

    /// Nothing is lost; the same call may succeed later, after [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::TemporarilyUnavailable | ErrorKind::RateLimited
        )
    }

    /// How long the server asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The other server's own words, shortened and without control characters. Untrusted text: for
    /// developers and logs, never for a page in production.
    #[must_use]
    pub fn server_said(&self) -> Option<&str> {
        self.0.server_said.as_deref()
    }

    /// What the application gave to `authorize`, where the failed request was one of its own.
    #[must_use]
    pub fn app_state(&self) -> Option<&str> {
        self.0.app_state.as_deref()
    }

    /// The local path the failed sign-in would have led to.
    #[must_use]
    pub fn return_to(&self) -> Option<&str> {
        self.0.return_to.as_deref()
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds what the other server said; it is cut to 300 characters and cleaned.
    #[must_use]
    pub fn with_server_said(mut self, text: &str) -> Self {
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        self.0.server_said = Some(text.chars().take(MAX_SERVER_SAID).map(clean).collect());
        self
    }

    /// Adds how long to wait; at most a day.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait.map(|w| w.min(MAX_ERROR_RETRY_AFTER));
        self
    }

    /// Adds what the application gave to `authorize`.
    #[must_use]
    pub fn with_app_state(mut self, app_state: Option<String>, return_to: Option<String>) -> Self {
        self.0.app_state = app_state;
        self.0.return_to = return_to;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let mut source = self.source();
        while let Some(cause) = source {
            write!(f, " (caused by: {cause})")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|s| s as &(dyn StdError + 'static))
    }
}
