//! Sign-in for axum: the application's trait, its routes and its extractors.

mod app;
pub(crate) mod around;
mod arrival;
mod browser;
mod browsers;
mod client;
mod consent;
mod cookie;
mod extract;
mod fetch;
pub mod hook;
mod host;
mod known;
pub mod own;
pub mod pages;
mod refusal;
mod respond;
mod return_to;
mod routes;
mod state;
#[cfg(test)]
pub(crate) mod testing;
mod thread_safe;

pub use app::{HasOAuth, OAuthApp};
pub use consent::require;
pub use extract::{Accounts, LoggedOut, Login};
pub use hook::{Hook, Hooks};
pub use respond::OAuthError;
pub use routes::routes;
pub use thread_safe::ThreadSafe;
