//! Stand-ins for types that are built elsewhere, so that the attribute can be tested.
//! To be deleted when the real ones arrive; they have the same names.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use axum::Router;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::{Error, ErrorKind, OAuthClient, OAuthClientBuilder, Session};

use super::{HasOAuth, OAuthApp};

impl OAuthClientBuilder {
    /// Paths and scopes of `A`. In the end this one stands in `web/`, as only that floor knows `OAuthApp`.
    pub fn app<A: OAuthApp>(self) -> Self {
        self.paths(A::PATHS).declared_scopes(A::SCOPES)
    }
}

/// Stand-in.
///
/// # Errors
/// Always.
#[expect(clippy::unused_async, reason = "the real one awaits the store")]
pub async fn oauth_from_env<A: OAuthApp>() -> Result<OAuthClient, Error> {
    let _ = OAuthClient::builder().app::<A>();
    Err(Error::new(ErrorKind::Configuration, "a stand-in"))
}

/// Stand-in.
#[must_use]
pub fn routes<A: OAuthApp>() -> Router<A::State> {
    let hooks = A::hooks();
    let login = hooks.callback.clone();
    let logout = hooks.logout.clone().unwrap_or(hooks.callback.clone());
    let error = hooks.error.clone().unwrap_or(hooks.callback);
    let run = |hook: super::Hook<A::State>| {
        get(
            move |State(state): State<A::State>, request: Request| async move {
                let _ = state.app().oauth();
                hook.run(request, state).await
            },
        )
    };
    Router::new()
        .route(&A::PATHS.callback(), run(login))
        .route(&A::PATHS.logout(), run(logout))
        .route(&A::PATHS.accounts(), run(error))
}

macro_rules! of_app {
    ($($name:ident)*) => { $(
        /// Stand-in.
        pub struct $name<A = ()>(String, PhantomData<fn() -> A>);
        impl<A> Clone for $name<A> {
            fn clone(&self) -> Self {
                Self(self.0.clone(), PhantomData)
            }
        }
        impl<A> fmt::Debug for $name<A> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )* };
}
of_app!(Login LoggedOut Accounts);

/// Stand-in.
#[derive(Clone, Debug)]
pub struct OAuthError(());

impl<A> Login<A> {
    /// Stand-in.
    #[must_use]
    pub fn return_to(&self) -> &str {
        &self.0
    }
}

macro_rules! extractors {
    ($($name:ident)*) => { $(
        impl<S: HasOAuth<A> + Send + Sync, A: OAuthApp> FromRequestParts<S> for $name<A> {
            type Rejection = Response;
            async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Response> {
                Err(StatusCode::UNAUTHORIZED.into_response())
            }
        }
    )* };
}
extractors!(Session Login LoggedOut Accounts);

impl<S: HasOAuth<A> + Send + Sync, A: OAuthApp> OptionalFromRequestParts<S> for Session<A> {
    type Rejection = Infallible;
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(None)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OAuthError {
    type Rejection = Response;
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Response> {
        Err(StatusCode::UNAUTHORIZED.into_response())
    }
}
