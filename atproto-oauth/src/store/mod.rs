//! Stores: one trait over versioned rows, its implementations, and the vault that seals records into rows.
//!
//! What is stored is sealed first; see [`StoreAdmin`] for what an operator can do with it.

pub mod admin;
#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod memory;
mod open;
mod policy;
mod private_file;
#[cfg(feature = "redis")]
mod redis;
mod row;
#[cfg(any(feature = "embedded", feature = "redis"))]
mod row_bytes;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
mod vault;

#[cfg(any(test, feature = "testing"))]
pub mod contract;

#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub use admin::StoreAdmin;
#[cfg(feature = "embedded")]
pub use embedded::EmbeddedStore;
pub use error::StoreError;
pub use memory::MemoryStore;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub use open::{DEFAULT, Opened, open};
#[cfg(not(feature = "internals"))]
pub(crate) use open::{DEFAULT, Opened, open};
pub use row::{Change, Commit, Kind, Row, RowKey, Scan, check};
#[cfg(feature = "postgres")]
pub use sql::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sql::SqliteStore;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub use vault::{
    ClientAuth, ClientKeyRecord, Expanded, Interner, Label, Page, PendingRecord, Reader, Record,
    RefreshLease, RevocationRecord, Scanned, Sealer, Secrets, SessionRecord, Stored, Vault, Writer,
};
#[cfg(not(feature = "internals"))]
pub(crate) use vault::{
    ClientAuth, ClientKeyRecord, Expanded, Interner, Label, Page, PendingRecord, Reader, Record,
    RefreshLease, RevocationRecord, Scanned, Sealer, Secrets, SessionRecord, Stored, Vault, Writer,
};
pub use vault::{Resealed, SessionCounts};

use std::fmt;
use std::sync::Arc;

use futures_util::future::ready;

use crate::types::{BoxFuture, Timestamp};

