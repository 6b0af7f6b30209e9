//! The connection of one process to a store: it fails, loses answers and waits, and other processes do not notice.

use std::sync::{Arc, Mutex};

use atproto_oauth::Store;
use atproto_oauth::store::{Change, Commit, Kind, Row, RowKey, Scan, StoreError};
use atproto_oauth::types::Timestamp;
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, watch};

use super::{Faulty, soon};

/// A connection to a store that other processes use, too. Clones are the same connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Faulty,
    reads: Mutex<Vec<Rule>>,
    writes: Mutex<Vec<Rule>>,
    failed: watch::Sender<usize>,
}

#[derive(Debug)]
struct Rule {
    kind: Kind,
    /// Calls of this kind that are served first.
    skip: usize,
    /// Calls that it applies to after those.
    times: usize,
    does: Does,
}

/// What happens to a call.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// It fails, and the store does not get it.
    Fail,
    /// The store does it; its answer is lost.
    LoseAnswer,
    /// It is refused, as if another process had written the row.
    Conflict,
    /// The store does it; its answer waits.
    Hold(Held),
}

/// An answer of the store that waits until it is let go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held(Arc<Gate>);

#[derive(Debug, Default)]
struct Gate {
    answered: Notify,
    go: Notify,
}

impl Held {
    /// Waits until the store has answered.
    pub(crate) async fn answered(&self) {
        soon("an answer of the store", self.0.answered.notified()).await;
    }

    pub(crate) fn let_go(&self) {
        self.0.go.notify_one();
    }

    async fn wait(&self) {
        self.0.answered.notify_one();
        soon("a held answer to be let go", self.0.go.notified()).await;
    }
}

impl Connection {
    pub(crate) fn to(store: &Faulty) -> Self {
        Self(Arc::new(Inner {
            store: store.clone(),
            reads: Mutex::default(),
            writes: Mutex::default(),
            failed: watch::Sender::new(0),
        }))
    }

    /// After `skip` reads of sessions, the next `times` go so.
    pub(crate) fn reads(&self, skip: usize, times: usize, does: Does) {
        push(&self.0.reads, skip, times, does);
    }

    /// After `skip` writes of sessions, the next `times` go so.
    pub(crate) fn writes(&self, skip: usize, times: usize, does: Does) {
        push(&self.0.writes, skip, times, does);
    }

    /// The answer to the next read of a session waits.
    pub(crate) fn hold_next_read(&self) -> Held {
        let held = Held::default();
        self.reads(0, 1, Does::Hold(held.clone()));
        held
    }

    pub(crate) fn works(&self) {
        self.0.reads.lock().unwrap().clear();
        self.0.writes.lock().unwrap().clear();
    }

    /// Waits until so many calls have failed.
    pub(crate) async fn until_failed(&self, times: usize) {
        let mut failed = self.0.failed.subscribe();
        let waiting = failed.wait_for(|failed| *failed >= times);
        soon("a call to fail", waiting).await.unwrap();
    }

    fn failure<T>(&self) -> Result<T, StoreError> {
        self.0.failed.send_modify(|failed| *failed += 1);
        Err(StoreError::down("the connection broke"))
    }
}

fn push(rules: &Mutex<Vec<Rule>>, skip: usize, times: usize, does: Does) {
    rules.lock().unwrap().push(Rule {
        kind: Kind::Session,
        skip,
        times,
        does,
    });
}

/// What happens to this call, if anything.
fn next(rules: &Mutex<Vec<Rule>>, is_of: impl Fn(Kind) -> bool) -> Option<Does> {
    let mut rules = rules.lock().unwrap();
    let rule = rules
        .iter_mut()
        .find(|rule| rule.times > 0 && is_of(rule.kind))?;
    if rule.skip > 0 {
        rule.skip -= 1;
        return None;
    }
    rule.times -= 1;
    Some(rule.does.clone())
}

impl Store for Connection {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        let does = next(&self.0.reads, |kind| kind == key.kind);
        let read = self.0.store.get(key);
        Box::pin(async move {
            match does {
                Some(Does::Fail | Does::Conflict | Does::LoseAnswer) => self.failure(),
                Some(Does::Hold(held)) => {
                    let answer = read.await;
                    held.wait().await;
                    answer
                }
                None => read.await,
            }
        })
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        let does = next(&self.0.writes, |kind| {
            changes.iter().any(|change| change.key().kind == kind)
        });
        Box::pin(async move {
            match does {
                Some(Does::Fail) => self.failure(),
                Some(Does::Conflict) => Ok(Commit::Conflict(0)),
                Some(Does::LoseAnswer) => {
                    let _ = self.0.store.commit(changes).await?;
                    self.failure()
                }
                Some(Does::Hold(held)) => {
                    let answer = self.0.store.commit(changes).await;
                    held.wait().await;
                    answer
                }
                None => self.0.store.commit(changes).await,
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
        self.0.store.list(kind, group, after, limit)
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        self.0.store.scan(kind, from, limit)
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.0.store.sweep(now, limit)
    }

    fn describe(&self) -> String {
        "a connection for tests".into()
    }

    fn is_shared(&self) -> bool {
        true
    }
}
