//! The extractor of the `logout` hook.

use std::fmt;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::of_hook;
use crate::client::SessionKey;
use crate::types::Did;
use crate::web::app::HasOAuth;
use crate::web::app::OAuthApp;
use crate::web::error_response;
use crate::web::respond::SessionRejection;

/// A logout that was just completed: what the `logout` hook takes. The sessions are gone already.
pub struct LoggedOut<A> {
    accounts: Arc<[SessionKey<A>]>,
    active: Option<SessionKey<A>>,
}

impl<A> LoggedOut<A> {
    /// The account that was signed out; `None` when no account was signed in any more.
    #[must_use]
    pub fn did(&self) -> Option<&Did> {
        self.accounts.first().map(SessionKey::did)
    }

    /// The sessions that are gone: one, or all of the browser's.
    #[must_use]
    pub fn accounts(&self) -> &[SessionKey<A>] {
        &self.accounts
    }

    /// The session that is active in this browser now, if other accounts are signed in.
    #[must_use]
    pub fn active(&self) -> Option<&SessionKey<A>> {
        self.active.as_ref()
    }

    pub(crate) fn new(accounts: Vec<SessionKey<A>>, active: Option<SessionKey<A>>) -> Self {
        Self {
            accounts: accounts.into(),
            active,
        }
    }
}

impl<A> Clone for LoggedOut<A> {
    fn clone(&self) -> Self {
        Self {
            accounts: self.accounts.clone(),
            active: self.active.clone(),
        }
    }
}

impl<A> fmt::Debug for LoggedOut<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedOut")
            .field("accounts", &self.accounts)
            .field("active", &self.active)
            .finish()
    }
}

/// Only in the `logout` hook.
impl<A, S> FromRequestParts<S> for LoggedOut<A>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionRejection> {
        match of_hook(parts, "LoggedOut", "logout") {
            Ok(logged_out) => Ok(logged_out),
            Err(error) => Err(error_response::reject::<A, S>(parts, state, error).await),
        }
    }
}