/// Keeps versioned rows. Everything the library needs (take once, compare and swap, leases, moving a
/// session to the revocation queue) is built on the atomicity of [`commit`](Self::commit).
///
/// Values are sealed before they come here; a store never sees a token.
///
/// # A store of one's own
///
/// This one is complete. A real one keeps its promise of durability, and calls its database where
/// this one locks; `store::contract` (feature `testing`) checks any implementation.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::{Mutex, MutexGuard, PoisonError};
///
/// use atproto_oauth::store::{self, Change, Commit, Kind, Row, RowKey, Scan, Store, StoreError};
/// use atproto_oauth::types::{BoxFuture, Clock, SystemClock, Timestamp};
/// use futures_util::future::ready;
///
/// #[derive(Debug, Default)]
/// struct Shelf(Mutex<BTreeMap<RowKey, Row>>);
///
/// impl Shelf {
///     fn rows(&self) -> MutexGuard<'_, BTreeMap<RowKey, Row>> {
///         self.0.lock().unwrap_or_else(PoisonError::into_inner)
///     }
/// }
///
/// impl Store for Shelf {
///     fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
///         Box::pin(ready(Ok(self.rows().get(key).cloned())))
///     }
///
///     fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
///         Box::pin(async move {
///             store::check(&changes)?;
///             let now = SystemClock.now();
///             let mut rows = self.rows();
///             for (index, change) in changes.iter().enumerate() {
///                 let current = rows.get(change.key());
///                 if !change.accepts(current.map(|row| (row.version, row.is_expired(now)))) {
///                     return Ok(Commit::Conflict(index));
///                 }
///             }
///             for change in changes {
///                 match change {
///                     Change::Put(key, row) => rows.insert(key, row),
///                     Change::Delete(key, _) => rows.remove(&key),
///                 };
///             }
///             Ok(Commit::Done)
///         })
///     }
///
///     fn list(
///         &self,
///         kind: Kind,
///         group: &str,
///         after: Option<&str>,
///         limit: usize,
///     ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
///         let rows = self.rows();
///         let wanted = |(key, row): &(&RowKey, &Row)| {
///             key.kind == kind
///                 && !group.is_empty()
///                 && row.group == group
///                 && after.is_none_or(|after| key.id.as_str() > after)
///         };
///         let page = rows.iter().filter(wanted).take(limit);
///         Box::pin(ready(Ok(page.map(|(key, row)| (key.clone(), row.clone())).collect())))
///     }
///
///     fn scan(
///         &self,
///         kind: Kind,
///         from: Option<&str>,
///         limit: usize,
///     ) -> BoxFuture<'_, Result<Scan, StoreError>> {
///         let rows = self.rows();
///         let wanted = |(key, _): &(&RowKey, &Row)| {
///             key.kind == kind && from.is_none_or(|from| key.id.as_str() > from)
///         };
///         let page = rows.iter().filter(wanted).take(limit);
///         let page = page.map(|(key, row)| (key.clone(), row.clone()));
///         Box::pin(ready(Ok(Scan::ordered(page.collect(), limit))))
///     }
///
///     fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
///         let mut rows = self.rows();
///         let expired = rows.iter().filter(|(_, row)| row.is_expired(now)).take(limit);
///         let expired: Vec<RowKey> = expired.map(|(key, _)| key.clone()).collect();
///         expired.iter().for_each(|key| drop(rows.remove(key)));
///         Box::pin(ready(Ok(expired.len())))
///     }
///
///     fn describe(&self) -> String {
///         "my shelf (one process, forgets at the end)".into()
///     }
///
///     fn is_shared(&self) -> bool {
///         false
///     }
/// }
/// # let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(Shelf::default());
/// # let key = RowKey { kind: Kind::Browser, id: "a".into() };
/// # let row = Row { version: 1, group: String::new(), expires_at: None, value: "v".into() };
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let put = || runtime.block_on(store.commit(vec![Change::Put(key.clone(), row.clone())]));
/// # assert_eq!(put().unwrap(), Commit::Done);
/// # assert_eq!(put().unwrap(), Commit::Conflict(0));
/// # assert_eq!(runtime.block_on(store.get(&key)).unwrap(), Some(row.clone()));
/// ```
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// The row under `key`, as of the last commit that was answered before the call, by whichever
    /// process (so: never from a replica that lags). Expired rows may still be returned; the caller
    /// checks.
    ///
    /// # Errors
    /// [`StoreError::down`] when the same call may succeed later, otherwise [`StoreError::failed`].
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>>;

    /// Applies all changes or none, atomically for every process that uses the store, and durably
    /// before it answers. The first change that does not [accept](Change::accepts) what is there is
    /// reported and nothing is written. A caller that stops waiting does not undo it.
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`check`]. After an error the changes may or may not be there.
    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>>;

    /// Up to `limit` rows of `kind` in `group`, ordered by the bytes of their ids, after the id
    /// `after`. Fewer than `limit` only at the end. The empty group has no rows.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>>;

    /// One step through all rows of `kind`, whatever their group: about `limit` of them, and what the next
    /// step starts from. `None` starts, and `None` as [`next`](Scan::next) is the end.
    ///
    /// A row that is there from the first step to the last, and keeps its group, comes at least once,
    /// whatever else is written or deleted meanwhile. It may come twice; a step may have no rows, or
    /// some more than `limit`. What a step costs does not depend on how many rows there are.
    ///
    /// Only passes in the background and commands of operators need it. A store without it serves
    /// people as well as any other.
    ///
    /// # Errors
    /// As [`get`](Self::get); also when `from` is nothing that the store said.
    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        let _ = (kind, from, limit);
        let refused = StoreError::failed(
            "this store cannot be read through from end to end; implement `Store::scan` for it",
        );
        Box::pin(ready(Err(refused)))
    }

    /// Deletes up to `limit` rows that are [expired](Row::is_expired) at `now`; says how many.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>>;

    /// What it is and what it promises, for the start-up report, without secrets:
    /// `file:.atproto/store.redb (one process)`.
    fn describe(&self) -> String;

    /// Other processes may change rows too, so what was read answers requests only for as long as
    /// [`store_staleness`](crate::OAuthClientBuilder::store_staleness) says.
    fn is_shared(&self) -> bool;
}

/// One store for several clients, or for a client and yourself.
impl<S: Store + ?Sized> Store for Arc<S> {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        (**self).get(key)
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        (**self).commit(changes)
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        (**self).list(kind, group, after, limit)
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        (**self).scan(kind, from, limit)
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        (**self).sweep(now, limit)
    }

    fn describe(&self) -> String {
        (**self).describe()
    }

    fn is_shared(&self) -> bool {
        (**self).is_shared()
    }
}
