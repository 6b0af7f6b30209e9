//! Signing out: gone at once for everybody here, then revoked at the server, now or later.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use secrecy::ExposeSecret;
use tokio::task::JoinHandle;

use super::doubt::unread;
use super::exchange::Exchange;
use super::resolve::Freshness;
use super::{Inner, OAuthClient, SessionKey};
use crate::store::{Commit, RevocationRecord, SessionRecord, StoreError};
use crate::types::Did;
use crate::{Error, ErrorKind};

/// How long somebody who signs out waits for the server.
const PATIENCE: Duration = Duration::from_secs(4);

/// Each request to a server that may be down.
const DEADLINE: Duration = Duration::from_secs(3);

/// When the server is asked again if it was down.
const RETRY: Duration = Duration::from_mins(1);

/// How long a revocation is tried.
const KEEP_TRYING: Duration = Duration::from_hours(24 * 30);

/// A server that says no so often, over hours, means it.
const MAX_REFUSALS: u32 = 10;

/// A session that is gone here and is being revoked at its server, whether anybody waits or not.
#[derive(Debug)]
pub(crate) struct Revoking(JoinHandle<()>);

impl Revoking {
    /// Waits for the server, for a short time.
    pub(crate) async fn wait(self) {
        if tokio::time::timeout(PATIENCE, self.0).await.is_err() {
            tracing::info!("the server does not answer; the session will be revoked there later");
        }
    }
}

impl OAuthClient {
    /// Signs a session out (TK-16). In one step of the store it is gone for everybody and queued for
    /// revocation; then the server is asked, with a short deadline. A server that is down is asked again
    /// later, also after a restart.
    ///
    /// The access token may live a little longer at its server (TK-18).
    ///
    /// # Errors
    /// [`SessionNotFound`](ErrorKind::SessionNotFound) if there is none, or the store fails. Never
    /// because a server is down.
    pub async fn revoke<A>(&self, key: &SessionKey<A>) -> Result<(), Error> {
        self.start_revoking(key).await?.wait().await;
        Ok(())
    }

    /// As [`revoke`](Self::revoke), without waiting for the server.
    pub(crate) async fn start_revoking<A>(&self, key: &SessionKey<A>) -> Result<Revoking, Error> {
        // In a task of its own: a caller that goes away must not leave a session half signed out.
        let (inner, id) = (self.0.clone(), key.to_string());
        let queued = tokio::spawn(async move {
            let (record, version) = inner.queue_revocation(&id).await?;
            let work = async move { inner.work_revocation(record, version).await };
            Ok(Revoking(tokio::spawn(work)))
        });
        queued.await.unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::SessionStoreFailed,
                "signing out broke; try again",
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
        join_all(revoking.into_iter().map(Revoking::wait)).await;
        if unreadable > 0 {
            // They may live on, and nobody may think otherwise.
            return Err(Error::new(
                ErrorKind::TemporarilyUnavailable,
                "some sessions cannot be read now and are not signed out; try again",
            ));
        }
        Ok(count)
    }
}

impl Inner {
    /// Moves a session to the queue, atomically; says which version it has there. A refresh that ends meanwhile
    /// changes the row; then the newer one is moved.
    async fn queue_revocation(&self, id: &str) -> Result<(RevocationRecord, Option<u64>), Error> {
        let mut earlier = None;
        loop {
            let stored = match self.vault.get::<SessionRecord>(id).await {
                Ok(Some(stored)) => stored,
                Ok(None) => return Err(self.not_there(id)),
                Err(error) if self.is_lost(id, &error) => {
                    return Err(self.not_there(id).with_source(error));
                }
                // Signed out only when its tokens can be revoked.
                Err(error) => return Err(unread(error)),
            };
            let live = self.live.get(id).map(|live| live.current());
            // Its newest tokens may be nowhere but in memory.
            let unsaved = live.filter(|current| current.unsaved.is_some());
            let session = unsaved.map_or(stored.record, |current| current.record.clone());
            let record = self.revocation_of(&session);
            let delete = self.vault.delete::<SessionRecord>(id, Some(stored.version));
            let queued = self.vault.put(&record, earlier)?;
            let mut version = Some(earlier.unwrap_or(0) + 1);
            match self.vault.commit(vec![delete.clone(), queued]).await? {
                Commit::Done => {}
                // Refreshed meanwhile.
                Commit::Conflict(0) => continue,
                // It is in the queue already, with older tokens.
                Commit::Conflict(_) => match self.vault.get::<RevocationRecord>(id).await {
                    Ok(entry) => {
                        earlier = entry.map(|entry| entry.version);
                        continue;
                    }
                    // Signing out does not wait for that.
                    Err(error) if error.is_unreadable() => {
                        if self.vault.commit(vec![delete]).await? != Commit::Done {
                            continue;
                        }
                        version = None;
                    }
                    Err(error) => return Err(error.into()),
                },
            }
            self.live.end(id);
            // An answer to a refresh may have come meanwhile: its tokens are kept until they are revoked, too.
            self.live
                .saved_token(id, record.access_token.expose_secret());
            return Ok((record, version));
        }
    }

