//! The protocol as pure functions: a value becomes a request, a response becomes a checked value.
//!
//! Nothing here sends, waits, remembers or tells the time; [`client`](crate::OAuthClient) does. Each
//! module is one step of the flow.

pub mod assertion;
pub mod authorization_server;
pub mod callback;
pub mod client_id;
pub mod client_metadata;
pub mod clock;
pub mod dpop;
pub mod endpoint;
pub mod failure;
pub mod form;
pub mod http_date;
pub mod identity;
pub mod key_set;
pub mod lexicon;
pub mod par;
pub mod pkce;
pub(crate) mod policy;
pub mod protected_resource;
pub mod revocation;
pub mod token;

mod challenge;
mod json;
mod scope_list;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile;

pub use json::Object;

/// A server's whole answer.
pub type Response = http::Response<bytes::Bytes>;
