//! What the web floor keeps beside a client, made once.

use std::fmt;
use std::sync::Arc;

use super::cookie::Cookies;
use crate::OAuthClient;

/// Everything that is the same for all requests to one client.
pub(crate) struct WebState {
    pub(crate) cookies: Cookies,
}

impl WebState {
    /// That of `client`.
    pub(crate) fn of(client: &OAuthClient) -> Arc<Self> {
        let made = client.beside(|client| Arc::new(Self::new(client)));
        // Only this function puts something there, so it is always found.
        made.downcast().unwrap_or_else(|_| Arc::new(Self::new(client)))
    }

    fn new(client: &OAuthClient) -> Self {
        Self { cookies: Cookies::new(client, client.paths()) }
    }
}

impl fmt::Debug for WebState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebState").finish_non_exhaustive()
    }
}
