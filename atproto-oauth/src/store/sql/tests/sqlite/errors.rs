//! Others who hold the file, and a disk that is full.

use std::time::{Duration, Instant};

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::*;

async fn other(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path);
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_of_another_process_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = open(&path).await;
    let mut other = other(&path).await;
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let mut waiting = Box::pin(put(&store, "a", row("", "v")));
    // Longer than SQLite waits by itself.
    let early = tokio::time::timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "another process is writing");
    assert_eq!(
        store.get(&key("a")).await.unwrap(),
        None,
        "reads do not wait for writes"
    );
    held.rollback().await.unwrap();
    assert_eq!(waiting.await.unwrap(), Commit::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn never_waits_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let options = SqliteConnectOptions::new();
    let limit = Duration::from_secs(1);
    let store = SqliteStore::with_options(&path, options, limit)
        .await
        .unwrap();
    let mut other = other(&path).await;
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let start = Instant::now();
    // The call that has its turn, and the calls that wait for it.
    let (first, second) = tokio::join!(
        put(&store, "a", row("", "v")),
        put(&store, "b", row("", "v"))
    );
    for answer in [first, second] {
        let error = answer.unwrap_err();
        assert!(
            error.is_down() && error.to_string().contains("seconds"),
            "{error}"
        );
    }
    assert!(start.elapsed() < Duration::from_mins(1));
    held.rollback().await.unwrap();
    assert_eq!(put(&store, "a", row("", "v")).await.unwrap(), Commit::Done);
}

/// A database that may not grow fails like a disk without room, and can be read and emptied.
#[tokio::test]
async fn never_loses_rows_when_the_disk_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .pragma("max_page_count", "300");
    let store = SqliteStore::with_options(&path, options, Duration::from_secs(10))
        .await
        .unwrap();
    let large = vec![7; 200 * 1024];
    let mut number = 0;
    let error = loop {
        match put(&store, number.to_string(), row("", large.clone())).await {
            Ok(commit) => assert_eq!(commit, Commit::Done),
            Err(error) => break error,
        }
        number += 1;
    };
    assert!(number > 3, "{number}");
    assert!(error.is_down(), "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    for number in 0..number {
        assert!(store.get(&key(number.to_string())).await.unwrap().is_some());
    }
    let delete = vec![Change::Delete(key("0"), None)];
    assert_eq!(store.commit(delete).await.unwrap(), Commit::Done);
    assert_eq!(
        put(&store, "0", row("", "small")).await.unwrap(),
        Commit::Done
    );
}
