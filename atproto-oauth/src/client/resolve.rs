//! Who somebody is: handle → DID → document, both ways round.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join;
use http::Request;
use moka::sync::Cache;

use super::Inner;
use super::exchange::unreachable;
use crate::protocol::Response;
use crate::protocol::identity::{self, DidDocument};
use crate::transport::{Body, Limits, TransportError};
use crate::types::{Did, Handle};
use crate::{Error, ErrorKind};

/// Handle look-ups are small and quick, or not worth waiting for.
const HANDLE_LIMITS: Limits = Limits::new(Duration::from_secs(3), 10 * 1024);

/// DID documents and metadata.
pub(super) const DOCUMENT_LIMITS: Limits = Limits::new(Duration::from_secs(10), 256 * 1024);

/// How long an identity may be remembered (ID-16).
pub(super) const IDENTITY_LIFE: Duration = Duration::from_mins(5);

/// Redirects of a handle's well-known document (SS-04).
const REDIRECTS: u8 = 3;

/// Remembered or asked anew?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// A remembered answer is good enough.
    Cached,
    /// Ask, whatever is remembered.
    Fresh,
}

/// An account whose document was read.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) document: DidDocument,
    /// The handle, if it points back to the DID.
    pub(crate) handle: Option<Handle>,
}

pub(super) type Documents = Cache<Did, DidDocument>;

impl Inner {
    /// The account behind a handle; the two must point at each other (ID-09).
    pub(crate) async fn account_of_handle(&self, handle: &Handle) -> Result<Account, Error> {
        let did = self.did_of_handle(handle).await?.ok_or_else(|| {
            invalid(format!(
                "`{handle}` does not lead to an account; check the spelling"
            ))
        })?;
        let document = self.document(&did, Freshness::Cached).await?;
        let document = if document.handle.as_ref() == Some(handle) {
            document
        } else {
            self.document(&did, Freshness::Fresh).await?
        };
        if document.handle.as_ref() != Some(handle) {
            return Err(invalid(format!(
                "`{handle}` and its account do not point at each other; sign in with the handle that \
                 the account shows"
            )));
        }
        Ok(Account {
            handle: Some(handle.clone()),
            document,
        })
    }

    /// The account of a DID. A handle that does not lead back is left out and blocks nothing (ID-10).
    pub(crate) async fn account_of_did(&self, did: &Did) -> Result<Account, Error> {
        let document = self.document(did, Freshness::Cached).await?;
        let handle = self.verified_handle(&document).await;
        Ok(Account { document, handle })
    }

    /// The document's handle, if it leads back to the DID.
    pub(crate) async fn verified_handle(&self, document: &DidDocument) -> Option<Handle> {
        let handle = document.handle.as_ref()?;
        let did = self.did_of_handle(handle).await.ok().flatten()?;
        (did == document.did).then(|| handle.clone())
    }

    /// The DID a handle leads to. DNS and HTTPS are asked at once, and DNS wins (ID-05 to ID-08).
    async fn did_of_handle(&self, handle: &Handle) -> Result<Option<Did>, Error> {
        if let Some(resolver) = &self.network.handle_resolver {
            let response = self.get(
                identity::resolver_request(resolver, handle)?,
                DOCUMENT_LIMITS,
            );
            let response = response
                .await
                .map_err(|e| unreachable(e, "the handle resolver"))?;
            return identity::did_of_resolver(&response);
        }
        if handle.is_reserved_tld() || (handle.is_test() && !self.is_loopback()) {
            return Err(invalid(format!(
                "`{handle}` cannot exist on the public internet; use a handle that does"
            )));
        }
        let dns = async {
            let Some(name) = identity::txt_name(handle) else {
                return Ok(Vec::new());
            };
            self.network
                .transport
                .txt(&name, HANDLE_LIMITS.deadline)
                .await
        };
        let https = self.get(
            identity::well_known_request(handle)?,
            HANDLE_LIMITS.redirects(REDIRECTS),
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
            Ok(response) => identity::did_of_well_known(&response),
            Err(error) if dns.is_err() && !error.never_sent() => {
                Err(unreachable(error, "the handle's server"))
            }
            Err(error) => {
                tracing::debug!(%handle, %error, "no answer from the handle's server");
                Ok(None)
            }
        }
    }

    /// The document of a DID.
    pub(crate) async fn document(&self, did: &Did, fresh: Freshness) -> Result<DidDocument, Error> {
        if fresh == Freshness::Cached
            && let Some(document) = self.documents.get(did)
        {
            return Ok(document);
        }
        let request = identity::document_request(did, &self.network.plc, self.network.servers)?;
        let response = self.get(request, DOCUMENT_LIMITS).await;
        let response = response.map_err(|e| unreachable(e, "the directory of accounts"))?;
        let document = identity::document(&response, did, self.network.servers)?;
        self.documents.insert(did.clone(), document.clone());
        Ok(document)
    }

    pub(super) async fn get(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response, TransportError> {
        self.fetch(request.map(Body::from), limits).await
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn fetch(
        &self,
        request: Request<Body>,
        limits: Limits,
    ) -> Result<Response, TransportError> {
        let response = self.network.transport.send(request, limits).await?;
        let (parts, body) = response.into_parts();
        Ok(Response::from_parts(
            parts,
            body.bytes(limits.max_bytes).await?,
        ))
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidHandle, message)
}
