//! Stores that lose rows when their process is killed. Each test is its own child.

use super::*;
use crate::store::EmbeddedStore;

const HERE: &str = "store::contract::tests::killed";

fn place() -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    (path.to_str().unwrap().into(), folder)
}

fn problem(found: Check) -> String {
    found.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_forgets_is_found() {
    let open = async |_| Ok(Arc::new(MemoryStore::new()) as Arc<dyn Store>);
    let test = format!("{HERE}::a_store_that_forgets_is_found");
    let found = problem(survives_kill(&test, place, open).await);
    assert!(
        found.contains("is gone after its writer was killed"),
        "{found}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_writes_one_by_one_is_found() {
    let open = async |path| {
        let store = OneByOne(EmbeddedStore::open(path)?);
        Ok(Arc::new(store) as Arc<dyn Store>)
    };
    let test = format!("{HERE}::a_store_that_writes_one_by_one_is_found");
    let found = problem(survives_kill(&test, place, open).await);
    assert!(found.contains("came apart"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_is_not_there_is_found() {
    let open = async |_| Ok(Arc::new(MemoryStore::new()) as Arc<dyn Store>);
    let found = problem(survives_kill("nowhere::nothing", place, open).await);
    assert!(
        found.contains("is there a test `nowhere::nothing`"),
        "{found}"
    );
}

/// Durable, and no transaction.
#[derive(Debug)]
struct OneByOne(EmbeddedStore);

impl Store for OneByOne {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        self.0.get(key)
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(async move {
            for change in changes {
                if let Commit::Conflict(at) = self.0.commit(vec![change]).await? {
                    return Ok(Commit::Conflict(at));
                }
            }
            Ok(Commit::Done)
        })
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

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        self.0.scan(kind, from, limit)
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.0.sweep(now, limit)
    }

    fn describe(&self) -> String {
        self.0.describe()
    }

    fn is_shared(&self) -> bool {
        false
    }
}
