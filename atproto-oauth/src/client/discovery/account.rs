//! Resolves accounts: handle to DID to document, verified both ways.

use futures_util::future::join;

use super::CachePolicy::{self, BypassCache, UseCache};
use super::{Account, DOCUMENT_LIMITS, Discovery};
use crate::client::policy::{HANDLE_DEADLINE, MAX_HANDLE_ANSWER, MAX_HANDLE_REDIRECTS};
use crate::client::server::transport_error::unreachable;
use crate::error::{Error, ErrorKind};
use crate::protocol::failure::Failure;
use crate::protocol::identity::{self, DidDocument};
use crate::transport::{Limits, Problem, TransportError};
use crate::types::{Did, Handle};

/// Lookups of handles.
const HANDLE_LIMITS: Limits = Limits::new(HANDLE_DEADLINE, MAX_HANDLE_ANSWER);

impl Discovery {
    /// The account behind a handle; the two must point at each other (AT Protocol OAuth: Identity
    /// Authentication).
    pub(crate) async fn account_of_handle(&self, handle: &Handle) -> Result<Account, Error> {
        let did = self.did_of_handle(handle).await?.ok_or_else(|| {
            Error::invalid_handle(format!(
                "`{handle}` does not lead to an account; check the spelling"
            ))
        })?;
        let document = self.document(&did, UseCache).await?;
        let document = if document.handle.as_ref() == Some(handle) {
            document
        } else {
            self.document(&did, BypassCache).await?
        };
        if document.handle.as_ref() != Some(handle) {
            return Err(Error::invalid_handle(format!(
                "`{handle}` and its account do not point at each other; sign in with the handle that \
                 the account shows"
            )));
        }
        Ok(Account {
            handle: Some(handle.clone()),
            document,
        })
    }

    /// The account of a DID. A handle that does not lead back is left out and blocks nothing (AT Protocol DID:
    /// DID Documents).
    pub(crate) async fn account_of_did(&self, did: &Did) -> Result<Account, Error> {
        let document = self.document(did, UseCache).await?;
        let handle = self.verified_handle(&document).await;
        Ok(Account { document, handle })
    }

    /// The document's handle, if it leads back to the DID.
    pub(crate) async fn verified_handle(&self, document: &DidDocument) -> Option<Handle> {
        self.current_handle(document).await.ok().flatten()
    }

    /// As [`verified_handle`](Self::verified_handle).
    ///
    /// # Errors
    /// The handle cannot be resolved now.
    pub(crate) async fn current_handle(
        &self,
        document: &DidDocument,
    ) -> Result<Option<Handle>, Error> {
        let Some(handle) = &document.handle else {
            return Ok(None);
        };
        match self.did_of_handle(handle).await {
            Ok(did) => Ok((did.as_ref() == Some(&document.did)).then(|| handle.clone())),
            Err(error) if error.is_transient() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// The DID of a handle. DNS and HTTPS are asked in parallel, and DNS wins (AT Protocol Handle: Resolution,
    /// DNS TXT).
    async fn did_of_handle(&self, handle: &Handle) -> Result<Option<Did>, Error> {
        let resolver = self.network.handle_resolver.as_ref();
        let is_test_only =
            handle.is_test() && resolver.is_none() && !self.network.allows_test_handles;
        if handle.is_reserved_tld() || is_test_only {
            return Err(Error::invalid_handle(format!(
                "`{handle}` cannot exist on the public internet; use a handle that does"
            )));
        }
        if let Some(resolver) = resolver {
            let request = identity::resolver_request(resolver, handle)?;
            let response = self.get(request, HANDLE_LIMITS).await;
            let response = response
                .map_err(|e| unreachable(e, ErrorKind::InvalidHandle, "the handle resolver"))?;
            return identity::did_of_resolver(&response);
        }
        let dns = async {
            let Some(name) = identity::txt_name(handle) else {
                return Ok(Vec::new());
            };
            self.context
                .transport
                .txt(&name, HANDLE_LIMITS.deadline)
                .await
        };
        let https = self.get(
            identity::well_known_request(handle)?,
            HANDLE_LIMITS.redirects(MAX_HANDLE_REDIRECTS),
        );
        let (dns, https) = join(dns, https).await;
        match &dns {
            Ok(records) => {
                if let Some(did) = identity::did_of_txt(records)? {
                    return Ok(Some(did));
                }
            }
            Err(error) => tracing::debug!(%handle, %error, "no answer from DNS"),
        }
        match https {
            Ok(response) if Failure::of(&response).is_transient() => Err(Error::new(
                ErrorKind::TemporarilyUnavailable,
                "the handle's server cannot answer now; try again in a moment",
            )),
            Ok(response) => identity::did_of_well_known(&response),
            Err(error) if may_resolve_later(&error, dns.is_err()) => Err(unreachable(
                error,
                ErrorKind::InvalidHandle,
                "the handle's server",
            )),
            Err(error) => {
                tracing::debug!(%handle, %error, "no answer from the handle's server");
                Ok(None)
            }
        }
    }

    /// The DID document of an account.
    pub(crate) async fn document(
        &self,
        did: &Did,
        cache: CachePolicy,
    ) -> Result<DidDocument, Error> {
        if cache == UseCache
            && let Some(document) = self.documents.get(did, self.context.now())
        {
            return Ok(document);
        }
        let request = identity::document_request(did, &self.network.plc, self.network.servers)?;
        let response = self.get(request, DOCUMENT_LIMITS).await;
        let response = response
            .map_err(|e| unreachable(e, ErrorKind::InvalidHandle, "the directory of accounts"))?;
        let document = identity::document(&response, did, self.network.servers)?;
        let now = self.context.now();
        self.documents.put(did.clone(), document.clone(), now);
        Ok(document)
    }
}

/// Whether a handle without an answer may resolve later. A server that cannot be reached counts as none, unless DNS
/// fails too.
fn may_resolve_later(error: &TransportError, dns_failed: bool) -> bool {
    match error.problem() {
        Problem::Timeout | Problem::Broken => true,
        Problem::Unreachable => dns_failed,
        _ => false,
    }
}
