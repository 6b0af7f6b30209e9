//! Sealed records over any store: the only way the rest of the library reads and writes.

mod availability;
pub(super) mod codec;
mod interner;
mod open;
mod passes;
mod record;
mod rollback_guard;
mod seal;
mod secrets;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::availability::Availability;
use self::rollback_guard::RollbackGuard;
use super::{Change, Commit, Row, RowKey, Store, StoreError, row};
use crate::jose::{base64url, sha256};
use crate::store::policy::TAKE_ATTEMPTS;
use crate::types::{Clock, Timestamp};
pub use codec::Reader;
pub use codec::Writer;
pub use interner::Interner;
pub use passes::{Resealed, Scanned, SessionCounts};
pub use record::{
    ClientAuth, ClientKeyRecord, Expanded, PendingRecord, Record, RefreshLease, RevocationRecord,
    SessionRecord,
};
pub use seal::{Label, Sealer};
pub use secrets::Secrets;

/// Records of one client in a [`Store`]: sealed, bound to their place, expired ones hidden.
///
/// A row that does not open, that answers for another id, or whose version is older than one this
/// process has seen is reported to the log and is [`StoreError::is_unreadable`], never a record. That
/// a *whole* store was rolled back while the process was down cannot be noticed.
///
/// Ids are never used again once their record was deleted, other than a revocation's, which is its session's; all of
/// the library's are random.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    sealer: Sealer,
    /// Names the client in ids and groups, so that applications can share a store.
    namespace: String,
    clock: Arc<dyn Clock>,
    interner: Interner,
    rollback_guard: RollbackGuard,
    availability: Availability,
}

/// A record and the version of its row.
#[derive(Clone, Debug)]
pub struct Stored<R> {
    /// What was stored.
    pub record: R,
    /// For the next [`put`](Vault::put) or [`delete`](Vault::delete).
    pub version: u64,
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Page<R> {
    /// In the order of their ids.
    pub items: Vec<Stored<R>>,
    /// Rows that cannot be read.
    pub unreadable: usize,
    /// The id to go on after; `None` at the end.
    pub next: Option<String>,
}

impl Vault {
    /// The records of `client_id` in `store`.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        secrets: &Secrets,
        client_id: &str,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let hash = sha256(client_id.as_bytes());
        let (name, _) = hash.split_at(12);
        Self(Arc::new(Inner {
            store,
            sealer: Sealer::new(secrets, client_id),
            namespace: base64url::encode(name),
            clock,
            interner: Interner::default(),
            rollback_guard: RollbackGuard::default(),
            availability: Availability::default(),
        }))
    }

    /// The record `id`, unless there is none or it expired.
    ///
    /// # Errors
    /// What the store says, or [`StoreError::unreadable`].
    pub async fn get<R: Record>(&self, id: &str) -> Result<Option<Stored<R>>, StoreError> {
        let key = self.key::<R>(id);
        if !row::is_id(&key.id) {
            return Ok(None);
        }
        let start = self.0.rollback_guard.read_start();
        match self.0.availability.record(self.0.store.get(&key).await)? {
            Some(row) => self.open(&key, &row, start),
            None => Ok(None),
        }
    }

    /// Writes `record`: a new one, or over the version that was read.
    ///
    /// # Errors
    /// [`StoreError::down`] when the operating system has no random bytes.
    pub fn put<R: Record>(&self, record: &R, previous: Option<u64>) -> Result<Change, StoreError> {
        let key = self.key::<R>(&record.id());
        let mut out = Writer::new();
        record.encode(&mut out);
        let (version, group) = (previous.unwrap_or(0) + 1, self.group(&record.group()));
        let expires_at = record.expires_at();
        let label = Label {
            key: &key,
            version,
            group: &group,
            expires_at,
        };
        let value = self.0.sealer.seal(label, &out.into_bytes())?;
        let row = Row {
            version,
            group,
            expires_at,
            value,
        };
        Ok(Change::Put(key, row))
    }

    /// Deletes the record `id` at that version, or whatever is there.
    #[must_use]
    pub fn delete<R: Record>(&self, id: &str, version: Option<u64>) -> Change {
        Change::Delete(self.key::<R>(id), version)
    }

