//! An AT Protocol network in the process of the test: a directory, personal data servers and
//! authorization servers with real pages, over real loopback sockets.
//!
//! The server side is implemented here, apart from the client: the two share types and the curve, and no check, so
//! that a mistake in one is seen by the other. HTTP dates, cookies and the like are libraries'.
//!
//! The network is as strict as the reference server and in places stricter, so that what passes here passes
//! there; and any server of it can be made to lie or to break, which is how this crate tests itself
//! and how applications test their error paths. For tests and development only: accounts have
//! well-known passwords, and everything is forgotten at the end.
//!
//! ```
//! use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), atproto_oauth::Error> {
//! let network = TestNetwork::start().await?;
//! assert_eq!(network.account("alice.test")?.password, "alice-pass");
//!
//! // Refresh responses are now for another account, until `behave`.
//! let bob = network.account("bob.test")?.did;
//! network.misbehave(Fault::edit(Endpoint::Refresh, "sub", bob.as_str()));
//! network.behave();
//! assert_eq!(network.requests_to(Endpoint::Refresh).len(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! [`TestNetwork::sign_in`] signs an account in to an application's router and returns the cookie.

mod account;
mod authorization_server;
mod browser;
mod client_auth;
mod client_documents;
mod client_id;
mod client_metadata;
mod clients;
mod connect;
mod controls;
mod directory;
mod dpop;
mod endpoint;
mod fault;
mod fetch;
mod form;
mod hold;
mod html;
mod json;
mod ledger;
#[cfg(not(feature = "internals"))]
mod limit;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod limit;
mod log;
mod misbehave;
mod network;
mod nonce;
mod pds;
mod permission;
mod policy;
mod refusal;
mod repository;
mod state;
mod visitor;
mod wire;

#[cfg(test)]
mod tests;

pub use account::Account;
pub use browser::Browser;
pub use endpoint::Endpoint;
pub use fault::Fault;
pub use hold::Hold;
pub use log::Seen;
pub use network::{TestNetwork, TestNetworkBuilder};
pub use visitor::Visitor;

pub use crate::store::contract;
