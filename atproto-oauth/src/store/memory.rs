//! Rows in memory, gone at the end of the process: for tests and trials.

mod entry;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::types::BoxFuture;
use futures_util::future::ready;

use self::entry::{ByExpiry, ByGroup, ById, Entry, text};
use super::{Change, Commit, Kind, Row, RowKey, Scan, Store, StoreError, check};
use crate::types::{Clock, SystemClock, Timestamp};

/// A [`Store`] in memory: `memory:`. All accounts are signed out when the process ends.
pub struct MemoryStore {
    shelves: Mutex<BTreeMap<Kind, Shelf>>,
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }

    /// An empty store that tells expired rows by `clock`.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self {
            shelves: Mutex::default(),
            clock,
        }
    }

    fn shelves(&self) -> MutexGuard<'_, BTreeMap<Kind, Shelf>> {
        // Nothing below panics half way; a poisoned lock still guards whole rows.
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In the order of their groups, which is there anyway.
    fn pass(&self, kind: Kind, from: Option<&str>, limit: usize) -> Result<Scan, StoreError> {
        let mut start = Bound::Unbounded;
        if let Some(from) = from {
            let (group, id) = split_place(from).ok_or_else(|| {
                StoreError::failed("this is no place to go on from; start at the beginning")
            })?;
            start = Bound::Excluded(ByGroup(Entry::probe(group, id)));
        }
        let shelves = self.shelves();
        let Some(of_kind) = shelves.get(&kind) else {
            return Ok(Scan::default());
        };
        let mut next = None;
        let mut rows = Vec::new();
        for ByGroup(entry) in of_kind.groups.range((start, Bound::Unbounded)).take(limit) {
            let (id, row) = (text(entry.id()), entry.row());
            next = Some(format!("{}:{}{id}", row.group.len(), row.group));
            rows.push((RowKey { kind, id }, row));
        }
        next = next.filter(|_| rows.len() >= limit);
        Ok(Scan { rows, next })
    }

    fn apply(&self, changes: Vec<Change>) -> Result<Commit, StoreError> {
        check(&changes)?;
        let now = self.clock.now();
        let mut shelves = self.shelves();
        for (index, change) in changes.iter().enumerate() {
            let current = find(&shelves, change.key());
            if !change.accepts(current.map(|entry| (entry.version, entry.is_expired(now)))) {
                return Ok(Commit::Conflict(index));
            }
        }
        for change in changes {
            let of_kind = shelves.entry(change.key().kind).or_default();
            of_kind.remove(change.key().id.as_bytes());
            if let Change::Put(key, row) = change {
                of_kind.insert(Entry::new(&key.id, &row));
            }
        }
        Ok(Commit::Done)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        let row = find(&self.shelves(), key).map(Entry::row);
        Box::pin(ready(Ok(row)))
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(async move { self.apply(changes) })
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        let mut page = Vec::new();
        if let Some(shelf) = self.shelves().get(&kind).filter(|_| !group.is_empty()) {
            let start = Bound::Excluded(ByGroup(Entry::probe(group, after.unwrap_or_default())));
            let after_start = shelf.groups.range((start, Bound::Unbounded));
            let of_group = after_start.take_while(|entry| entry.0.group() == group.as_bytes());
            page.extend(of_group.take(limit).map(|ByGroup(entry)| {
                let id = text(entry.id());
                (RowKey { kind, id }, entry.row())
            }));
        }
        Box::pin(ready(Ok(page)))
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        Box::pin(ready(self.pass(kind, from, limit)))
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        let mut swept = 0;
        for shelf in self.shelves().values_mut() {
            while swept < limit
                && let Some(ByExpiry(first)) = shelf.expiries.first()
                && first.is_expired(now)
            {
                let id = first.id().to_vec();
                shelf.remove(&id);
                swept += 1;
            }
        }
        Box::pin(ready(Ok(swept)))
    }

    fn describe(&self) -> String {
        "memory: (one process, all accounts are signed out when it ends)".into()
    }

    fn is_shared(&self) -> bool {
        false
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: usize = self.shelves().values().map(|shelf| shelf.rows.len()).sum();
        write!(f, "MemoryStore({rows} rows)")
    }
}

fn find<'a>(shelves: &'a BTreeMap<Kind, Shelf>, key: &RowKey) -> Option<&'a Entry> {
    let ById(entry) = shelves.get(&key.kind)?.rows.get(key.id.as_bytes())?;
    Some(entry)
}

/// The group and the id of the row that a step ended with.
fn split_place(place: &str) -> Option<(&str, &str)> {
    let (length, names) = place.split_once(':')?;
    names.split_at_checked(length.parse().ok()?)
}

/// The rows of one kind. Three indexes share one allocation per row, so a row costs three pointers
/// beyond its bytes and its names.
#[derive(Default)]
struct Shelf {
    rows: HashSet<ById>,
    /// All of them, also those without a group.
    groups: BTreeSet<ByGroup>,
    expiries: BTreeSet<ByExpiry>,
}

impl Shelf {
    fn insert(&mut self, entry: Arc<Entry>) {
        self.groups.insert(ByGroup(Arc::clone(&entry)));
        if entry.ends() {
            self.expiries.insert(ByExpiry(Arc::clone(&entry)));
        }
        self.rows.insert(ById(entry));
    }

    fn remove(&mut self, id: &[u8]) {
        if let Some(ById(entry)) = self.rows.take(id) {
            self.groups.remove(&ByGroup(Arc::clone(&entry)));
            self.expiries.remove(&ByExpiry(entry));
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn keeps_the_contract() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        crate::store::contract::check_all(&store).await.unwrap();
    }

    #[tokio::test]
    async fn a_swept_or_deleted_row_leaves_nothing_behind() {
        let store = MemoryStore::new();
        let key = |id: &str| RowKey {
            kind: Kind::Session,
            id: id.into(),
        };
        let row = Row {
            version: 1,
            group: "g".into(),
            expires_at: Some(Timestamp(5)),
            value: Bytes::from_static(b"v"),
        };
        let puts = vec![
            Change::Put(key("a"), row.clone()),
            Change::Put(key("b"), row),
        ];
        assert_eq!(store.commit(puts).await.unwrap(), Commit::Done);
        let delete = vec![Change::Delete(key("a"), Some(1))];
        assert_eq!(store.commit(delete).await.unwrap(), Commit::Done);
        assert_eq!(store.sweep(Timestamp(4), 9).await.unwrap(), 0);
        assert_eq!(store.sweep(Timestamp(5), 9).await.unwrap(), 1);
        let shelves = store.shelves();
        let shelf = shelves.get(&Kind::Session).unwrap();
        assert!(shelf.rows.is_empty() && shelf.groups.is_empty() && shelf.expiries.is_empty());
    }
}
