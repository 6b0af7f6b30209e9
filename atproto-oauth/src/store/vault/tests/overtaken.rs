use crate::types::BoxFuture;

use super::*;

/// Answers a read only when it is told to.
#[derive(Debug)]
struct Slow(Arc<dyn Store>, tokio::sync::Semaphore);

impl Store for Slow {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        let found = self.0.get(key);
        Box::pin(async move {
            let found = found.await;
            self.1.acquire().await.unwrap().forget();
            found
        })
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        self.0.commit(changes)
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        self.0.list(kind, group, after, limit)
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.0.sweep(now, limit)
    }

    fn describe(&self) -> String {
        "slow".into()
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// A read that a write overtook is no rollback.
#[tokio::test]
async fn an_overtaken_read_is_believed() {
    let bench = Bench::new();
    let slow = Arc::new(Slow(
        Arc::clone(&bench.store),
        tokio::sync::Semaphore::new(0),
    ));
    let vault = Vault::new(
        Arc::clone(&slow) as _,
        &bench.secrets,
        "c",
        Arc::clone(&bench.clock) as _,
    );
    assert_eq!(write(&vault, &note("a", "one"), None).await, Commit::Done);
    let reading = read(&vault, "a");
    tokio::pin!(reading);
    assert!(futures_util::poll!(&mut reading).is_pending());
    assert_eq!(
        write(&vault, &note("a", "two"), Some(1)).await,
        Commit::Done
    );
    slow.1.add_permits(2);
    assert_eq!(reading.await.unwrap(), Some((note("a", "one"), 1)));
    assert_eq!(
        read(&vault, "a").await.unwrap(),
        Some((note("a", "two"), 2))
    );
}

/// A store of one's own without passes: an empty answer is not taken for the truth.
#[tokio::test]
async fn never_an_empty_pass_where_none_is_possible() {
    let bench = Bench::new();
    let slow = Slow(Arc::clone(&bench.store), tokio::sync::Semaphore::new(0));
    let clock = Arc::clone(&bench.clock) as _;
    let vault = Vault::new(Arc::new(slow), &bench.secrets, "c", clock);
    assert_eq!(write(&vault, &note("a", "one"), None).await, Commit::Done);
    for error in [
        vault.scan::<Note>(None, 9).await.map(drop).unwrap_err(),
        vault.reseal(None, 9).await.map(drop).unwrap_err(),
        vault.sessions_by_kid().await.map(drop).unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("implement `Store::scan`"),
            "{error}"
        );
    }
}
