//! Rows are sealed anew while other processes write them.

use crate::types::BoxFuture;

use super::passes::{add, session};
use super::resealing::{Rotation, pass};
use super::*;
use crate::store::{Scan, SessionRecord};

/// A store where another process writes just before a commit.
#[derive(Debug)]
struct Busy {
    rows: MemoryStore,
    /// What it writes, last first.
    first: std::sync::Mutex<Vec<Change>>,
}

impl Store for Busy {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        self.rows.get(key)
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        let first = self.first.lock().unwrap().pop();
        Box::pin(async move {
            if let Some(first) = first {
                assert_eq!(self.rows.commit(vec![first]).await?, Commit::Done);
            }
            self.rows.commit(changes).await
        })
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        self.rows.list(kind, group, after, limit)
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        self.rows.scan(kind, from, limit)
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.rows.sweep(now, limit)
    }

    fn describe(&self) -> String {
        "busy".into()
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// What another process writes meanwhile.
type Writes = fn(&Rotation, &SessionRecord) -> Vec<Change>;

/// A row that is written between reading and sealing is read again; one that is gone stays gone.
#[tokio::test]
async fn never_undoes_what_another_process_writes() {
    let mut record = session(1, None);
    record.access_token = "the newest token".into();
    let clock = Arc::new(TestClock::default());
    let by_new: Writes = |r, record| vec![r.vault(&r.both).put(record, Some(1)).unwrap()];
    let by_old: Writes = |r, record| vec![r.vault(&r.old).put(record, Some(1)).unwrap()];
    let all_the_time: Writes = |r, record| {
        let put = |version| r.vault(&r.old).put(record, Some(version)).unwrap();
        vec![put(3), put(2), put(1)]
    };
    let deleted: Writes = |r, record| {
        vec![
            r.vault(&r.old)
                .delete::<SessionRecord>(&record.id(), Some(1)),
        ]
    };
    for (writes, resealed, busy, version) in [
        (by_new, 0, 0, Some(2)),
        (by_old, 1, 0, Some(3)),
        (all_the_time, 0, 1, Some(4)),
        (deleted, 0, 0, None),
    ] {
        let store = Arc::new(Busy {
            rows: MemoryStore::with_clock(Arc::clone(&clock) as _),
            first: std::sync::Mutex::default(),
        });
        let rotation = Rotation::over(Arc::clone(&store) as _, Arc::clone(&clock));
        add(&rotation.vault(&rotation.old), &session(1, None)).await;
        *store.first.lock().unwrap() = writes(&rotation, &record);
        let done = pass(&rotation.vault(&rotation.both), 9).await;
        assert_eq!((done.resealed, done.busy), (resealed, busy), "{version:?}");
        let found = rotation
            .vault(&rotation.both)
            .get::<SessionRecord>(&record.id())
            .await;
        let found = found.unwrap();
        assert_eq!(found.as_ref().map(|stored| stored.version), version);
        if let Some(stored) = found {
            use secrecy::ExposeSecret;
            let token = stored.record.access_token.expose_secret();
            assert_eq!(token, "the newest token");
        }
    }
}

/// Passes beside tasks that write all the time: no write is lost, and in the end all is new.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pass_beside_running_processes_loses_nothing() {
    const WRITES: u64 = 200;
    let rotation = Rotation::new();
    let old = rotation.vault(&rotation.old);
    for n in 0..8 {
        add(&old, &session(n, None)).await;
    }
    let mut writers = JoinSet::new();
    for n in 0..8 {
        // As before the roll-out is over: half of the processes still seal with the old secret.
        let secrets = [&rotation.both, &rotation.reversed][usize::from(n % 2)];
        let vault = rotation.vault(secrets);
        writers.spawn(async move {
            for _ in 0..WRITES {
                loop {
                    let id = session(n, None).id();
                    let mut found = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
                    found.record.refreshed_at.0 += 1;
                    let change = vault.put(&found.record, Some(found.version)).unwrap();
                    if vault.commit(vec![change]).await.unwrap() == Commit::Done {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    let both = rotation.vault(&rotation.both);
    let mut resealed = 0;
    while !writers.is_empty() {
        resealed += pass(&both, 3).await.resealed;
        while let Some(ended) = writers.try_join_next() {
            ended.unwrap();
        }
    }
    assert!(resealed > 0);
    assert_eq!(pass(&both, 3).await.busy, 0);
    let new = rotation.vault(&rotation.new);
    for n in 0..8 {
        let found = new
            .get::<SessionRecord>(&session(n, None).id())
            .await
            .unwrap();
        assert_eq!(found.unwrap().record.refreshed_at, Timestamp(1 + WRITES));
    }
}
