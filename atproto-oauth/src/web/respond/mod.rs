//! Responses of routes and extractors: pages for people, JSON for programs, the rejection of extractors.

mod context;
mod error;
mod headers;
mod json;
mod negotiate;
mod session_rejection;
mod xrpc;

pub(crate) use context::{Context, MissingScopes, app_name};
pub use error::OAuthError;
pub(crate) use headers::{Policy, page};
pub(crate) use negotiate::{is_navigation, is_person_navigation, wants_html};
pub use session_rejection::SessionRejection;
pub(crate) use xrpc::for_people;
