//! Loads sessions from memory or from the store, and writes new ones.

use std::sync::Arc;

use super::key::SessionKey;
use super::registry::SessionRegistry;
use super::staleness::Staleness;
use super::state::{SessionState, Snapshot, ended, not_found};
use super::unreadable::{UnreadableRows, read_error};
use crate::client::client_keys::ClientKeys;
use crate::client::policy::{LAST_USED_PERIOD, SWEEP_BATCH};
use crate::error::{Error, ErrorKind};
use crate::store::{Commit, SessionRecord, StoreError, Stored, Vault};
use crate::types::Timestamp;

/// The sessions of a client.
pub(crate) struct Sessions {
    pub(crate) vault: Vault,
    pub(crate) registry: Arc<SessionRegistry>,
    pub(crate) staleness: Staleness,
    pub(crate) unreadable: UnreadableRows,
    pub(crate) keys: Arc<ClientKeys>,
}

impl Sessions {
    pub(crate) fn new(
        registry: Arc<SessionRegistry>,
        staleness: Staleness,
        keys: Arc<ClientKeys>,
    ) -> Self {
        Self {
            vault: staleness.vault().clone(),
            registry,
            unreadable: UnreadableRows::new(staleness.clock().clone()),
            staleness,
            keys,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.staleness.now()
    }

    /// The session under `key`, from memory or from the store.
    pub(crate) async fn load<A>(&self, key: &SessionKey<A>) -> Result<Arc<SessionState>, Error> {
        let id = key.to_string();
        self.keys.sync().await;
        if let Some(state) = self.registry.get(&id) {
            state.check()?;
            self.keys.check_compromised(&state.current().record.auth)?;
            let mark = state.read_at();
            if !self.staleness.is_current(mark)
                && let Err(error) = self.reload(&state).await
                && (state.check().is_err() || !self.staleness.serves_during_outage(mark))
            {
                return Err(error);
            }
            let end = state.current().record.expires_at;
            return match end {
                Some(end) if end <= self.now() => Err(ended()),
                _ => Ok(state),
            };
        }
        loop {
            let (before, mark) = (self.registry.ends(), self.staleness.mark());
            let stored = match self.vault.get::<SessionRecord>(&id).await {
                Ok(stored) => stored.ok_or_else(not_found)?,
                Err(error) if self.unreadable.note_unreadable(&id, &error) => {
                    return Err(not_found().with_source(error));
                }
                Err(error) => return Err(read_error(error)),
            };
            self.unreadable.note_readable(&id);
            if stored.record.did != *key.did() || stored.record.random_id != *key.random_id() {
                return Err(Error::new(
                    ErrorKind::SessionStoreFailed,
                    "the store answered with another session than the one asked for",
                ));
            }
            self.keys.check_compromised(&stored.record.auth)?;
            // A session that was signed out since it was read must not come back to life here.
            let (record, version) = (stored.record, stored.version);
            if let Some(state) = self.registry.insert(record, version, before, mark) {
                return Ok(state);
            }
        }
    }

    /// Reads the row of a session again. A row that is gone was signed out.
    pub(crate) async fn reload(&self, state: &SessionState) -> Result<Arc<Snapshot>, Error> {
        let (id, mark) = (state.key.to_string(), self.staleness.mark());
        match self.vault.get::<SessionRecord>(&id).await {
            Ok(Some(stored)) => {
                state.set_read_at(mark);
                self.unreadable.note_readable(&id);
                Ok(state.merge_from_store(stored))
            }
            Ok(None) => {
                self.registry.end(&id);
                Err(ended())
            }
            // Rolled back or changed: it ends here as in a process that does not have it in memory.
            Err(error)
                if state.current().unsaved.is_none()
                    && self.unreadable.note_unreadable(&id, &error) =>
            {
                self.registry.end(&id);
                Err(ended().with_source(error))
            }
            Err(error) => Err(read_error(error)),
        }
    }

    /// Writes a new session; without a durable write there is none.
    pub(crate) async fn insert(&self, record: SessionRecord) -> Result<Arc<SessionState>, Error> {
        let key = SessionKey::<()>::new(record.did.clone(), record.random_id);
        let (before, mark) = (self.registry.ends(), self.staleness.mark());
        let change = self.vault.put(&record, None)?;
        match self.vault.commit(vec![change]).await {
            Ok(Commit::Done) => match self.registry.insert(record, 1, before, mark) {
                Some(state) => Ok(state),
                None => self.load(&key).await,
            },
            Ok(Commit::Conflict(_)) => Err(Error::new(
                ErrorKind::SessionStoreFailed,
                "a session with this key exists already; start again",
            )),
            Err(error) => {
                // The row may have been written all the same, and its tokens are about to be revoked.
                let delete = self.vault.delete::<SessionRecord>(&key.to_string(), None);
                if let Err(again) = self.vault.commit(vec![delete]).await {
                    tracing::warn!(error = %again, "a refused session may still be in the store");
                }
                Err(error.into())
            }
        }
    }

    /// Writes the use of a session to its row once a day, in a task of its own.
    pub(super) fn note_use(self: &Arc<Self>, state: &Arc<SessionState>, record: &SessionRecord) {
        let now = self.now();
        if record.last_used().until(now) < LAST_USED_PERIOD || !state.last_used.touch(now) {
            return;
        }
        let (sessions, state) = (self.clone(), state.clone());
        tokio::spawn(async move {
            if let Err(error) = sessions.write_use(&state, now).await {
                tracing::debug!(%error, "the use of a session was not written");
            }
        });
    }

    /// Not while its tokens are being refreshed: the refresh writes it, too, and comes first.
    async fn write_use(&self, state: &SessionState, now: Timestamp) -> Result<(), StoreError> {
        let Ok(_turn) = state.refresh_turn.try_lock() else {
            return Ok(());
        };
        let current = state.current();
        let is_refreshing = |record: &SessionRecord| {
            let lease = record.refreshing;
            lease.is_some_and(|lease| lease.deadline > now)
        };
        if current.unsaved.is_some() || is_refreshing(&current.record) {
            return Ok(());
        }
        let mut record = current.record.clone();
        record.used_at = Some(now);
        let change = self.vault.put(&record, Some(current.version))?;
        if self.vault.commit(vec![change]).await? == Commit::Done {
            let version = current.version + 1;
            state.merge_from_store(Stored { record, version });
        }
        Ok(())
    }

    /// Deletes all rows that have expired.
    pub(crate) async fn sweep(&self) -> Result<(), StoreError> {
        while self.vault.sweep(SWEEP_BATCH).await? >= SWEEP_BATCH {}
        Ok(())
    }
}
