//! Sessions: their state in memory and in the store, refresh, logout and revocation.

mod grant;
pub(super) mod key;
mod last_used;
pub(super) mod refresh;
pub(super) mod registry;
mod revocation_queue;
mod revoke;
pub(super) mod revoker;
#[expect(clippy::module_inception, reason = "the session itself")]
pub(super) mod session;
pub(super) mod sessions;
pub(super) mod staleness;
pub(super) mod state;
pub(super) mod unreadable;
