//! How many sessions wait for keys that are not here, and the end of those whose key leaked.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{life, warn_of_missing};
use crate::Error;
use crate::client::Inner;
use crate::store::{
    ClientAuth, ClientKeyRecord, Commit, Record, SessionRecord, StoreError, Stored,
};

/// Sessions that are read at a time, and the time to breathe between: a million sessions take some minutes.
const STEP: usize = 250;
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    Of(u64),
    /// Not all sessions can be read.
    InDoubt,
    /// It came to no end: somebody else may count at once.
    Broken,
}

impl Inner {
    /// Compares keys, and counts the sessions of those that are missing or compromised. Of several
    /// processes one counts, once a day.
    pub(in crate::client) async fn look_after_keys(&self) -> Result<(), Error> {
        self.compare_keys().await?;
        self.warn_of_missing_keys();
        let (mut claimed, now) = (Vec::new(), self.clock.now());
        for record in self.keys.records().values() {
            if life::is_forgotten(record, now) {
                self.forget_key(&record.kid).await?;
            }
            if life::is_due(record, now) && self.claim_count(&record.kid).await? {
                claimed.push(record.kid.clone());
            }
        }
        if claimed.is_empty() {
            return Ok(());
        }
        let counted = self.count_sessions(&claimed).await;
        for kid in &claimed {
            let count = match &counted {
                Ok((_, 1..)) => Count::InDoubt,
                Ok((count, 0)) => Count::Of(count.get(kid).copied().unwrap_or_default()),
                Err(_) => Count::Broken,
            };
            self.note_count(kid, count).await?;
        }
        Ok(counted.map(drop)?)
    }

    /// Deletes what is known of the key, unless somebody has it again.
    async fn forget_key(&self, kid: &str) -> Result<(), Error> {
        let now = self.clock.now();
        let stored = self.stored_key(kid).await?;
        let Some(stored) = stored.filter(|stored| life::is_forgotten(&stored.record, now)) else {
            return Ok(());
        };
        let id = ClientKeyRecord::id_of(kid);
        let delete = self
            .vault
            .delete::<ClientKeyRecord>(&id, Some(stored.version));
        if self.vault.commit(vec![delete]).await? == Commit::Done {
            tracing::info!(
                kid,
                "a client key that nobody has had for a year is forgotten"
            );
        }
        Ok(())
    }

    async fn claim_count(&self, kid: &str) -> Result<bool, Error> {
        let now = self.clock.now();
        let claim = |record: Option<&ClientKeyRecord>| {
            let record = record.filter(|record| life::is_due(record, now))?;
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
            Count::InDoubt | Count::Broken => None,
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
            None if count == Count::InDoubt => {
                tracing::warn!(
                    kid,
                    "some sessions cannot be read; they may be of a client key that is gone"
                );
            }
            None => {}
        }
        Ok(())
    }

    /// Goes through all sessions. Those that cannot be read may be of any key.
    async fn count_sessions(
        &self,
        kids: &[String],
    ) -> Result<(BTreeMap<String, u64>, usize), StoreError> {
        let mut count: BTreeMap<String, u64> = kids.iter().map(|kid| (kid.clone(), 0)).collect();
        let (mut unreadable, mut from) = (0, None::<String>);
        loop {
            let step = self
                .vault
                .scan::<SessionRecord>(from.as_deref(), STEP)
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
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Its server ends it, as the key is not published any more: nothing is to be revoked (CA-08).
    async fn delete_session(&self, session: &Stored<SessionRecord>) -> Result<bool, StoreError> {
        let id = session.record.id();
        let delete = self
            .vault
            .delete::<SessionRecord>(&id, Some(session.version));
        let done = self.vault.commit(vec![delete]).await? == Commit::Done;
        if done {
            self.live.end(&id);
        }
        Ok(done)
    }

    async fn stored_key(&self, kid: &str) -> Result<Option<Stored<ClientKeyRecord>>, StoreError> {
        self.vault.get(&ClientKeyRecord::id_of(kid)).await
    }
}
