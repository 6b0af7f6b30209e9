//! Revokes sessions at their authorization servers.

use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::task::JoinHandle;

use super::sessions::Sessions;
use super::unreadable::read_error;
use crate::client::discovery::CachePolicy::UseCache;
use crate::client::discovery::Discovery;
use crate::client::in_flight::InFlight;
use crate::client::policy::{
    ENQUEUE_ATTEMPTS, LOGOUT_WAIT, MAX_REVOKE_REFUSALS, REVOKE_DEADLINE, REVOKE_LIFETIME,
    REVOKE_RETRY,
};
use crate::client::server::context::RequestContext;
use crate::client::server::exchange::Exchange;
use crate::error::{Error, ErrorKind};
use crate::store::{Commit, RevocationRecord, SessionRecord, StoreError};

/// Moves sessions to the revocation queue, and revokes what is in it.
pub(crate) struct Revoker {
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) discovery: Arc<Discovery>,
    pub(crate) context: Arc<RequestContext>,
    pub(crate) in_flight: InFlight,
}

/// A session that is gone here and is being revoked at its server, whether its caller waits or not.
#[derive(Debug)]
pub(crate) struct Revocation(JoinHandle<()>);

impl Revocation {
    pub(super) fn start(
        revoker: Arc<Revoker>,
        record: RevocationRecord,
        version: Option<u64>,
    ) -> Self {
        let revoke = async move { revoker.revoke_entry(record, version).await };
        Self(tokio::spawn(revoke))
    }

    /// Waits for the server, for a short time.
    pub(crate) async fn wait(self) {
        if tokio::time::timeout(LOGOUT_WAIT, self.0).await.is_err() {
            tracing::info!("the server does not answer; the session will be revoked there later");
        }
    }
}

