#![doc = include_str!("../../README.md")]

mod error;

pub mod client;
pub mod jose;
pub mod protocol;
pub mod scope;
pub mod store;
pub mod transport;
pub mod types;
#[cfg(feature = "axum")]
pub mod web;

pub use client::Paths;
pub use error::{Error, ErrorKind};
pub use scope::{DeclaredScopes, Scope, ScopeSet};

#[cfg(feature = "macros")]
pub use atproto_oauth_macros::atproto_oauth;
#[cfg(feature = "axum")]
pub use axum;
#[cfg(feature = "axum")]
pub use web::{
    Accounts, HasOAuth, Hook, Hooks, LoggedOut, Login, OAuthApp, OAuthClient, OAuthClientBuilder,
    OAuthError, Session, SessionKey, oauth_from_env, routes,
};

/// What a file that uses sign-in needs: `use atproto_oauth::prelude::*;`.
#[cfg(feature = "axum")]
pub mod prelude {
    #[cfg(feature = "macros")]
    pub use crate::atproto_oauth;
    pub use crate::{
        Accounts, Error, HasOAuth, LoggedOut, Login, OAuthApp, OAuthClient, OAuthError, Session,
        SessionKey,
    };
}
