//! The options of an authorization request, and its result.

use secrecy::{ExposeSecret, SecretString};

use crate::client::policy::{MAX_APP_STATE, MAX_RETURN_TO};
use crate::client::session::key::SessionKey;
use crate::error::Error;
use crate::protocol::par::Prompt;

/// What a sign-in asks for, beside the account.
///
/// ```
/// use atproto_oauth::AuthorizeOptions;
/// let options = AuthorizeOptions::new()
///     .scope("atproto blob:image/*")
///     .return_to("/upload");
/// ```
#[derive(Clone, Default)]
pub struct AuthorizeOptions {
    pub(super) scope: Option<String>,
    pub(super) prompt: Option<Prompt>,
    pub(super) redirect_uri: Option<String>,
    pub(super) return_to: Option<String>,
    pub(super) app_state: Option<String>,
    pub(super) replaces: Option<SessionKey>,
}

impl AuthorizeOptions {
    /// The defaults: the client's own scopes, its first redirect URI.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The permissions, separated by spaces; a subset of what the client declares, always with
    /// `atproto`. Default: the client's own.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// What the server should ask the person.
    #[must_use]
    pub fn prompt(mut self, prompt: Prompt) -> Self {
        self.prompt = Some(prompt);
        self
    }

    /// One of the client's redirect URIs. Default: the first (RFC 6749 §4.1.3).
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = Some(uri.into());
        self
    }

    /// The local path to go to afterwards, at most 4 KiB. It is stored as it is: the code
    /// that redirects there has to check it.
    #[must_use]
    pub fn return_to(mut self, path: impl Into<String>) -> Self {
        self.return_to = Some(path.into());
        self
    }

    /// Anything the application wants back with the session; at most 4 KiB. It never leaves the store (AT
    /// Protocol OAuth: Request Fields).
    #[must_use]
    pub fn app_state(mut self, state: impl Into<String>) -> Self {
        self.app_state = Some(state.into());
        self
    }

    /// The session that the new one replaces once it is stored. It is untouched if the sign-in fails, also
    /// because another account came back than the one it belongs to.
    #[must_use]
    pub fn replaces<A>(mut self, key: &SessionKey<A>) -> Self {
        self.replaces = Some(key.for_app());
        self
    }

    /// Refuses what is too long.
    pub(super) fn check(&self) -> Result<(), Error> {
        let longer = |text: &Option<String>, max| text.as_ref().is_some_and(|t| t.len() > max);
        if longer(&self.app_state, MAX_APP_STATE) {
            return Err(Error::invalid_request(
                "`app_state` is larger than 4 KiB; keep it in your own store",
            ));
        }
        if longer(&self.return_to, MAX_RETURN_TO) {
            return Err(Error::invalid_request(
                "`return_to` is longer than 4 KiB; shorten it",
            ));
        }
        Ok(())
    }
}

impl std::fmt::Debug for AuthorizeOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizeOptions")
            .field("scope", &self.scope)
            .field("prompt", &self.prompt)
            .field("redirect_uri", &self.redirect_uri)
            .field("return_to", &self.return_to)
            .field("replaces", &self.replaces)
            .finish_non_exhaustive()
    }
}

/// A sign-in that was started: send the person to [`url`](Self::url) and keep
/// [`binding`](Self::binding) where only their browser can bring it back. `Debug` shows nothing that
/// helps to finish it.
pub struct Authorization {
    pub(super) url: String,
    pub(super) state: String,
    pub(super) binding: SecretString,
}

impl Authorization {
    /// Where to send the person.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The request's `state`, to tell several apart.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The secret that binds the request to the browser that started it: in a `HttpOnly` cookie, or in
    /// the memory of a program that waits for its own callback.
    /// [`OAuthClient::callback`](crate::OAuthClient::callback) needs it (RFC 9700 §4.7).
    #[must_use]
    pub fn binding(&self) -> &str {
        self.binding.expose_secret()
    }
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let server = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("Authorization")
            .field("server", &server)
            .finish_non_exhaustive()
    }
}
