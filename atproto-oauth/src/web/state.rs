//! What the web floor attaches to a client: cookies, the browser cache, pages.

use std::fmt;
use std::sync::Arc;

use super::browser::cache::BrowserCache;
use super::browser::cookie::Cookies;
use super::pages::{DefaultPages, Pages};
use super::respond::app_name;
use crate::client::{OAuthClient, OAuthClientBuilder};

/// Everything that is the same for all requests to one client.
pub(crate) struct WebState {
    pub(crate) cookies: Cookies,
    pub(crate) browsers: BrowserCache,
    pub(crate) pages: Arc<dyn Pages>,
    /// The name that pages show: the client's, or its host.
    pub(crate) name: String,
}

impl OAuthClientBuilder {
    /// Pages of one's own, in place of those that come with the routes.
    pub fn pages(self, pages: impl Pages) -> Self {
        let pages: Arc<dyn Pages> = Arc::new(pages);
        self.with_extension(pages)
    }
}

impl WebState {
    /// The web state of `client`, made at the first call.
    pub(crate) fn of(client: &OAuthClient) -> Arc<Self> {
        let made = client.attached(|client| Arc::new(Self::new(client)));
        // Only this function puts something there, so it is always found.
        made.downcast()
            .unwrap_or_else(|_| Arc::new(Self::new(client)))
    }

    fn new(client: &OAuthClient) -> Self {
        let pages = client.extension::<Arc<dyn Pages>>().cloned();
        Self {
            cookies: Cookies::new(client, client.paths()),
            browsers: BrowserCache::new(),
            pages: pages.unwrap_or_else(|| Arc::new(DefaultPages)),
            name: app_name(client),
        }
    }
}

impl fmt::Debug for WebState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebState")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
