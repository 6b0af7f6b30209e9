//! Where somebody's account lives: PDS → authorization server, and the check that the two agree.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::Inner;
use super::exchange::unreachable;
use super::resolve::{DOCUMENT_LIMITS, Freshness};
use crate::protocol::authorization_server::{self, AuthorizationServer};
use crate::protocol::identity::DidDocument;
use crate::protocol::protected_resource;
use crate::types::{Did, Issuer, Origin};
use crate::{Error, ErrorKind};

/// How long server metadata may be remembered (DS-12).
pub(super) const METADATA_LIFE: Duration = Duration::from_mins(1);

pub(super) type Issuers = Cache<Origin, Issuer>;
pub(super) type AuthorizationServers = Cache<Issuer, Arc<AuthorizationServer>>;

impl Inner {
    /// The issuer that `pds` trusts (DS-01 to DS-03).
    pub(crate) async fn issuer_of(&self, pds: &Origin, fresh: Freshness) -> Result<Issuer, Error> {
        if fresh == Freshness::Cached
            && let Some(issuer) = self.issuers.get(pds)
        {
            return Ok(issuer);
        }
        let response = self
            .get(protected_resource::request(pds)?, DOCUMENT_LIMITS)
            .await;
        let response = response.map_err(|e| unreachable(e, "the account's server"))?;
        let issuer = protected_resource::issuer(&response, pds, self.network.servers)?;
        self.issuers.insert(pds.clone(), issuer.clone());
        Ok(issuer)
    }

    /// The metadata of `issuer`. `pds` says who named it (DS-04 to DS-10).
    pub(crate) async fn authorization_server(
        &self,
        issuer: &Issuer,
        pds: Option<&Origin>,
        fresh: Freshness,
    ) -> Result<Arc<AuthorizationServer>, Error> {
        if fresh == Freshness::Cached
            && let Some(server) = self.authorization_servers.get(issuer)
        {
            return Ok(server);
        }
        let response = self
            .get(authorization_server::request(issuer)?, DOCUMENT_LIMITS)
            .await;
        let response = response.map_err(|e| unreachable(e, "the authorization server"))?;
        let network = &self.network;
        let server = Arc::new(authorization_server::check(
            &response,
            issuer,
            pds,
            network.servers,
            network.same_origin_endpoints,
        )?);
        self.authorization_servers
            .insert(issuer.clone(), server.clone());
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
                server.map(|server| (server, None)).map_err(|_| error)
            }
        }
    }

    /// Asks anew, and answers with the account's document if `issuer` is still the one it is hosted
    /// by (ID-18, ID-19).
    ///
    /// # Errors
    /// [`ErrorKind::IssuerMismatch`] if it is hosted elsewhere; anything else means that it cannot be
    /// told now.
    pub(crate) async fn verify_issuer(
        &self,
        did: &Did,
        issuer: &Issuer,
        fresh: Freshness,
    ) -> Result<DidDocument, Error> {
        let document = self.document(did, fresh).await?;
        let actual = self.issuer_of(&document.pds, fresh).await?;
        if actual != *issuer {
            return Err(Error::new(
                ErrorKind::IssuerMismatch,
                "the account is not hosted by the server that answered; sign in again",
            ));
        }
        self.authorization_server(issuer, Some(&document.pds), fresh)
            .await?;
        Ok(document)
    }
}
