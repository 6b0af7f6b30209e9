//! Who somebody is: handle → DID → document, both ways round.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join;
use http::Request;

use super::Inner;
use super::remembered::Remembered;
use super::trouble::unreachable;
use crate::protocol::Response;
use crate::protocol::failure::Failure;
use crate::protocol::identity::{self, DidDocument};
use crate::transport::{Body, Limits, Problem, TransportError};
use crate::types::{Did, Handle};
use crate::{Error, ErrorKind};

/// Handle look-ups are small and quick, or not worth waiting for (SS-06).
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

pub(super) type Documents = Remembered<Did, DidDocument>;

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
        self.handle_now(document).await.ok().flatten()
    }

    /// As [`verified_handle`](Self::verified_handle).
    ///
    /// # Errors
    /// It cannot be told now.
    pub(crate) async fn handle_now(&self, document: &DidDocument) -> Result<Option<Handle>, Error> {
        let Some(handle) = &document.handle else {
            return Ok(None);
        };
        match self.did_of_handle(handle).await {
            Ok(did) => Ok((did.as_ref() == Some(&document.did)).then(|| handle.clone())),
            Err(error) if error.is_transient() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// The DID a handle leads to. DNS and HTTPS are asked at once, and DNS wins (ID-05 to ID-08).
    async fn did_of_handle(&self, handle: &Handle) -> Result<Option<Did>, Error> {
        let resolver = self.network.handle_resolver.as_ref();
        let is_made_up = handle.is_test() && resolver.is_none() && !self.is_loopback();
        if handle.is_reserved_tld() || is_made_up {
            return Err(invalid(format!(
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
            Ok(response) if Failure::of(&response).is_transient() => Err(Error::new(
                ErrorKind::TemporarilyUnavailable,
                "the handle's server cannot answer now; try again in a moment",
            )),
            Ok(response) => identity::did_of_well_known(&response),
            Err(error) if may_come_back(&error, dns.is_err()) => Err(unreachable(
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

    /// The document of a DID.
    pub(crate) async fn document(&self, did: &Did, fresh: Freshness) -> Result<DidDocument, Error> {
        if fresh == Freshness::Cached
            && let Some(document) = self.documents.get(did, self.clock.now())
        {
            return Ok(document);
        }
        let request = identity::document_request(did, &self.network.plc, self.network.servers)?;
        let response = self.get(request, DOCUMENT_LIMITS).await;
        let response = response
            .map_err(|e| unreachable(e, ErrorKind::InvalidHandle, "the directory of accounts"))?;
        let document = identity::document(&response, did, self.network.servers)?;
        let now = self.clock.now();
        self.documents.put(did.clone(), document.clone(), now);
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

/// The handle may be fine although its server gave no answer. A server that cannot be reached counts as
/// none, unless DNS does not work either.
fn may_come_back(error: &TransportError, no_dns: bool) -> bool {
    match error.problem() {
        Problem::Timeout | Problem::Broken => true,
        Problem::Unreachable => no_dns,
        _ => false,
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidHandle, message)
}
