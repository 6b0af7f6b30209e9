//! Discovery: from a handle or a DID to its document, its PDS and its authorization server; permission sets.

mod account;
pub(super) mod expansion_lookup;
mod permission_set_cache;
mod permission_sets;
mod server;
mod ttl_cache;

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use url::Url;

use super::policy::{DOCUMENT_DEADLINE, IDENTITY_LIFETIME, MAX_DOCUMENT, METADATA_LIFETIME};
use super::server::context::RequestContext;
use crate::protocol::Response;
use crate::protocol::authorization_server::AuthorizationServer;
use crate::protocol::endpoint::Servers;
use crate::protocol::identity::DidDocument;
use crate::transport::{Body, Limits, TransportError};
use crate::types::{Did, Handle, Issuer, Origin};
use permission_set_cache::PermissionSetCache;
use ttl_cache::TtlCache;

/// DID documents and server metadata.
const DOCUMENT_LIMITS: Limits = Limits::new(DOCUMENT_DEADLINE, MAX_DOCUMENT);

/// Looks up accounts and servers, and caches what they answer.
pub(crate) struct Discovery {
    context: Arc<RequestContext>,
    network: Network,
    documents: TtlCache<Did, DidDocument>,
    issuers: TtlCache<Origin, Issuer>,
    /// By issuer and by the PDS that named it: what was checked for one PDS is not checked for another (RFC
    /// 9728 §4).
    authorization_servers: TtlCache<(Issuer, Option<Origin>), Arc<AuthorizationServer>>,
    permission_sets: PermissionSetCache,
}

/// Where accounts and servers are looked up, and which servers are acceptable.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) servers: Servers,
    /// The directory of `did:plc` accounts.
    pub(crate) plc: Url,
    pub(crate) handle_resolver: Option<Url>,
    pub(crate) same_origin_endpoints: bool,
    /// The account whose repository has all lexicons, instead of what DNS says.
    pub(crate) lexicon_authority: Option<Did>,
    /// Whether handles of `.test` exist: for the loopback client of development.
    pub(crate) allows_test_handles: bool,
}

/// Whether a cached answer will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CachePolicy {
    /// A cached answer is good enough.
    UseCache,
    /// Ask the server, whatever is cached.
    BypassCache,
}

/// An account whose document was read.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) document: DidDocument,
    /// The handle, if it points back to the DID.
    pub(crate) handle: Option<Handle>,
}

impl Discovery {
    pub(crate) fn new(context: Arc<RequestContext>, network: Network) -> Self {
        Self {
            context,
            network,
            documents: TtlCache::new(IDENTITY_LIFETIME),
            issuers: TtlCache::new(METADATA_LIFETIME),
            authorization_servers: TtlCache::new(METADATA_LIFETIME),
            permission_sets: PermissionSetCache::new(),
        }
    }

    /// Which servers requests may go to.
    pub(crate) fn servers(&self) -> Servers {
        self.network.servers
    }

    async fn get(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response, TransportError> {
        self.context.fetch(request.map(Body::from), limits).await
    }
}
