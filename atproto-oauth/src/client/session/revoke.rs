//! Logout: a session is gone at once for all processes, then revoked at its server, now or later.

use futures_util::future::join_all;

use super::key::SessionKey;
use super::revoker::Revocation;
use crate::client::client::OAuthClient;
use crate::error::{Error, ErrorKind};
use crate::types::Did;

impl OAuthClient {
    /// Signs a session out (RFC 7009 §2.1). In one step of the store it is gone for all processes and queued
    /// for revocation; then the server is asked, with a short deadline. A server that is down is asked again
    /// later, also after a restart.
    ///
    /// The access token may live a little longer at its server.
    ///
    /// # Errors
    /// [`SessionNotFound`](ErrorKind::SessionNotFound) if there is none, or the store fails. Never
    /// because a server is down.
    pub async fn revoke<A>(&self, key: &SessionKey<A>) -> Result<(), Error> {
        self.start_revoking(key).await?.wait().await;
        Ok(())
    }

    /// As [`revoke`](Self::revoke), without waiting for the server.
    pub(crate) async fn start_revoking<A>(&self, key: &SessionKey<A>) -> Result<Revocation, Error> {
        // In a task of its own: a caller that goes away must not leave a session half signed out.
        let (revoker, id) = (self.0.revoker.clone(), key.to_string());
        let queued = tokio::spawn(async move {
            let (record, version) = revoker.queue_revocation(&id).await?;
            Ok(Revocation::start(revoker, record, version))
        });
        queued.await.unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::SessionStoreFailed,
                "the logout was interrupted; try again",
            )
            .with_source(error))
        })
    }

    /// Signs all sessions of an account out, on all its devices; says how many there were.
    ///
    /// # Errors
    /// The store fails, or there are sessions that cannot be read here; those that were signed out stay so.
    pub async fn revoke_all(&self, did: &Did) -> Result<usize, Error> {
        let mut revoking = Vec::new();
        let (sessions, unreadable) = self.readable_sessions_of(did).await?;
        for info in sessions {
            match self.start_revoking(&info.key).await {
                Ok(one) => revoking.push(one),
                Err(error) if error.kind() == ErrorKind::SessionNotFound => {}
                Err(error) => return Err(error),
            }
        }
        let count = revoking.len();
        join_all(revoking.into_iter().map(Revocation::wait)).await;
        if unreadable > 0 {
            // They may live on, which the caller has to know.
            return Err(Error::new(
                ErrorKind::TemporarilyUnavailable,
                "some sessions cannot be read now and are not signed out; try again",
            ));
        }
        Ok(count)
    }
}