impl Revoker {
    /// Moves a session to the queue, in one commit; gives the version of its entry. A refresh that ends meanwhile
    /// changes the row; then the newer one is moved.
    pub(super) async fn queue_revocation(
        &self,
        id: &str,
    ) -> Result<(RevocationRecord, Option<u64>), Error> {
        let mut earlier = None;
        loop {
            let stored = match self.sessions.vault.get::<SessionRecord>(id).await {
                Ok(Some(stored)) => stored,
                Ok(None) => return Err(self.not_there(id)),
                Err(error) if self.sessions.unreadable.note_unreadable(id, &error) => {
                    return Err(self.not_there(id).with_source(error));
                }
                // Signed out only when its tokens can be revoked.
                Err(error) => return Err(read_error(error)),
            };
            let state = self.sessions.registry.get(id).map(|state| state.current());
            // Its newest tokens may be in memory only.
            let unsaved = state.filter(|current| current.unsaved.is_some());
            let session = unsaved.map_or(stored.record, |current| current.record.clone());
            let record = self.revocation_of(&session);
            let delete = self
                .sessions
                .vault
                .delete::<SessionRecord>(id, Some(stored.version));
            let queued = self.sessions.vault.put(&record, earlier)?;
            let mut version = Some(earlier.unwrap_or(0) + 1);
            match self
                .sessions
                .vault
                .commit(vec![delete.clone(), queued])
                .await?
            {
                Commit::Done => {}
                // Refreshed meanwhile.
                Commit::Conflict(0) => continue,
                // It is in the queue already, with older tokens.
                Commit::Conflict(_) => {
                    match self.sessions.vault.get::<RevocationRecord>(id).await {
                        Ok(entry) => {
                            earlier = entry.map(|entry| entry.version);
                            continue;
                        }
                        // The logout does not wait for that.
                        Err(error) if error.is_unreadable() => {
                            if self.sessions.vault.commit(vec![delete]).await? != Commit::Done {
                                continue;
                            }
                            version = None;
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            self.sessions.registry.end(id);
            // An answer to a refresh may have come meanwhile: its tokens are kept until they are revoked, too.
            self.sessions
                .registry
                .saved_token(id, record.access_token.expose_secret());
            return Ok((record, version));
        }
    }

    /// Ends the session in memory, too; the error for a session that is not in the store.
    fn not_there(&self, id: &str) -> Error {
        self.sessions.registry.end(id);
        Error::new(
            ErrorKind::SessionNotFound,
            "there is no session under this key",
        )
    }

    fn revocation_of(&self, session: &SessionRecord) -> RevocationRecord {
        let now = self.sessions.now();
        let mut record = RevocationRecord::of(session, now, now.plus(REVOKE_LIFETIME));
        // The caller tries it at once.
        record.next_at = now.plus(REVOKE_RETRY);
        record
    }

    /// Queues tokens that were issued while the session was being signed out, and revokes them in a task of its own.
    ///
    /// # Errors
    /// The store cannot queue them: the caller must keep them.
    pub(super) async fn queue_fresh_tokens(
        self: &Arc<Self>,
        session: &SessionRecord,
    ) -> Result<(), StoreError> {
        let record = self.revocation_of(session);
        let version = self.enqueue(&record).await?;
        let (revoker, in_flight) = (self.clone(), self.in_flight.begin());
        tokio::spawn(async move {
            revoker.revoke_entry(record, version).await;
            drop(in_flight);
        });
        Ok(())
    }

    /// One try to revoke tokens that are kept because they could not be queued.
    pub(super) fn revoke_unqueued(self: &Arc<Self>, session: &SessionRecord) {
        let (revoker, in_flight) = (self.clone(), self.in_flight.begin());
        let record = self.revocation_of(session);
        tokio::spawn(async move {
            if revoker.revoke_at_server(&record).await.is_ok() {
                let token = record.access_token.expose_secret();
                revoker.sessions.registry.saved_token(&record.id, token);
            }
            drop(in_flight);
        });
    }

    /// Puts an entry into the queue; gives its version. `None`: the entry under its name cannot be replaced.
    async fn enqueue(&self, record: &RevocationRecord) -> Result<Option<u64>, StoreError> {
        for _ in 0..ENQUEUE_ATTEMPTS {
            let version = match self
                .sessions
                .vault
                .get::<RevocationRecord>(&record.id)
                .await
            {
                Ok(earlier) => earlier.map(|stored| stored.version),
                Err(error) if error.is_unreadable() => return Ok(None),
                Err(error) => return Err(error),
            };
            let change = self.sessions.vault.put(record, version)?;
            if self.sessions.vault.commit(vec![change]).await? == Commit::Done {
                return Ok(Some(version.unwrap_or(0) + 1));
            }
        }
        Ok(None)
    }

    /// Revokes one entry of the queue. Revoked or given up, the entry is deleted if it still has this version;
    /// one that another process changed meanwhile holds other tokens and stays.
    pub(super) async fn revoke_entry(&self, record: RevocationRecord, version: Option<u64>) {
        match self.revoke_at_server(&record).await {
            Ok(()) => {}
            Err(error) if !error.is_transient() && record.attempts >= MAX_REVOKE_REFUSALS => {
                tracing::warn!(
                    %error,
                    "a session could not be revoked at its server and will not be tried again; its tokens \
                     work until they expire"
                );
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
            .sessions
            .vault
            .delete::<RevocationRecord>(&record.id, Some(version));
        if let Err(error) = self.sessions.vault.commit(vec![delete]).await {
            tracing::warn!(%error, "a revoked session stays in the queue");
        }
    }

    async fn revoke_at_server(&self, record: &RevocationRecord) -> Result<(), Error> {
        self.sessions.keys.sync().await;
        let client_key = self.sessions.keys.client_key(&record.auth)?;
        let server = self
            .discovery
            .authorization_server(&record.issuer, None, UseCache)
            .await?;
        let mut exchange = Exchange {
            context: &self.context,
            issuer: &record.issuer,
            dpop_key: &record.dpop_key,
            client_key,
            nonce: record.issuer_nonce.clone(),
        };
        let endpoint = server.revocation_endpoint.as_ref();
        let (refresh, access) = (record.refresh_token.as_ref(), Some(&record.access_token));
        exchange
            .revoke(endpoint, refresh, access, REVOKE_DEADLINE)
            .await
    }
}
