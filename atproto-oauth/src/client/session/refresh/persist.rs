//! Writes fresh tokens before they are used; if the store fails they stay in memory until it works again. They are never
//! thrown away.

use std::sync::{Arc, Weak};

use secrecy::{ExposeSecret, SecretString};

use super::{Refresher, later};
use crate::client::policy::{MAX_SAVE_RETRY, SAVE_ATTEMPTS, SAVE_RETRY};
use crate::client::session::state::{SessionState, Snapshot, ended, same_refresh_token};
use crate::error::{Error, ErrorKind};
use crate::store::{Commit, SessionRecord, StoreError};

impl Refresher {
    /// Writes `next`, whose `unsaved` is the access token it replaces, over the row at its version (AT Protocol
    /// OAuth: Tokens and Session Lifetime). If the store fails it is used from memory and written as soon as
    /// that works again.
    ///
    /// # Errors
    /// The session was signed out meanwhile.
    pub(super) async fn save(
        self: &Arc<Self>,
        state: &Arc<SessionState>,
        mut next: Snapshot,
    ) -> Result<Arc<Snapshot>, Error> {
        let id = state.key.to_string();
        for _ in 0..SAVE_ATTEMPTS {
            match self.write(&next.record, next.version).await {
                Ok(Commit::Done) => {
                    next.version += 1;
                    return Ok(self.saved(state, next));
                }
                Ok(Commit::Conflict(_)) => {}
                Err(error) => return Ok(self.unsaved(state, next, &error)),
            }
            // Another process may have waited out our lease, or a failed write was none.
            let stored = match self.sessions.vault.get::<SessionRecord>(&id).await {
                Ok(Some(stored)) => stored,
                Ok(None) => {
                    // Signed out: the tokens just issued must not live on.
                    self.sessions.registry.end(&id);
                    // Also where this process has another handle on it by now.
                    state.end();
                    match self.revoker.queue_fresh_tokens(&next.record).await {
                        Ok(()) => self.sessions.registry.saved(&id),
                        Err(error) => {
                            let unsaved = self.unsaved(state, next, &error);
                            self.revoker.revoke_unqueued(&unsaved.record);
                        }
                    }
                    return Err(ended());
                }
                Err(error) => return Ok(self.unsaved(state, next, &error)),
            };
            let token = stored.record.access_token.expose_secret();
            let replaced = next.unsaved.as_ref().map(SecretString::expose_secret);
            if next.has_token(token) && same_refresh_token(&next.record, &stored.record) {
                next.version = stored.version;
                return Ok(self.saved(state, next));
            }
            if replaced != Some(token) {
                // Another process refreshed it too, later than this one.
                return Ok(self.saved(state, Snapshot::new(stored.record, stored.version)));
            }
            next.version = stored.version;
        }
        Ok(self.unsaved(
            state,
            next,
            &StoreError::down("another process keeps writing the same row"),
        ))
    }

    fn saved(&self, state: &SessionState, mut next: Snapshot) -> Arc<Snapshot> {
        next.unsaved = None;
        self.sessions.registry.saved(&state.key.to_string());
        state.set_if_newer(next)
    }

    fn unsaved(
        self: &Arc<Self>,
        state: &Arc<SessionState>,
        next: Snapshot,
        error: &StoreError,
    ) -> Arc<Snapshot> {
        tracing::error!(%error, "fresh tokens could not be written; keeping them in memory");
        let current = state.set(next);
        if self.sessions.registry.add_unsaved(state) {
            let (refresher, in_flight) = (Arc::downgrade(self), self.in_flight.begin());
            tokio::spawn(async move {
                write_later(&refresher).await;
                drop(in_flight);
            });
        }
        current
    }

    /// One more try to write the newest tokens of a session.
    pub(super) async fn save_again(
        self: &Arc<Self>,
        state: &Arc<SessionState>,
    ) -> Result<Arc<Snapshot>, Error> {
        let current = state.current();
        let Some(base) = &current.unsaved else {
            return Ok(current);
        };
        let mut next = current.rewritten(current.record.clone(), current.version);
        next.unsaved = Some(base.clone());
        let current = self.save(state, next).await?;
        if current.unsaved.is_some() {
            // Without a row there is no lease, and without a lease no token is sent.
            return Err(later(None));
        }
        Ok(current)
    }

    pub(super) async fn write(
        &self,
        record: &SessionRecord,
        version: u64,
    ) -> Result<Commit, StoreError> {
        let change = self.sessions.vault.put(record, Some(version))?;
        self.sessions.vault.commit(vec![change]).await
    }

    /// Deletes the row after the server refused the refresh token in `sent`. If another process has refreshed the
    /// session, gives that instead.
    ///
    /// # Errors
    /// The store cannot tell now whether there is anything newer, or another process is about to send the same token
    /// and will get the same answer.
    pub(super) async fn forget(
        &self,
        state: &SessionState,
        sent: &SessionRecord,
        mut version: u64,
    ) -> Result<Option<Arc<Snapshot>>, Error> {
        let id = state.key.to_string();
        for _ in 0..SAVE_ATTEMPTS {
            let delete = self
                .sessions
                .vault
                .delete::<SessionRecord>(&id, Some(version));
            let stored = match self.sessions.vault.commit(vec![delete]).await? {
                Commit::Done => None,
                Commit::Conflict(_) => self.sessions.vault.get::<SessionRecord>(&id).await?,
            };
            let Some(stored) = stored else {
                self.sessions.registry.end(&id);
                self.sessions.registry.saved(&id);
                return Ok(None);
            };
            if !same_refresh_token(sent, &stored.record) {
                return Ok(Some(state.merge_from_store(stored)));
            }
            if stored.record.refreshing != sent.refreshing {
                break;
            }
            version = stored.version;
        }
        Err(later(None))
    }
}

/// Writes tokens that are in memory only, until none are left.
async fn write_later(refresher: &Weak<Refresher>) {
    let mut wait = SAVE_RETRY;
    loop {
        tokio::time::sleep(wait).await;
        wait = MAX_SAVE_RETRY.min(wait * 2);
        let Some(refresher) = Weak::upgrade(refresher) else {
            return;
        };
        for state in refresher.sessions.registry.unsaved() {
            let _turn = state.refresh_turn.lock().await;
            if state.check().is_err() {
                // Signed out meanwhile: these tokens are not used any more, and must not live on.
                if refresher
                    .revoker
                    .queue_fresh_tokens(&state.current().record)
                    .await
                    .is_ok()
                {
                    refresher.sessions.registry.saved(&state.key.to_string());
                }
                continue;
            }
            match refresher.save_again(&state).await {
                Ok(_) => tracing::info!("tokens that were kept in memory are written"),
                Err(error) if error.kind() == ErrorKind::TemporarilyUnavailable => {}
                Err(error) => tracing::info!(%error, "tokens that were kept in memory are void"),
            }
        }
        if refresher.sessions.registry.is_all_saved() {
            return;
        }
    }
}
