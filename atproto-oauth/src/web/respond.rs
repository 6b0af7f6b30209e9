//! How the routes and the extractors answer: pages for people, JSON for programs.

mod error;
mod headers;
mod negotiate;
mod refusal;
mod xrpc;

pub(crate) use error::Context;
pub use error::OAuthError;
pub(crate) use headers::{Policy, page};
pub(crate) use negotiate::{is_navigation, is_own_navigation, is_person_navigation, wants_html};
pub(crate) use xrpc::for_people;
