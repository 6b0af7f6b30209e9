//! A backend that dies while it is asked, and comes back.

use std::sync::Arc;

use crate::types::BoxFuture;
use bytes::Bytes;
use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::support::{Names, done, ensure};
use super::{Check, Violation};
use crate::store::policy::{CONTRACT_CALL_LIMIT, CONTRACT_READ_PAUSE, CONTRACT_WRITE_PAUSE};
use crate::store::{Change, Commit, Kind, Row, RowKey, Store, StoreError};
use crate::types::Timestamp;

const WRITERS: usize = 8;

/// Checks a store whose backend is gone from the end of `stop` to the beginning of `start`, and goes while
/// callers write. Every call ends within 30 seconds; while the backend is gone it fails as
/// [`is_down`](StoreError::is_down). Afterwards all is as it was: what was answered is there, what failed
/// is there as a whole or not at all, and the same handle works again within 30 seconds.
///
/// Whether `stop` kills the backend, stops it with care, or freezes it is for the caller to choose; each
/// is worth a check.
///
/// # Errors
/// A [`Violation`].
pub async fn survives_outage(
    store: &Arc<dyn Store>,
    stop: impl AsyncFnOnce(),
    start: impl AsyncFnOnce(),
) -> Check {
    let names = Arc::new(Names::new()?);
    let before = names.key(Kind::Browser, "before");
    let kept = row(&names);
    done(
        store,
        vec![Change::Put(before.clone(), kept.clone())],
        "a new row",
    )
    .await?;

    let mut writers = Writers::start(store, &names);
    writers.each_writes().await?;
    stop().await;
    is_down(store, &names, &before).await?;
    start().await;
    comes_back(store, &before, &kept).await?;
    writers.each_writes().await?;
    for one in writers.end().await? {
        verify(store, &names, &one).await?;
    }
    Ok(())
}

/// Tasks that write to the store until they are told to end.
struct Writers {
    tasks: JoinSet<Result<Vec<Try>, Violation>>,
    order: watch::Sender<Order>,
    /// How many commits of each writer were answered since the last reset.
    written: watch::Sender<[u64; WRITERS]>,
}

impl Writers {
    fn start(store: &Arc<dyn Store>, names: &Arc<Names>) -> Self {
        let (order, orders) = watch::channel(Order::Write);
        let written = watch::Sender::new([0; WRITERS]);
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let (store, names) = (Arc::clone(store), Arc::clone(names));
            let (orders, written) = (orders.clone(), written.clone());
            tasks.spawn(async move { write(&store, &names, writer, &orders, &written).await });
        }
        Self {
            tasks,
            order,
            written,
        }
    }

    /// Waits until each writer has written something from now on.
    async fn each_writes(&mut self) -> Check {
        self.written.send_replace([0; WRITERS]);
        let each = |written: &[u64; WRITERS]| written.iter().all(|count| *count > 0);
        let mut counts = self.written.subscribe();
        let waited = timeout(CONTRACT_CALL_LIMIT, counts.wait_for(each)).await;
        if waited.is_ok_and(|written| written.is_ok()) {
            return Ok(());
        }
        // One that gave up says why.
        while let Some(task) = self.tasks.try_join_next() {
            task.map_err(|error| Violation::Broken(error.to_string()))??;
        }
        let stuck = "writing must work before an outage, and again after it";
        Err(Violation::Broken(stuck.into()))
    }

    async fn end(self) -> Result<Vec<Try>, Violation> {
        self.order.send_replace(Order::End);
        let mut all = Vec::new();
        for tries in self.tasks.join_all().await {
            all.extend(tries?);
        }
        Ok(all)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Write,
    End,
}

/// A commit of two rows, and whether it was answered.
struct Try {
    id: String,
    answered: bool,
}

