//! The OAuth client: sign-in, sessions, refresh, revocation. Knows no web framework.

mod background;
#[expect(clippy::module_inception, reason = "the client itself")]
mod client;
mod client_keys;
mod config;
mod discovery;
mod drain;
mod in_flight;
mod login;
pub(crate) mod policy;
mod server;
mod session;
#[cfg(test)]
pub(crate) mod testing;
mod xrpc;

pub use client::OAuthClient;
pub use client_keys::{ClientKeyInfo, KeyState};
pub use config::builder::OAuthClientBuilder;
pub(crate) use config::env::listen_address;
pub use config::paths::Paths;
pub use login::callback::SignedIn;
pub(crate) use login::callback::{CallbackOutcome, Upgrade};
pub use login::options::{Authorization, AuthorizeOptions};
pub use session::key::SessionKey;
pub(crate) use session::session::SessionHandle;
pub use session::session::{Session, SessionInfo};
pub(crate) use session::staleness::ReadMark;
pub(crate) use session::unreadable::read_error;
pub use xrpc::call::{BlobRef, CreatedRecord, XrpcError};
pub use xrpc::request::XrpcRequest;
