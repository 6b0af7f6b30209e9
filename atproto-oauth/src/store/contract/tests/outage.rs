//! Stores that do not bear it when their backend is gone. The clock runs on when no task has anything to
//! do, so a call that hangs costs no time.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outage {
    Good,
    Hangs,
    Gives,
    GivesUp,
    Invents,
    WritesHalf,
    Forgets,
    StaysDown,
}

#[derive(Debug)]
struct Dying {
    rows: Mutex<Arc<MemoryStore>>,
    outage: Outage,
    down: AtomicBool,
}

impl Dying {
    fn rows(&self) -> Arc<MemoryStore> {
        self.rows
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn start(&self) {
        if self.outage == Outage::Forgets {
            *self.rows.lock().unwrap() = Arc::default();
        }
        self.down
            .store(self.outage == Outage::StaysDown, Ordering::Relaxed);
    }

    /// What becomes of a call.
    async fn ask(&self) -> Result<(), StoreError> {
        if !self.down.load(Ordering::Relaxed) {
            return Ok(());
        }
        match self.outage {
            Outage::Hangs => std::future::pending().await,
            Outage::Gives => Ok(()),
            Outage::GivesUp => Err(StoreError::failed("gone")),
            _ => Err(StoreError::down("gone")),
        }
    }
}

impl Store for Dying {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        let key = key.clone();
        Box::pin(async move {
            self.ask().await?;
            self.rows().get(&key).await
        })
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(async move {
            match self.ask().await {
                Err(_) if self.outage == Outage::Invents => Ok(Commit::Done),
                Err(error) if self.outage == Outage::WritesHalf => {
                    let first = changes.into_iter().take(1).collect();
                    let _ = self.rows().commit(first).await?;
                    Err(error)
                }
                Err(error) => Err(error),
                Ok(()) => self.rows().commit(changes).await,
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
        let (group, after) = (group.to_owned(), after.map(str::to_owned));
        Box::pin(async move {
            self.ask().await?;
            self.rows()
                .list(kind, &group, after.as_deref(), limit)
                .await
        })
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            self.ask().await?;
            self.rows().sweep(now, limit).await
        })
    }

    fn describe(&self) -> String {
        "dying".into()
    }

    fn is_shared(&self) -> bool {
        true
    }
}

async fn check(outage: Outage) -> Check {
    let dying = Arc::new(Dying {
        rows: Mutex::default(),
        outage,
        down: AtomicBool::new(false),
    });
    let store: Arc<dyn Store> = dying.clone();
    let stop = async || {
        dying.down.store(true, Ordering::Relaxed);
        // Those who write notice it, too.
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    survives_outage(&store, stop, async || dying.start()).await
}

#[tokio::test(start_paused = true)]
async fn every_way_to_break_is_found() {
    check(Outage::Good).await.unwrap();
    for (outage, part) in [
        (Outage::Hangs, "did not end within 30 seconds"),
        (Outage::Gives, "was answered while the backend was gone"),
        (Outage::GivesUp, "the store failed during"),
        (Outage::Invents, "was answered while the backend was gone"),
        (Outage::WritesHalf, "came apart in an outage"),
        (Outage::Forgets, "is not what it was"),
        (Outage::StaysDown, "the store failed during `get`"),
    ] {
        let found = check(outage).await.unwrap_err().to_string();
        assert!(found.contains(part), "{outage:?}: {found}");
    }
}
