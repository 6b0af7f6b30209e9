//! Sign-ins that an application starts by itself.

use axum::response::Response;
use http::HeaderMap;
use http::header::SET_COOKIE;

use super::app::OAuthApp;
use super::state::WebState;
use super::url::see_other;
use crate::client::{Authorization, OAuthClient, OAuthClientBuilder};

impl OAuthClientBuilder {
    /// Takes the paths and the permissions of the application `A`, so that its routes, the client
    /// metadata and the requests cannot drift apart.
    pub fn app<A: OAuthApp>(self) -> Self {
        self.paths(A::PATHS).declared_scopes(A::SCOPES)
    }
}

impl OAuthClient {
    /// Sends a browser to a sign-in that the application started by itself, with
    /// [`authorize`](Self::authorize), and binds the sign-in to that browser (RFC 9700 §4.7). `headers` are those
    /// of the request that this answers. It ends at the callback route, like every other.
    ///
    /// Answer a form of your own page with it: a GET that starts a sign-in could come from another site.
    ///
    /// ```
    /// # use atproto_oauth::prelude::*;
    /// use atproto_oauth::AuthorizeOptions;
    /// use axum::extract::State;
    /// use axum::response::Response;
    /// use http::HeaderMap;
    /// # struct App { oauth: OAuthClient }
    ///
    /// async fn join(State(app): State<std::sync::Arc<App>>, headers: HeaderMap) -> Result<Response, Error> {
    ///     let options = AuthorizeOptions::new().app_state("invited by bob");
    ///     let authorization = app.oauth.authorize("alice.example.com", options).await?;
    ///     Ok(app.oauth.redirect_to(&authorization, &headers))
    /// }
    /// # let _ = join;
    /// ```
    #[must_use]
    pub fn redirect_to(&self, authorization: &Authorization, headers: &HeaderMap) -> Response {
        let mut response = see_other(authorization.url());
        let cookies = &WebState::of(self).cookies;
        let (state, binding) = (authorization.state(), authorization.binding());
        for cookie in cookies.bind(headers, state, binding, self.now()) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}
