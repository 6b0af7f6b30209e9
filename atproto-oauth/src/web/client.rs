//! A client that knows its application.

use super::OAuthApp;
use crate::OAuthClientBuilder;

impl OAuthClientBuilder {
    /// Takes the paths and the permissions of the application `A`, so that its routes, the client
    /// metadata and the requests cannot drift apart.
    pub fn app<A: OAuthApp>(self) -> Self {
        self.paths(A::PATHS).declared_scopes(A::SCOPES)
    }
}
