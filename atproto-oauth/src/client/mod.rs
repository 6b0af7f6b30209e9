//! The flow: who starts it, what is waited for, what is remembered. No web.

mod authorize;
mod beside;
mod build;
mod builder;
mod callback;
mod client_auth;
mod discover;
mod doubt;
mod drain;
mod env;
mod exchange;
mod expanding;
mod fresh;
mod grant;
mod held;
mod identity;
mod key;
mod keys;
mod live;
mod nonces;
mod options;
mod parameters;
mod paths;
mod permission_sets;
mod redeem;
mod refresh;
mod remembered;
mod request;
mod resolve;
mod revoke;
mod session;
mod skew;
mod subject;
#[cfg(test)]
pub(crate) mod testing;
mod trouble;
mod used;
mod worker;
mod xrpc;

pub use builder::OAuthClientBuilder;
pub use callback::SignedIn;
pub(crate) use callback::{Landed, Upgrade};
pub(crate) use doubt::unread;
pub(crate) use env::listen_address;
pub(crate) use fresh::Look;
pub use key::SessionKey;
pub use keys::{ClientKeyInfo, KeyState};
pub use options::{Authorization, Authorize};
pub use paths::Paths;
pub use request::XrpcRequest;
pub(crate) use session::Held;
pub use session::{Session, SessionInfo};
pub use xrpc::XrpcError;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::protocol::endpoint::Servers;
use crate::store::Vault;
use crate::transport::Transport;
use crate::types::{Clock, Origin, Timestamp};
use identity::Identity;

/// Signs people in, keeps their sessions alive and ends them: the whole flow, without a web framework.
///
/// Cheap to clone; every clone is the same client. Make one with [`builder`](Self::builder).
#[derive(Clone)]
pub struct OAuthClient(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) identity: Identity,
    pub(crate) network: Network,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) nonces: nonces::Nonces,
    pub(crate) skew: skew::Skew,
    pub(crate) live: held::LiveSessions,
    doubts: doubt::Doubts,
    pub(crate) work: drain::Work,
    /// See [`fresh`]; `None` where nobody else writes to the store.
    staleness: Option<Duration>,
    min_refresh_interval: Duration,
    pub(crate) beside: beside::Beside,
    pub(crate) keys: keys::KnownKeys,
    /// Sign-ins that are being started; see [`authorize::STARTS`].
    pub(crate) starts: tokio::sync::Semaphore,
    documents: resolve::Documents,
    issuers: discover::Issuers,
    authorization_servers: discover::AuthorizationServers,
    permission_sets: permission_sets::PermissionSets,
}

/// Where requests go.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) servers: Servers,
    pub(crate) plc: Url,
    pub(crate) handle_resolver: Option<Url>,
    pub(crate) same_origin_endpoints: bool,
}

impl OAuthClient {
    /// A client to configure.
    pub fn builder() -> OAuthClientBuilder {
        OAuthClientBuilder::new()
    }

    /// The client id: the address of the metadata document, or the loopback client's.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.0.identity.client_id
    }

    /// The client metadata document, byte for byte as it is to be served (CM-04). The loopback client
    /// has one for show.
    #[must_use]
    pub fn client_metadata(&self) -> &Bytes {
        &self.0.identity.metadata
    }

    /// The public keys, as they are to be served at this moment (CM-14): one that is compromised, as some
    /// process says, is not among them any more (CA-08).
    #[must_use]
    pub fn key_set(&self) -> Bytes {
        self.0.key_set()
    }

    /// The origin people visit.
    #[must_use]
    pub fn base_url(&self) -> &Origin {
        &self.0.identity.base_url
    }

    /// Where the routes are.
    #[must_use]
    pub fn paths(&self) -> Paths {
        self.0.identity.paths
    }

    /// The loopback client of development.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.0.is_loopback()
    }

    /// The client proves itself with a key, so its sessions are not limited to two weeks.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        !self.0.identity.keys.is_empty()
    }

    /// All permissions this client may ask for, separated by spaces.
    #[must_use]
    pub fn declared_scope(&self) -> &str {
        &self.0.identity.declared
    }

    /// The permissions that are asked for when nothing else is said, separated by spaces.
    #[must_use]
    pub fn default_scope(&self) -> &str {
        &self.0.identity.default_scope
    }

    /// The sealed rows of this client, for what an application keeps beside its sessions.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The client's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}

impl Inner {
    pub(crate) fn is_loopback(&self) -> bool {
        self.identity.is_loopback
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}
