//! Sign-in for axum: the application's trait, its routes and its extractors.

mod app;
mod browser;
mod consent;
mod csrf;
mod error_response;
mod extract;
pub(crate) mod hook;
mod loopback_host;
pub(crate) mod middleware;
pub mod pages;
pub(crate) mod policy;
mod redirect;
mod respond;
mod return_to;
mod routes;
pub mod session_extractor;
mod state;
#[cfg(test)]
pub(crate) mod testing;
mod thread_safe;
mod url;

pub use app::{HasOAuth, Hooks, OAuthApp};
pub use consent::require;
pub use extract::{Accounts, LoggedOut, Login};
pub use hook::Hook;
pub use respond::{OAuthError, SessionRejection};
pub use routes::routes;
pub use thread_safe::ThreadSafe;
