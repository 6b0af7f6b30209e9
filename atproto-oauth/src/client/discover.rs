//! Where somebody's account lives: PDS → authorization server, and the check that the two agree.

use std::sync::Arc;
use std::time::Duration;

use super::Inner;
use super::remembered::Remembered;
use super::resolve::{DOCUMENT_LIMITS, Freshness};
use super::trouble::unreachable;
use crate::protocol::authorization_server::{self, AuthorizationServer};
use crate::protocol::identity::DidDocument;
use crate::protocol::protected_resource;
use crate::types::{Did, Issuer, Origin};
use crate::{Error, ErrorKind};

/// How long server metadata may be remembered (DS-12).
pub(super) const METADATA_LIFE: Duration = Duration::from_mins(1);

const KIND: ErrorKind = ErrorKind::AuthorizationServerMetadataFailed;

pub(super) type Issuers = Remembered<Origin, Issuer>;

/// By the server that named the issuer too: what was checked for one is not checked for another
/// (DS-10). `None`: nobody in particular.
pub(super) type AuthorizationServers =
    Remembered<(Issuer, Option<Origin>), Arc<AuthorizationServer>>;

impl Inner {
    /// The issuer that `pds` trusts (DS-01 to DS-03).
    pub(crate) async fn issuer_of(&self, pds: &Origin, fresh: Freshness) -> Result<Issuer, Error> {
        if fresh == Freshness::Cached
            && let Some(issuer) = self.issuers.get(pds, self.clock.now())
        {
            return Ok(issuer);
        }
        let response = self
            .get(protected_resource::request(pds)?, DOCUMENT_LIMITS)
            .await;
        let response = response.map_err(|e| unreachable(e, KIND, "the account's server"))?;
        let issuer = protected_resource::issuer(&response, pds, self.network.servers)?;
        let now = self.clock.now();
        self.issuers.put(pds.clone(), issuer.clone(), now);
        Ok(issuer)
    }

    /// The metadata of `issuer`. `pds` says who named it (DS-04 to DS-10).
    pub(crate) async fn authorization_server(
        &self,
        issuer: &Issuer,
        pds: Option<&Origin>,
        fresh: Freshness,
    ) -> Result<Arc<AuthorizationServer>, Error> {
        let remembered = &self.authorization_servers;
        let key = (issuer.clone(), pds.cloned());
        if fresh == Freshness::Cached
            && let Some(server) = remembered.get(&key, self.clock.now())
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
        let now = self.clock.now();
        remembered.put((issuer.clone(), None), server.clone(), now);
        remembered.put(key, server.clone(), now);
        Ok(server)
    }

    /// The server a person named instead of themselves: a PDS, or an authorization server (DS-11).
    pub(crate) async fn server_at(
        &self,
        origin: &Origin,
    ) -> Result<(Arc<AuthorizationServer>, Option<Origin>), Error> {
        match self.issuer_of(origin, Freshness::Cached).await {
            Ok(issuer) => {
                let server = self.authorization_server(&issuer, Some(origin), Freshness::Cached);
                Ok((server.await?, Some(origin.clone())))
            }
            Err(error) if error.is_transient() => Err(error),
            Err(error) => {
                let issuer = Issuer::from(origin.clone());
                let server = self
                    .authorization_server(&issuer, None, Freshness::Cached)
                    .await;
                server
                    .map(|server| (server, None))
                    .map_err(|second| if second.is_transient() { second } else { error })
            }
        }
    }

    /// Answers with the account's document and its server's, if `issuer` is the one it is hosted by
    /// (ID-18, ID-19).
    ///
    /// # Errors
    /// [`ErrorKind::IssuerMismatch`] if it is hosted elsewhere; anything else means that it cannot be
    /// told now.
    pub(crate) async fn verify_issuer(
        &self,
        did: &Did,
        issuer: &Issuer,
        fresh: Freshness,
    ) -> Result<(DidDocument, Arc<AuthorizationServer>), Error> {
        let document = self.document(did, fresh).await?;
        let actual = self.issuer_of(&document.pds, fresh).await?;
        if actual != *issuer {
            return Err(Error::new(
                ErrorKind::IssuerMismatch,
                "the account is not hosted by the server that answered; sign in again",
            ));
        }
        let server = self
            .authorization_server(issuer, Some(&document.pds), fresh)
            .await?;
        Ok((document, server))
    }
}
