//! The client: its rooms, and what can be asked of it without a request.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::config::extensions::Extensions;
use super::config::paths::Paths;
use super::config::registration::ClientRegistration;
use super::discovery::Discovery;
use super::in_flight::InFlight;
use super::server::context::RequestContext;
use super::session::refresh::Refresher;
use super::session::revoker::Revoker;
use super::session::sessions::Sessions;
use super::session::staleness::ReadMark;
use crate::store::{StoreAdmin, StoreError, Vault};
use crate::types::{Origin, Timestamp};

/// Signs people in, keeps their sessions alive and ends them: the whole flow, without a web framework.
///
/// Cheap to clone; every clone is the same client. Make one with [`builder`](Self::builder).
#[derive(Clone)]
pub struct OAuthClient(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) registration: Arc<ClientRegistration>,
    pub(crate) extensions: Extensions,
    pub(crate) context: Arc<RequestContext>,
    pub(crate) discovery: Arc<Discovery>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) refresher: Arc<Refresher>,
    pub(crate) revoker: Arc<Revoker>,
    pub(crate) in_flight: InFlight,
    /// Permits for sign-ins that are being started.
    pub(crate) starts: Semaphore,
}

impl OAuthClient {
    /// The client id: the address of the metadata document, or the loopback client's.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.0.registration.client_id
    }

    /// The client metadata document, byte for byte as it is to be served (AT Protocol OAuth: Client ID Metadata
    /// Document). No server fetches that of a loopback client.
    #[must_use]
    pub fn client_metadata(&self) -> &Bytes {
        &self.0.registration.metadata
    }

    /// The public keys as they are to be served now (RFC 7517 §4). A key that any process has declared compromised is
    /// left out (AT Protocol OAuth: Confidential Client Authentication).
    #[must_use]
    pub fn key_set(&self) -> Bytes {
        self.0.sessions.keys.key_set()
    }

    /// The origin people visit.
    #[must_use]
    pub fn base_url(&self) -> &Origin {
        &self.0.registration.base_url
    }

    /// Where the routes are.
    #[must_use]
    pub fn paths(&self) -> Paths {
        self.0.registration.paths
    }

    /// The loopback client of development.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.0.registration.is_loopback
    }

    /// The client proves itself with a key, so its sessions are not limited to two weeks.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.0.registration.is_confidential()
    }

    /// All permissions this client may ask for, separated by spaces.
    #[must_use]
    pub fn declared_scope(&self) -> &str {
        &self.0.registration.declared
    }

    /// The permissions that are asked for when nothing else is said, separated by spaces.
    #[must_use]
    pub fn default_scope(&self) -> &str {
        &self.0.registration.default_scope
    }

    /// What an operator can do with the rows of this client.
    #[must_use]
    pub fn store_admin(&self) -> StoreAdmin {
        StoreAdmin::of(&self.0.sessions.vault)
    }

    internal! {
        /// The sealed rows of this client.
        #[must_use]
        pub fn vault(&self) -> &Vault {
            &self.0.sessions.vault
        }
    }

    internal! {
        /// The time by the client's clock.
        #[must_use]
        pub fn now(&self) -> Timestamp {
            self.0.context.now()
        }
    }

    /// A setting of the floor above that was given to the builder.
    pub(crate) fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.extensions.get()
    }

    /// The value that the floor above attaches to the client, made by the first caller.
    pub(crate) fn attached(
        &self,
        make: impl FnOnce(&Self) -> Arc<dyn Any + Send + Sync>,
    ) -> Arc<dyn Any + Send + Sync> {
        self.0.extensions.attach(|| make(self))
    }

    /// To be taken before the store is read.
    pub(crate) fn read_mark(&self) -> ReadMark {
        self.0.sessions.staleness.mark()
    }

    /// Whether what was read at `mark` may still answer a request.
    pub(crate) fn is_current(&self, mark: ReadMark) -> bool {
        self.0.sessions.staleness.is_current(mark)
    }

    /// Whether the store is down, and what was read at `mark` answers requests meanwhile.
    pub(crate) fn serves_during_outage(&self, mark: ReadMark) -> bool {
        self.0.sessions.staleness.serves_during_outage(mark)
    }

    /// How long changes of other processes may go unseen; `None` if no other process writes to the store.
    pub(crate) fn staleness(&self) -> Option<Duration> {
        self.0.sessions.staleness.limit()
    }

    /// Reads what other processes say of the client keys, unless that is current.
    pub(crate) async fn sync_client_keys(&self) {
        self.0.sessions.keys.sync().await;
    }

    /// Takes note that the row `id` cannot be read; true once it counts as gone.
    pub(crate) fn note_unreadable(&self, id: &str, error: &StoreError) -> bool {
        self.0.sessions.unreadable.note_unreadable(id, error)
    }

    /// Takes note that the row `id` was read.
    pub(crate) fn note_readable(&self, id: &str) {
        self.0.sessions.unreadable.note_readable(id);
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}
