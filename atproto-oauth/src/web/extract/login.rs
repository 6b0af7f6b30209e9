//! The extractor of the `callback` hook.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::of_hook;
use crate::client::Session;
use crate::types::Did;
use crate::web::app::HasOAuth;
use crate::web::app::OAuthApp;
use crate::web::browser::commit::{self, NewBrowser};
use crate::web::error_response;
use crate::web::respond::SessionRejection;

/// A sign-in that was just completed: what the `callback` hook takes.
///
/// The session is stored, and the browser gets its cookie whatever the hook answers; only
/// [`refuse`](Self::refuse) undoes that.
pub struct Login<A>(Arc<Inner<A>>);

struct Inner<A> {
    session: Session<A>,
    return_to: String,
    app_state: Option<String>,
    missing: Vec<String>,
    new_browser: NewBrowser,
    refused: AtomicBool,
}

impl<A> Login<A> {
    /// The new session.
    #[must_use]
    pub fn session(&self) -> &Session<A> {
        &self.0.session
    }

    /// The account.
    #[must_use]
    pub fn did(&self) -> &Did {
        self.0.session.did()
    }

    /// Where the person wanted to go: a path of this site, `/` if they did not say. Safe to redirect to.
    #[must_use]
    pub fn return_to(&self) -> &str {
        &self.0.return_to
    }

    /// What the application gave to [`authorize`](crate::OAuthClient::authorize), if it started the
    /// sign-in itself.
    #[must_use]
    pub fn app_state(&self) -> Option<&str> {
        self.0.app_state.as_deref()
    }

    /// Permissions that were asked for and not granted.
    #[must_use]
    pub fn missing(&self) -> &[String] {
        &self.0.missing
    }

    /// Refuses this account: the session is deleted and revoked, its cookie is not set, and if the
    /// account was signed in here before, that ends too. Then answer what you like.
    pub async fn refuse(&self) {
        if !self.0.refused.swap(true, Ordering::AcqRel) {
            commit::refuse(self.0.session.client(), &self.0.new_browser).await;
        }
    }

    pub(crate) fn new(
        session: Session<A>,
        return_to: String,
        app_state: Option<String>,
        missing: Vec<String>,
        new_browser: NewBrowser,
    ) -> Self {
        let refused = AtomicBool::new(false);
        Self(Arc::new(Inner {
            session,
            return_to,
            app_state,
            missing,
            new_browser,
            refused,
        }))
    }

    pub(crate) fn new_browser(&self) -> &NewBrowser {
        &self.0.new_browser
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.0.refused.load(Ordering::Acquire)
    }
}

impl<A> Clone for Login<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A> fmt::Debug for Login<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("did", self.did())
            .finish_non_exhaustive()
    }
}

/// Only in the `callback` hook.
impl<A, S> FromRequestParts<S> for Login<A>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionRejection> {
        match of_hook(parts, "Login", "callback") {
            Ok(login) => Ok(login),
            Err(error) => Err(error_response::reject::<A, S>(parts, state, error).await),
        }
    }
}