    /// Whatever this process still holds of it ends, too.
    fn not_there(&self, id: &str) -> Error {
        self.live.end(id);
        Error::new(
            ErrorKind::SessionNotFound,
            "there is no session under this key",
        )
    }

    fn revocation_of(&self, session: &SessionRecord) -> RevocationRecord {
        let now = self.clock.now();
        let mut record = RevocationRecord::of(session, now, now.plus(KEEP_TRYING));
        // Now it is tried at once, by whoever queued it.
        record.next_at = now.plus(RETRY);
        record
    }

    /// Tokens that were issued while the session was being signed out: queued, and revoked now or later, which
    /// nobody waits for.
    ///
    /// # Errors
    /// The store cannot queue them: whoever has them must keep them.
    pub(super) async fn queue_fresh(
        self: &Arc<Self>,
        session: &SessionRecord,
    ) -> Result<(), StoreError> {
        let record = self.revocation_of(session);
        let version = self.enqueue(&record).await?;
        let (inner, going_on) = (self.clone(), self.work.goes_on());
        tokio::spawn(async move {
            inner.work_revocation(record, version).await;
            drop(going_on);
        });
        Ok(())
    }

    /// One try to revoke tokens that are kept because they could not be queued.
    pub(super) fn revoke_kept(self: &Arc<Self>, session: &SessionRecord) {
        let (inner, going_on) = (self.clone(), self.work.goes_on());
        let record = self.revocation_of(session);
        tokio::spawn(async move {
            if inner.revoke_at_server(&record).await.is_ok() {
                let token = record.access_token.expose_secret();
                inner.live.saved_token(&record.id, token);
            }
            drop(going_on);
        });
    }

    /// Which version it has in the queue. `None`: what is there under its name cannot be replaced.
    async fn enqueue(&self, record: &RevocationRecord) -> Result<Option<u64>, StoreError> {
        const TRIES: usize = 4;
        for _ in 0..TRIES {
            let version = match self.vault.get::<RevocationRecord>(&record.id).await {
                Ok(earlier) => earlier.map(|stored| stored.version),
                Err(error) if error.is_unreadable() => return Ok(None),
                Err(error) => return Err(error),
            };
            let change = self.vault.put(record, version)?;
            if self.vault.commit(vec![change]).await? == Commit::Done {
                return Ok(Some(version.unwrap_or(0) + 1));
            }
        }
        Ok(None)
    }

    /// Revokes one entry of the queue; done or given up, it leaves the queue, where it has this version. One
    /// that was changed meanwhile holds other tokens and stays.
    pub(super) async fn work_revocation(&self, record: RevocationRecord, version: Option<u64>) {
        match self.revoke_at_server(&record).await {
            Ok(()) => {}
            Err(error) if !error.is_transient() && record.attempts >= MAX_REFUSALS => {
                tracing::warn!(%error, "a session is not revoked at its server; giving up");
            }
            Err(error) => {
                tracing::info!(%error, "the session will be revoked later");
                return;
            }
        }
        let Some(version) = version else {
            return;
        };
        let delete = self
            .vault
            .delete::<RevocationRecord>(&record.id, Some(version));
        if let Err(error) = self.vault.commit(vec![delete]).await {
            tracing::warn!(%error, "a revoked session stays in the queue");
        }
    }

    async fn revoke_at_server(&self, record: &RevocationRecord) -> Result<(), Error> {
        self.hear_of_keys().await;
        let client_key = self.client_key(&record.auth)?;
        let server = self
            .authorization_server(&record.issuer, None, Freshness::Cached)
            .await?;
        let mut exchange = Exchange {
            inner: self,
            issuer: &record.issuer,
            dpop_key: &record.dpop_key,
            client_key,
            nonce: record.issuer_nonce.clone(),
        };
        let endpoint = server.revocation_endpoint.as_ref();
        let (refresh, access) = (record.refresh_token.as_ref(), Some(&record.access_token));
        exchange.revoke(endpoint, refresh, access, DEADLINE).await
    }
}
