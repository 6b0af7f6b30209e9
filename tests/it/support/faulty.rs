//! A store that fails when it is told to, and that shows what it was told.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use atproto_oauth::Store;
use atproto_oauth::store::{Change, Commit, Kind, MemoryStore, Row, RowKey, Scan, StoreError};
use atproto_oauth::types::Timestamp;
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, watch};

use super::soon;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fails {
    /// Nothing is done.
    Before,
    /// It is done, and the caller gets an error.
    After,
}

/// A store in memory. Clones are the same store, as two processes see it.
#[derive(Clone, Debug)]
pub(crate) struct Faulty(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    rows: MemoryStore,
    shared: bool,
    down: Mutex<Vec<(Option<Kind>, Fails)>>,
    reads_fail: Mutex<bool>,
    values: Mutex<Vec<Row>>,
    commits: watch::Sender<usize>,
    /// Commits that failed before they were done.
    refused: watch::Sender<usize>,
    reads: AtomicUsize,
    keys: Mutex<BTreeSet<RowKey>>,
    /// The commit of that number is answered late.
    late: Mutex<Option<(usize, Arc<Notify>)>>,
    /// Writes of this kind wait.
    held: watch::Sender<Option<Kind>>,
    waiting: watch::Sender<usize>,
}

impl Faulty {
    pub(crate) fn new(clock: impl atproto_oauth::types::Clock) -> Self {
        Self::make(clock, false)
    }

    /// As several processes have it.
    pub(crate) fn shared(clock: impl atproto_oauth::types::Clock) -> Self {
        Self::make(clock, true)
    }

    fn make(clock: impl atproto_oauth::types::Clock, shared: bool) -> Self {
        Self(Arc::new(Inner {
            rows: MemoryStore::with_clock(Arc::new(clock)),
            shared,
            down: Mutex::default(),
            reads_fail: Mutex::default(),
            values: Mutex::default(),
            commits: watch::Sender::new(0),
            refused: watch::Sender::new(0),
            reads: AtomicUsize::new(0),
            keys: Mutex::default(),
            late: Mutex::default(),
            held: watch::Sender::new(None),
            waiting: watch::Sender::new(0),
        }))
    }

    /// From now on writes of this kind fail (`None`: all), until [`works`](Self::works).
    pub(crate) fn fails(&self, kind: Option<Kind>, how: Fails) {
        self.0.down.lock().unwrap().push((kind, how));
    }

    /// From now on nothing can be read.
    pub(crate) fn reads_fail(&self) {
        *self.0.reads_fail.lock().unwrap() = true;
    }

    /// From now on writes of this kind wait, until [`release`](Self::release).
    pub(crate) fn hold(&self, kind: Kind) {
        self.0.held.send_replace(Some(kind));
    }

    pub(crate) fn release(&self) {
        self.0.held.send_replace(None);
    }

    /// Waits until a caller waits to write.
    #[track_caller]
    pub(crate) fn until_held(&self) -> impl Future<Output = ()> + use<> {
        let mut waiting = self.0.waiting.subscribe();
        soon("a write that waits", async move {
            waiting.wait_for(|count| *count > 0).await.unwrap();
        })
    }

    pub(crate) fn works(&self) {
        self.0.down.lock().unwrap().clear();
        *self.0.reads_fail.lock().unwrap() = false;
    }

    /// Everything that was ever written.
    pub(crate) fn written(&self) -> Vec<Row> {
        self.0.values.lock().unwrap().clone()
    }

    /// Commits so far that were done.
    pub(crate) fn commits(&self) -> usize {
        *self.0.commits.borrow()
    }

    /// Reads so far, of whatever kind.
    pub(crate) fn reads(&self) -> usize {
        self.0.reads.load(Ordering::SeqCst)
    }

    /// All that is in it now.
    pub(crate) async fn copy(&self) -> Vec<(RowKey, Row)> {
        let keys = self.0.keys.lock().unwrap().clone();
        let mut copy = Vec::new();
        for key in keys {
            if let Some(row) = self.0.rows.get(&key).await.unwrap() {
                copy.push((key, row));
            }
        }
        copy
    }

    /// Changes the values of all rows of a kind, unknown to the clients.
    pub(crate) async fn damage(&self, kind: Kind) {
        let mut all = self.copy().await;
        for (_, row) in all.iter_mut().filter(|(key, _)| key.kind == kind) {
            *row = flipped(row);
        }
        self.put_back(&all).await;
    }

    /// The rows of a kind.
    pub(crate) async fn of_kind(&self, kind: Kind) -> Vec<(RowKey, Row)> {
        let mut all = self.copy().await;
        all.retain(|(key, _)| key.kind == kind);
        all
    }

