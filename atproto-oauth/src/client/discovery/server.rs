//! Finds the authorization server of an account's PDS, and checks that the two agree.

use std::sync::Arc;

use super::CachePolicy::{self, UseCache};
use super::{DOCUMENT_LIMITS, Discovery};
use crate::client::server::transport_error::unreachable;
use crate::error::{Error, ErrorKind};
use crate::protocol::authorization_server::{self, AuthorizationServer};
use crate::protocol::identity::DidDocument;
use crate::protocol::protected_resource;
use crate::types::{Did, Issuer, Origin};

const KIND: ErrorKind = ErrorKind::AuthorizationServerMetadataFailed;

impl Discovery {
    /// The issuer that `pds` trusts (RFC 9728 §3.2, §3.3).
    pub(crate) async fn issuer_of(
        &self,
        pds: &Origin,
        cache: CachePolicy,
    ) -> Result<Issuer, Error> {
        if cache == UseCache
            && let Some(issuer) = self.issuers.get(pds, self.context.now())
        {
            return Ok(issuer);
        }
        let response = self
            .get(protected_resource::request(pds)?, DOCUMENT_LIMITS)
            .await;
        let response = response.map_err(|e| unreachable(e, KIND, "the account's server"))?;
        let issuer = protected_resource::issuer(&response, pds, self.network.servers)?;
        let now = self.context.now();
        self.issuers.put(pds.clone(), issuer.clone(), now);
        Ok(issuer)
    }

    /// The metadata of `issuer`. `pds` says who named it (RFC 8414 §3.2, §3.3).
    pub(crate) async fn authorization_server(
        &self,
        issuer: &Issuer,
        pds: Option<&Origin>,
        cache: CachePolicy,
    ) -> Result<Arc<AuthorizationServer>, Error> {
        let cached = &self.authorization_servers;
        let key = (issuer.clone(), pds.cloned());
        if cache == UseCache
            && let Some(server) = cached.get(&key, self.context.now())
        {
            return Ok(server);
        }
        let response = self
            .get(authorization_server::request(issuer)?, DOCUMENT_LIMITS)
            .await;
        let response = response.map_err(|e| unreachable(e, KIND, "the authorization server"))?;
        let network = &self.network;
        let server = Arc::new(authorization_server::check(
            &response,
            issuer,
            pds,
            network.servers,
            network.same_origin_endpoints,
        )?);
        let now = self.context.now();
        cached.put((issuer.clone(), None), server.clone(), now);
        cached.put(key, server.clone(), now);
        Ok(server)
    }

    /// The server a person named instead of themselves: a PDS, or an authorization server (AT Protocol OAuth:
    /// Identity Authentication).
    pub(crate) async fn server_at(
        &self,
        origin: &Origin,
    ) -> Result<(Arc<AuthorizationServer>, Option<Origin>), Error> {
        match self.issuer_of(origin, UseCache).await {
            Ok(issuer) => {
                let server = self.authorization_server(&issuer, Some(origin), UseCache);
                Ok((server.await?, Some(origin.clone())))
            }
            Err(error) if error.is_transient() => Err(error),
            Err(error) => {
                let issuer = Issuer::from(origin.clone());
                let server = self.authorization_server(&issuer, None, UseCache).await;
                server
                    .map(|server| (server, None))
                    .map_err(|second| if second.is_transient() { second } else { error })
            }
        }
    }

    /// Answers with the account's document and its server's, if `issuer` is the one it is hosted by (AT
    /// Protocol OAuth: Identity Authentication).
    ///
    /// # Errors
    /// [`ErrorKind::IssuerMismatch`] if it is hosted elsewhere; anything else means that it cannot be
    /// told now.
    pub(crate) async fn verify_issuer(
        &self,
        did: &Did,
        issuer: &Issuer,
        cache: CachePolicy,
    ) -> Result<(DidDocument, Arc<AuthorizationServer>), Error> {
        let document = self.document(did, cache).await?;
        let actual = self.issuer_of(&document.pds, cache).await?;
        if actual != *issuer {
            return Err(Error::new(
                ErrorKind::IssuerMismatch,
                "the account is not hosted by the server that answered; sign in again",
            ));
        }
        let server = self
            .authorization_server(issuer, Some(&document.pds), cache)
            .await?;
        Ok((document, server))
    }
}
