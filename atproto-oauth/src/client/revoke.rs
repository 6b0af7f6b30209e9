//! Signing out: gone at once for everybody here, then revoked at the server, now or later.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::exchange::{Exchange, revoke_tokens};
use super::resolve::Freshness;
use super::{Inner, OAuthClient, SessionKey};
use crate::store::Commit;
use crate::store::{RevocationRecord, SessionRecord};
use crate::types::Did;
use crate::{Error, ErrorKind};

/// How long somebody who signs out waits for the server.
const PATIENCE: Duration = Duration::from_secs(4);

/// Each request to a server that may be down.
const DEADLINE: Duration = Duration::from_secs(3);

/// How often the queue is looked at, and expired rows are swept.
const PERIOD: Duration = Duration::from_mins(1);

/// How long a revocation is tried.
const KEEP_TRYING: Duration = Duration::from_hours(24 * 30);

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
        let record = self.0.queue_revocation(&key.to_string()).await?;
        let inner = self.0.clone();
        Ok(Revoking(tokio::spawn(async move {
            inner.work_revocation(record).await;
        })))
    }

    /// Signs all sessions of an account out, on all its devices; says how many there were.
    ///
    /// # Errors
    /// The store fails; those that were signed out stay so.
    pub async fn revoke_all(&self, did: &Did) -> Result<usize, Error> {
        let mut count = 0;
        for info in self.sessions_of(did).await? {
            match self.revoke(&info.key).await {
                Ok(()) => count += 1,
                Err(error) if error.kind() == ErrorKind::SessionNotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }
}

impl Inner {
    /// Moves a session to the queue, atomically. A refresh that ends meanwhile changes the row; then the
    /// newer one is moved.
    async fn queue_revocation(&self, id: &str) -> Result<RevocationRecord, Error> {
        loop {
            let stored = self.vault.get::<SessionRecord>(id).await?.ok_or_else(|| {
                Error::new(
                    ErrorKind::SessionNotFound,
                    "there is no session under this key",
                )
            })?;
            let unsaved = self
                .live
                .get(id)
                .map(|live| live.current())
                .filter(|c| c.unsaved);
            let session = unsaved.map_or(stored.record, |current| current.record.clone());
            let now = self.clock.now();
            let record = RevocationRecord {
                id: id.to_owned(),
                did: session.did,
                issuer: session.issuer,
                access_token: session.access_token,
                refresh_token: session.refresh_token,
                dpop_key: session.dpop_key,
                auth: session.auth,
                issuer_nonce: session.issuer_nonce,
                attempts: 0,
                next_at: now.plus(PERIOD),
                created_at: now,
                expires_at: now.plus(KEEP_TRYING),
            };
            let changes = vec![
                self.vault.delete::<SessionRecord>(id, Some(stored.version)),
                self.vault.put(&record, None)?,
            ];
            match self.vault.commit(changes).await? {
                Commit::Done => {
                    self.live.end(id);
                    return Ok(record);
                }
                Commit::Conflict(0) => {}
                Commit::Conflict(_) => {
                    // A queue entry of this session exists already: nothing more to add.
                    let delete = self.vault.delete::<SessionRecord>(id, Some(stored.version));
                    let _ = self.vault.commit(vec![delete]).await?;
                    self.live.end(id);
                    return Ok(record);
                }
            }
        }
    }

    /// Revokes one entry of the queue; done or given up, it leaves the queue.
    async fn work_revocation(&self, record: RevocationRecord) {
        match self.revoke_at_server(&record).await {
            Ok(()) => {
                let delete = self.vault.delete::<RevocationRecord>(&record.id, None);
                if let Err(error) = self.vault.commit(vec![delete]).await {
                    tracing::warn!(%error, "a revoked session stays in the queue");
                }
            }
            Err(error) => tracing::info!(%error, "the session will be revoked later"),
        }
    }

    async fn revoke_at_server(&self, record: &RevocationRecord) -> Result<(), Error> {
        let server = self
            .authorization_server(&record.issuer, None, Freshness::Cached)
            .await?;
        let mut nonce = record.issuer_nonce.clone();
        let mut exchange = Exchange {
            inner: self,
            issuer: &record.issuer,
            dpop_key: &record.dpop_key,
            client_key: self.client_key(&record.auth)?,
            nonce: &mut nonce,
            deadline: DEADLINE,
        };
        let endpoint = server.revocation_endpoint.as_ref();
        let (refresh, access) = (record.refresh_token.as_ref(), Some(&record.access_token));
        Ok(revoke_tokens(&mut exchange, endpoint, refresh, access).await?)
    }

    /// Tries what is due. An entry is claimed by moving its next date, so that of several processes one
    /// tries it.
    async fn work_queue(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let page = self
            .vault
            .list::<RevocationRecord>("queue", None, 100)
            .await?;
        for stored in page
            .items
            .into_iter()
            .filter(|stored| stored.record.next_at <= now)
        {
            let mut record = stored.record;
            record.attempts = record.attempts.saturating_add(1);
            let wait = PERIOD * 2_u32.saturating_pow(record.attempts.min(8));
            record.next_at = now.plus(wait);
            let claim = self.vault.put(&record, Some(stored.version))?;
            if self.vault.commit(vec![claim]).await? == Commit::Done {
                self.work_revocation(record).await;
            }
        }
        Ok(())
    }

    /// Works the queue and sweeps, now and every minute, for as long as the client lives.
    pub(super) fn start_worker(self: &Arc<Self>) {
        let weak = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut period = tokio::time::interval(PERIOD);
            period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                period.tick().await;
                let Some(inner) = Weak::upgrade(&weak) else {
                    return;
                };
                if let Err(error) = inner.work_queue().await {
                    tracing::warn!(%error, "the revocation queue was not worked");
                }
                if let Err(error) = inner.vault.sweep(10_000).await {
                    tracing::warn!(%error, "expired rows were not swept");
                }
            }
        });
    }
}
