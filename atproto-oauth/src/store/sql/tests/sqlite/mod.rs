mod errors;
mod file;
mod killed;
mod schema;

use bytes::Bytes;

use crate::store::{Change, Commit, Kind, Row, RowKey, SqliteStore, Store, StoreError, contract};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

fn key(id: impl Into<String>) -> RowKey {
    let (kind, id) = (Kind::Session, id.into());
    RowKey { kind, id }
}

fn row(group: &str, value: impl Into<Bytes>) -> Row {
    Row {
        version: 1,
        group: group.into(),
        expires_at: None,
        value: value.into(),
    }
}

async fn put(store: &SqliteStore, id: impl Into<String>, row: Row) -> Result<Commit, StoreError> {
    store.commit(vec![Change::Put(key(id), row)]).await
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path).await.unwrap()
}

async fn handle(path: &Path) -> Arc<dyn Store> {
    Arc::new(open(path).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let store = handle(&folder.path().join("store.db")).await;
    contract::check_all(&store).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn several_handles_are_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (first, second) = (handle(&path).await, handle(&path).await);
    contract::check_handles(&first, &[second, handle(&path).await])
        .await
        .unwrap();
}

#[tokio::test]
async fn says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = open(&path).await;
    let place = format!("sqlite:{}", path.display());
    assert_eq!(
        store.describe(),
        format!("{place} (shared by the processes of one machine)")
    );
    assert!(store.is_shared());
    assert_eq!(store.path(), path);
    assert!(format!("{store:?}").contains("store.db"));
}

/// The calls are made, but no caller waits for the answers.
#[tokio::test(flavor = "multi_thread")]
async fn never_half_done_when_its_caller_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = open(&path).await;
    for number in 0..50 {
        let names = [format!("{number}a"), format!("{number}b")];
        let changes = names.map(|name| Change::Put(key(name), row("g", "v")));
        let mut waiting = store.commit(changes.into());
        let _ = futures_util::poll!(&mut waiting);
    }
    // They are done in any order; both halves of each appear at once.
    let all_there = async {
        loop {
            let rows = store.list(Kind::Session, "g", None, 1_000).await.unwrap();
            assert_eq!(rows.len() % 2, 0);
            if rows.len() == 100 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), all_there)
        .await
        .unwrap();
}
