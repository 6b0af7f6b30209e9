//! The application trait, its hooks, and the router states that hold it.

use std::fmt;
use std::sync::Arc;

use super::hook::Hook;
use super::policy::DEFAULT_ACCOUNTS;
use super::thread_safe::ThreadSafe;
use crate::client::{OAuthClient, Paths};
use crate::scope::DeclaredScopes;
use crate::scope::require::ScopesOf;

/// An application that people can sign in to.
///
/// `#[atproto_oauth(callback = …)]` writes this impl; by hand it is
///
/// ```
/// use std::sync::Arc;
/// use atproto_oauth::{DeclaredScopes, Hook, Hooks, Login, OAuthApp, OAuthClient, Paths};
/// use axum::response::Redirect;
///
/// struct App {
///     oauth: OAuthClient,
/// }
///
/// impl OAuthApp for App {
///     type State = Arc<App>;
///     const PATHS: Paths = Paths::new("/oauth");
///     const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto"], &[]);
///
///     fn oauth(&self) -> &OAuthClient {
///         &self.oauth
///     }
///
///     fn hooks() -> Hooks<Self> {
///         Hooks::new(Hook::new(signed_in))
///     }
/// }
///
/// async fn signed_in(login: Login<App>) -> Redirect {
///     Redirect::to(login.return_to())
/// }
///
/// // What the attribute proves about each permission, in the same place as the impl:
/// const _: () = App::SCOPES.check_atproto();
/// const _: () = App::SCOPES.check(0);
///
/// let router: axum::Router<Arc<App>> = atproto_oauth::routes::<App>();
/// # let _ = router;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an application that people can sign in to; annotate it with `#[atproto_oauth(callback = …)]`",
    label = "not an `OAuthApp`"
)]
pub trait OAuthApp: Sized + ThreadSafe + 'static {
    /// The router's state: the application, an `Arc` of it, or a larger state that holds it.
    type State: Clone + ThreadSafe + 'static + HasOAuth<Self>;

    /// Where the routes are.
    const PATHS: Paths;

    /// The permissions the application asks for, and those it may ask for.
    const SCOPES: DeclaredScopes;

    /// How many accounts one browser may hold: 5 unless set, at most 100. With 1, signing in again replaces the account.
    const ACCOUNTS: u16 = DEFAULT_ACCOUNTS;

    /// The client that signs people in.
    fn oauth(&self) -> &OAuthClient;

    /// What the application does once an account has signed in, has signed out, or was refused.
    fn hooks() -> Hooks<Self>;
}

/// A router state that holds the application `A`.
///
/// The application itself and an `Arc` of it are such states. A larger one needs one line:
///
/// ```
/// # use std::sync::Arc;
/// # use atproto_oauth::prelude::*;
/// # #[atproto_oauth(callback = signed_in, state = Site)]
/// # struct App { oauth: OAuthClient }
/// # async fn signed_in() {}
/// #[derive(Clone)]
/// struct Site {
///     app: Arc<App>,
///     visitors: u64,
/// }
///
/// impl HasOAuth<App> for Site {
///     fn app(&self) -> &App { &self.app }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the state `{Self}` does not hold the application `{A}`; use `{A}` as the state, or implement `HasOAuth<{A}>` for `{Self}`",
    label = "`{Self}` does not hold `{A}`"
)]
pub trait HasOAuth<A> {
    /// The application.
    fn app(&self) -> &A;
}

impl<A: OAuthApp> HasOAuth<A> for A {
    fn app(&self) -> &A {
        self
    }
}

impl<A, T: HasOAuth<A>> HasOAuth<A> for Arc<T> {
    fn app(&self) -> &A {
        T::app(self)
    }
}

impl<A: OAuthApp> ScopesOf<A> {
    /// What the application declares. It comes before what `NoScopes` says.
    pub const SCOPES: Option<DeclaredScopes> = Some(A::SCOPES);
}

/// The hooks of the application `A`: `callback` always, the others where the application has them.
pub struct Hooks<A: OAuthApp> {
    pub(crate) callback: Hook<A::State>,
    pub(crate) logout: Option<Hook<A::State>>,
    pub(crate) error: Option<Hook<A::State>>,
}

impl<A: OAuthApp> Hooks<A> {
    /// `callback` answers once an account has signed in and the session is stored. Its response never
    /// undoes the session; to refuse an account, call `Login::refuse`.
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
