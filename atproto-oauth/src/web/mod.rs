//! Sign-in for axum: the application's trait, its routes and its extractors.

mod app;
pub mod hook;
mod standin;

pub use app::{HasOAuth, OAuthApp};
pub use hook::{Hook, Hooks};
pub use standin::*;
