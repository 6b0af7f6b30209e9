//! Somebody has just signed in.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;

use super::of_hook;
use crate::web::arrival::{self, Arrival};
use crate::web::{HasOAuth, OAuthApp, refusal};
use crate::{Did, Session};

/// Somebody has just signed in: what the `callback` hook takes.
///
/// The session is stored, and the browser gets its cookie whatever the hook answers; only
/// [`refuse`](Self::refuse) undoes that.
pub struct Login<A>(Arc<Landed<A>>);

struct Landed<A> {
    session: Session<A>,
    return_to: String,
    app_state: Option<String>,
    missing: Vec<String>,
    arrival: Arrival,
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
            arrival::refuse(self.0.session.client(), &self.0.arrival).await;
        }
    }

    pub(crate) fn new(
        session: Session<A>,
        return_to: String,
        app_state: Option<String>,
        missing: Vec<String>,
        arrival: Arrival,
    ) -> Self {
        let refused = AtomicBool::new(false);
        Self(Arc::new(Landed {
            session,
            return_to,
            app_state,
            missing,
            arrival,
            refused,
        }))
    }

    pub(crate) fn arrival(&self) -> &Arrival {
        &self.0.arrival
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
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match of_hook(parts, "Login", "callback") {
            Ok(login) => Ok(login),
            Err(error) => Err(refusal::of_extractor::<A, S>(parts, state, error).await),
        }
    }
}