/// Pairs of new rows, one after the other.
async fn write(
    store: &Arc<dyn Store>,
    names: &Names,
    writer: usize,
    order: &watch::Receiver<Order>,
    written: &watch::Sender<[u64; WRITERS]>,
) -> Result<Vec<Try>, Violation> {
    let mut tries = Vec::new();
    while *order.borrow() == Order::Write {
        let id = names.text(&format!("{writer}/{}", tries.len()));
        let answered = match within("commit", store.commit(pair(names, &id))).await? {
            Ok(Commit::Done) => {
                written
                    .send_modify(|done| done.iter_mut().skip(writer).take(1).for_each(|n| *n += 1));
                true
            }
            Ok(Commit::Conflict(_)) => {
                return Err(Violation::Broken("new rows must not conflict".into()));
            }
            Err(error) if error.is_down() => false,
            Err(error) => return Err(Violation::Failed("commit", error)),
        };
        tries.push(Try { id, answered });
        // Other writers have a turn, and a store that is down is not asked all the time.
        sleep(CONTRACT_WRITE_PAUSE).await;
    }
    Ok(tries)
}

/// Every call fails as it should.
async fn is_down(store: &Arc<dyn Store>, names: &Names, before: &RowKey) -> Check {
    let group = names.text("group");
    let id = names.text("meanwhile");
    let calls: [(_, BoxFuture<'_, Result<(), StoreError>>); 4] = [
        ("get", Box::pin(async { store.get(before).await.map(drop) })),
        (
            "commit",
            Box::pin(async { store.commit(pair(names, &id)).await.map(|_| ()) }),
        ),
        (
            "list",
            Box::pin(async { store.list(Kind::Session, &group, None, 9).await.map(drop) }),
        ),
        (
            "sweep",
            Box::pin(async { store.sweep(Timestamp(1), 1).await.map(drop) }),
        ),
    ];
    let answers = calls.map(async |(what, call)| (what, within(what, call).await));
    for (what, answer) in join_all(answers).await {
        match answer? {
            Err(error) if error.is_down() => {}
            Err(error) => return Err(Violation::Failed(what, error)),
            Ok(()) => {
                return Err(Violation::Broken(format!(
                    "`{what}` was answered while the backend was gone"
                )));
            }
        }
    }
    Ok(())
}

async fn comes_back(store: &Arc<dyn Store>, before: &RowKey, kept: &Row) -> Check {
    let end = Instant::now() + CONTRACT_CALL_LIMIT;
    loop {
        match within("get", store.get(before)).await? {
            Ok(found) => {
                return ensure(
                    found.as_ref() == Some(kept),
                    "a row from before an outage is not what it was",
                );
            }
            Err(error) if error.is_down() && Instant::now() < end => {}
            Err(error) => return Err(Violation::Failed("get", error)),
        }
        sleep(CONTRACT_READ_PAUSE).await;
    }
}

async fn verify(store: &Arc<dyn Store>, names: &Names, one: &Try) -> Check {
    let mut found = Vec::new();
    for change in pair(names, &one.id) {
        let row = within("get", store.get(change.key())).await?;
        found.push(row.map_err(|error| Violation::Failed("get", error))?);
    }
    let whole = Some(row(names));
    let all = found.iter().all(|found| *found == whole);
    let none = found.iter().all(Option::is_none);
    ensure(
        all || !one.answered,
        "a commit that was answered is gone after an outage",
    )?;
    ensure(all || none, "a commit came apart in an outage")
}

async fn within<T>(what: &'static str, call: impl Future<Output = T>) -> Result<T, Violation> {
    let answer = timeout(CONTRACT_CALL_LIMIT, call).await;
    answer.map_err(|_| Violation::Broken(format!("`{what}` did not end within 30 seconds")))
}

fn pair(names: &Names, id: &str) -> Vec<Change> {
    let key = |kind| RowKey {
        kind,
        id: id.into(),
    };
    let put = |kind| Change::Put(key(kind), row(names));
    vec![put(Kind::Session), put(Kind::Revocation)]
}

fn row(names: &Names) -> Row {
    Row {
        version: 1,
        group: names.text("group"),
        expires_at: None,
        value: Bytes::from_static(b"kept"),
    }
}
