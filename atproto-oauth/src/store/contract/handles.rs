//! Several handles, as several processes have them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::types::BoxFuture;

use super::support::ensure;
use super::{Check, check_all};
use crate::store::{Change, Commit, Kind, Row, RowKey, Scan, Store, StoreError};
use crate::types::Timestamp;

/// [`check_all`] on several handles to the same rows, opened one by one: each call goes to the next of
/// them. So what one wrote the others have to see at once, and callers compete across them.
///
/// # Errors
/// The first [`Violation`](super::Violation).
pub async fn check_handles(first: &Arc<dyn Store>, others: &[Arc<dyn Store>]) -> Check {
    ensure(!others.is_empty(), "this check needs several handles")?;
    let mut all = others.iter().chain([first]);
    ensure(
        all.all(Store::is_shared),
        "a store with several handles must say that it is shared",
    )?;
    let store: Arc<dyn Store> = Arc::new(InTurn {
        first: Arc::clone(first),
        others: others.into(),
        calls: AtomicUsize::new(0),
    });
    check_all(&store).await
}

#[derive(Debug)]
struct InTurn {
    first: Arc<dyn Store>,
    others: Vec<Arc<dyn Store>>,
    calls: AtomicUsize,
}

impl InTurn {
    fn handle(&self) -> &Arc<dyn Store> {
        let turn = self.calls.fetch_add(1, Ordering::Relaxed) % (self.others.len() + 1);
        self.others.get(turn).unwrap_or(&self.first)
    }
}

type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

impl Store for InTurn {
    fn get(&self, key: &RowKey) -> Answer<'_, Option<Row>> {
        self.handle().get(key)
    }

    fn commit(&self, changes: Vec<Change>) -> Answer<'_, Commit> {
        self.handle().commit(changes)
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Answer<'_, Vec<(RowKey, Row)>> {
        self.handle().list(kind, group, after, limit)
    }

    fn scan(&self, kind: Kind, from: Option<&str>, limit: usize) -> Answer<'_, Scan> {
        self.handle().scan(kind, from, limit)
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> Answer<'_, usize> {
        self.handle().sweep(now, limit)
    }

    fn describe(&self) -> String {
        self.first.describe()
    }

    fn is_shared(&self) -> bool {
        true
    }
}
