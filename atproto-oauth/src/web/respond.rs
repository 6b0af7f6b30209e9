//! How the routes and the extractors answer: pages for people, JSON for programs.

mod context;
mod error;
mod headers;
mod negotiate;
mod refusal;
mod xrpc;

pub(crate) use context::{Context, Lacking, app_name};
pub use error::OAuthError;
pub(crate) use headers::{Policy, page};
pub(crate) use negotiate::{is_navigation, is_person_navigation, wants_html};
pub(crate) use xrpc::for_people;
