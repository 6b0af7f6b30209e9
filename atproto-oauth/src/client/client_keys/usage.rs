//! Counts the sessions of keys that are missing, and deletes those of compromised keys.

use std::collections::BTreeMap;

use super::{ClientKeys, lifecycle, warn_of_missing};
use crate::client::policy::{KEY_COUNT_PAUSE, KEY_COUNT_STEP};
use crate::error::Error;
use crate::store::{
    ClientAuth, ClientKeyRecord, Commit, Record, SessionRecord, StoreError, Stored,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    Of(u64),
    /// Not all sessions can be read.
    Incomplete,
    /// The count broke off: another process may count at once.
    Broken,
}

impl ClientKeys {
    /// Compares keys, and counts the sessions of those that are missing or compromised. Of several
    /// processes one counts, once a day.
    pub(crate) async fn look_after(&self) -> Result<(), Error> {
        self.compare().await?;
        self.warn_of_missing_keys();
        let (mut claimed, now) = (Vec::new(), self.staleness.now());
        for record in self.records().values() {
            if lifecycle::is_forgotten(record, now) {
                self.forget_key(&record.kid).await?;
            }
            if lifecycle::is_due(record, now) && self.claim_count(&record.kid).await? {
                claimed.push(record.kid.clone());
            }
        }
        if claimed.is_empty() {
            return Ok(());
        }
        let counted = self.count_sessions(&claimed).await;
        for kid in &claimed {
            let count = match &counted {
                Ok((_, 1..)) => Count::Incomplete,
                Ok((count, 0)) => Count::Of(count.get(kid).copied().unwrap_or_default()),
                Err(_) => Count::Broken,
            };
            self.note_count(kid, count).await?;
        }
        Ok(counted.map(drop)?)
    }

    /// Deletes the record of the key, unless a process has it again.
    async fn forget_key(&self, kid: &str) -> Result<(), Error> {
        let now = self.staleness.now();
        let stored = self.stored_key(kid).await?;
        let Some(stored) = stored.filter(|stored| lifecycle::is_forgotten(&stored.record, now))
        else {
            return Ok(());
        };
        let id = ClientKeyRecord::id_of(kid);
        let delete = self
            .staleness
            .vault()
            .delete::<ClientKeyRecord>(&id, Some(stored.version));
        if self.staleness.vault().commit(vec![delete]).await? == Commit::Done {
            tracing::info!(
                kid,
                "a client key that no process has had for a year is forgotten"
            );
        }
        Ok(())
    }

    async fn claim_count(&self, kid: &str) -> Result<bool, Error> {
        let now = self.staleness.now();
        let claim = |record: Option<&ClientKeyRecord>| {
            let record = record.filter(|record| lifecycle::is_due(record, now))?;
            Some(ClientKeyRecord {
                counted_at: Some(now),
                ..record.clone()
            })
        };
        let stored = self.stored_key(kid).await?;
        let (_, ours) = self.edit_key(kid, stored, claim).await?;
        Ok(ours)
    }

    /// What was counted.
    async fn note_count(&self, kid: &str, count: Count) -> Result<(), Error> {
        let sessions = match count {
            Count::Of(sessions) => Some(sessions),
            Count::Incomplete | Count::Broken => None,
        };
        let note = |record: Option<&ClientKeyRecord>| {
            let record = record?;
            Some(ClientKeyRecord {
                counted_at: record.counted_at.filter(|_| count != Count::Broken),
                sessions,
                ..record.clone()
            })
        };
        let stored = self.stored_key(kid).await?;
        self.edit_key(kid, stored, note).await?;
        match sessions {
            Some(count) if self.is_compromised(kid) => {
                tracing::info!(
                    kid,
                    left = count,
                    "the sessions of a compromised key are deleted"
                );
            }
            Some(count) if count > 0 => warn_of_missing(kid, count),
            Some(_) => tracing::info!(kid, "no session is left of a client key that is gone"),
            None if count == Count::Incomplete => {
                tracing::warn!(
                    kid,
                    "some sessions cannot be read; they may be of a client key that is gone"
                );
            }
            None => {}
        }
        Ok(())
    }

    /// Counts all sessions by key, and the unreadable ones, which may be of any key.
    async fn count_sessions(
        &self,
        kids: &[String],
    ) -> Result<(BTreeMap<String, u64>, usize), StoreError> {
        let mut count: BTreeMap<String, u64> = kids.iter().map(|kid| (kid.clone(), 0)).collect();
        let (mut unreadable, mut from) = (0, None::<String>);
        loop {
            let step = self
                .staleness
                .vault()
                .scan::<SessionRecord>(from.as_deref(), KEY_COUNT_STEP)
                .await?;
            for session in step.items {
                let ClientAuth::PrivateKeyJwt { kid, .. } = &session.record.auth else {
                    continue;
                };
                if let Some(count) = count.get_mut(kid)
                    && !(self.is_compromised(kid) && self.delete_session(&session).await?)
                {
                    *count += 1;
                }
            }
            unreadable += step.unreadable;
            match step.next {
                Some(next) => from = Some(next),
                None => return Ok((count, unreadable)),
            }
            tokio::time::sleep(KEY_COUNT_PAUSE).await;
        }
    }

    /// Deletes the row of a session without revoking it: its authorization server ends the session, as the key is not
    /// published any more (AT Protocol OAuth: Confidential Client Authentication).
    async fn delete_session(&self, session: &Stored<SessionRecord>) -> Result<bool, StoreError> {
        let id = session.record.id();
        let delete = self
            .staleness
            .vault()
            .delete::<SessionRecord>(&id, Some(session.version));
        let done = self.staleness.vault().commit(vec![delete]).await? == Commit::Done;
        if done {
            self.registry.end(&id);
        }
        Ok(done)
    }

    async fn stored_key(&self, kid: &str) -> Result<Option<Stored<ClientKeyRecord>>, StoreError> {
        self.staleness
            .vault()
            .get(&ClientKeyRecord::id_of(kid))
            .await
    }
}
