//! All hooks of an application.

use std::fmt;

use crate::web::OAuthApp;

use super::Hook;

/// The hooks of the application `A`: `callback` always, the others where the application has them.
pub struct Hooks<A: OAuthApp> {
    pub(crate) callback: Hook<A::State>,
    pub(crate) logout: Option<Hook<A::State>>,
    pub(crate) error: Option<Hook<A::State>>,
}

impl<A: OAuthApp> Hooks<A> {
    /// `callback` answers once somebody has signed in and the session is stored. Its response never
    /// undoes the session; to refuse somebody, call `Login::refuse`.
    #[must_use]
    pub fn new(callback: Hook<A::State>) -> Self {
        Self {
            callback,
            logout: None,
            error: None,
        }
    }

    /// `hook` answers after a session is gone; without one, a redirect to `/` does.
    #[must_use]
    pub fn logout(self, hook: Hook<A::State>) -> Self {
        Self {
            logout: Some(hook),
            ..self
        }
    }

    /// `hook` answers where the routes or the extractors refuse; it takes `OAuthError`. Without one, a
    /// page does, or JSON.
    #[must_use]
    pub fn error(self, hook: Hook<A::State>) -> Self {
        Self {
            error: Some(hook),
            ..self
        }
    }
}

impl<A: OAuthApp> Clone for Hooks<A> {
    fn clone(&self) -> Self {
        Self {
            callback: self.callback.clone(),
            logout: self.logout.clone(),
            error: self.error.clone(),
        }
    }
}

impl<A: OAuthApp> fmt::Debug for Hooks<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("logout", &self.logout.is_some())
            .field("error", &self.error.is_some())
            .finish_non_exhaustive()
    }
}
