//! Sign-in for axum: the application's trait, its routes and its extractors.

mod app;
pub mod hook;
pub mod pages;
mod respond;
mod standin;

pub use app::{HasOAuth, OAuthApp};
pub use hook::{Hook, Hooks};
pub use respond::OAuthError;
pub use standin::*;
