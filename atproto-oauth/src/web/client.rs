//! A client that knows its application.

use super::OAuthApp;
use crate::{Error, OAuthClient, OAuthClientBuilder};

impl OAuthClientBuilder {
    /// Takes the paths and the permissions of the application `A`, so that its routes, the client
    /// metadata and the requests cannot drift apart.
    pub fn app<A: OAuthApp>(self) -> Self {
        self.paths(A::PATHS).declared_scopes(A::SCOPES)
    }
}

/// A client of the application `A`, configured by the environment.
///
/// # Errors
/// A setting that is missing or wrong, in one sentence that names it, or a store that cannot be opened.
pub async fn oauth_from_env<A: OAuthApp>() -> Result<OAuthClient, Error> {
    OAuthClient::builder().app::<A>().env()?.build().await
}