    /// All is as it was then, as after a failover to a replica that lagged.
    pub(crate) async fn put_back(&self, copy: &[(RowKey, Row)]) {
        let apply = |change| async { self.0.rows.commit(vec![change]).await.unwrap() };
        let keys = self.0.keys.lock().unwrap().clone();
        for key in keys {
            assert_eq!(apply(Change::Delete(key, None)).await, Commit::Done);
        }
        for (key, row) in copy {
            for version in 1..=row.version {
                let row = Row {
                    version,
                    ..row.clone()
                };
                assert_eq!(apply(Change::Put(key.clone(), row)).await, Commit::Done);
            }
        }
    }

    /// The `count`-th commit from now on is answered only once this is notified.
    pub(crate) fn holds(&self, count: usize) -> Arc<Notify> {
        let released = Arc::new(Notify::new());
        *self.0.late.lock().unwrap() = Some((self.commits() + count, released.clone()));
        released
    }

    /// Waits until there were that many.
    #[track_caller]
    pub(crate) fn until(&self, commits: usize) -> impl Future<Output = ()> + use<> {
        let mut seen = self.0.commits.subscribe();
        soon("a commit of the store", async move {
            seen.wait_for(|done| *done >= commits).await.unwrap();
        })
    }

    /// Waits until that many commits more have failed before they were done.
    #[track_caller]
    pub(crate) fn until_refused(&self, more: usize) -> impl Future<Output = ()> + use<> {
        let mut refused = self.0.refused.subscribe();
        let enough = *refused.borrow() + more;
        soon("commits that fail", async move {
            refused.wait_for(|count| *count >= enough).await.unwrap();
        })
    }
}

impl Store for Faulty {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        self.0.reads.fetch_add(1, Ordering::SeqCst);
        if *self.0.reads_fail.lock().unwrap() {
            return Box::pin(async { Err(StoreError::down("the test says so")) });
        }
        self.0.rows.get(key)
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        let down = self.0.down.lock().unwrap();
        let fails = down.iter().find(|(kind, _)| concerned(&changes, *kind));
        let fails = fails.map(|(_, how)| *how);
        drop(down);
        Box::pin(async move {
            let is_held = |held: &Option<Kind>| held.is_some() && concerned(&changes, *held);
            let mut held = self.0.held.subscribe();
            if is_held(&held.borrow_and_update()) {
                self.0.waiting.send_modify(|count| *count += 1);
                let released = held.wait_for(|held| !is_held(held));
                soon("a held write to be let go", released).await.unwrap();
                self.0.waiting.send_modify(|count| *count -= 1);
            }
            let error = || Err(StoreError::down("the test says so"));
            if fails == Some(Fails::Before) {
                self.0.refused.send_modify(|count| *count += 1);
                return error();
            }
            let keys = changes.iter().map(|change| change.key().clone());
            self.0.keys.lock().unwrap().extend(keys);
            let rows = changes.iter().filter_map(|change| match change {
                Change::Put(_, row) => Some(row.clone()),
                Change::Delete(..) => None,
            });
            self.0.values.lock().unwrap().extend(rows);
            let done = self.0.rows.commit(changes).await?;
            if done == Commit::Done {
                self.0.commits.send_modify(|count| *count += 1);
                let this = self.commits();
                let late = self.0.late.lock().unwrap().clone();
                if let Some((_, released)) = late.filter(|(late, _)| *late == this) {
                    soon("a late answer to be let go", released.notified()).await;
                }
            }
            if fails == Some(Fails::After) {
                error()
            } else {
                Ok(done)
            }
        })
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        self.0.reads.fetch_add(1, Ordering::SeqCst);
        if *self.0.reads_fail.lock().unwrap() {
            return Box::pin(async { Err(StoreError::down("the test says so")) });
        }
        self.0.rows.list(kind, group, after, limit)
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        if *self.0.reads_fail.lock().unwrap() {
            return Box::pin(async { Err(StoreError::down("the test says so")) });
        }
        self.0.rows.scan(kind, from, limit)
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.0.rows.sweep(now, limit)
    }

    fn describe(&self) -> String {
        "a store for tests".into()
    }

    fn is_shared(&self) -> bool {
        self.0.shared
    }
}

/// They are about this kind; `None`: any.
fn concerned(changes: &[Change], kind: Option<Kind>) -> bool {
    let of_kind = |change: &Change| Some(change.key().kind) == kind;
    kind.is_none() || changes.iter().any(of_kind)
}

/// The same row with one bit of its value changed.
fn flipped(row: &Row) -> Row {
    let mut value = row.value.to_vec();
    *value.last_mut().unwrap() ^= 1;
    Row {
        value: value.into(),
        ..row.clone()
    }
}