    /// As [`Store::commit`].
    ///
    /// # Errors
    /// As there.
    pub async fn commit(&self, changes: Vec<Change>) -> Result<Commit, StoreError> {
        let guard = &self.0.rollback_guard;
        let written: Vec<_> = changes.iter().map(|change| guard.prepare(change)).collect();
        let answer = self
            .0
            .availability
            .record(self.0.store.commit(changes).await)?;
        if answer == Commit::Done {
            guard.record(&written);
        }
        Ok(answer)
    }

    /// Reads and deletes in one: of several that take the record `id`, exactly one gets it (AT Protocol OAuth:
    /// Summary of Authorization Flow).
    ///
    /// # Errors
    /// As [`get`](Self::get) and [`commit`](Self::commit). After an error no caller has the record.
    pub async fn take<R: Record>(&self, id: &str) -> Result<Option<R>, StoreError> {
        for _ in 0..TAKE_ATTEMPTS {
            let Some(Stored { record, version }) = self.get::<R>(id).await? else {
                return Ok(None);
            };
            match self
                .commit(vec![self.delete::<R>(id, Some(version))])
                .await?
            {
                Commit::Done => return Ok(Some(record)),
                // Taken by another process, or changed; the next read tells.
                Commit::Conflict(_) => {}
            }
        }
        Err(StoreError::down(
            "a record changes faster than it can be taken; try again",
        ))
    }

    /// Up to `limit` rows of `group`, after the id `after`. Rows that cannot be read are reported and
    /// counted, so that one does not hide the others.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list<R: Record>(
        &self,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<R>, StoreError> {
        let group = self.group(group);
        let after = after.map(|id| self.key::<R>(id).id);
        let start = self.0.rollback_guard.read_start();
        let rows = self.0.store.list(R::KIND, &group, after.as_deref(), limit);
        let rows = self.0.availability.record(rows.await)?;
        let last = rows.last().filter(|_| rows.len() >= limit);
        let next = last
            .and_then(|(key, _)| self.own_id(&key.id))
            .map(String::from);
        let (mut items, mut unreadable) = (Vec::new(), 0);
        for (key, row) in rows.iter().filter(|(_, row)| row.group == group) {
            match self.open(key, row, start) {
                Ok(found) => items.extend(found),
                Err(_) => unreadable += 1,
            }
        }
        Ok(Page {
            items,
            unreadable,
            next,
        })
    }

    /// Deletes up to `limit` expired rows, of every client; says how many.
    ///
    /// # Errors
    /// What the store says.
    pub async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        let swept = self.0.store.sweep(self.now(), limit).await;
        self.0.availability.record(swept)
    }

    /// The time, as this vault sees it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// As [`Store::describe`].
    #[must_use]
    pub fn describe(&self) -> String {
        self.0.store.describe()
    }

    /// As [`Store::is_shared`].
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.0.store.is_shared()
    }

    /// Whether the last answer of the store was a failure.
    pub(crate) fn is_down(&self) -> bool {
        self.0.availability.is_down()
    }

    /// Whether the last answer was a failure, no longer ago than `time`.
    pub(crate) fn was_down_within(&self, time: Duration) -> bool {
        self.0.availability.was_down_within(time)
    }

    /// Whether the store recovered from an outage no longer ago than `time`.
    pub(crate) fn recovered_within(&self, time: Duration) -> bool {
        self.0.availability.recovered_within(time)
    }

    /// How often the store was down and recovered. It may have lost rows then, so what was read before is not
    /// current any more.
    pub(crate) fn recoveries(&self) -> u64 {
        self.0.availability.recoveries()
    }

    fn key<R: Record>(&self, id: &str) -> RowKey {
        RowKey {
            kind: R::KIND,
            id: format!("{}/{id}", self.0.namespace),
        }
    }

    fn group(&self, group: &str) -> String {
        if group.is_empty() {
            return String::new();
        }
        format!("{}/{group}", self.0.namespace)
    }

    fn own_id<'a>(&self, id: &'a str) -> Option<&'a str> {
        id.strip_prefix(&self.0.namespace)?.strip_prefix('/')
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Vault").field(&self.0.store).finish()
    }
}

#[cfg(test)]
mod tests;
