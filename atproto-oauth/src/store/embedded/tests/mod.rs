mod damage;
mod killed;

use bytes::Bytes;

use super::*;
use crate::store::contract;

fn key(kind: Kind, id: impl Into<String>) -> RowKey {
    let id = id.into();
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

async fn put(store: &EmbeddedStore, id: impl Into<String>, row: Row) -> Result<Commit, StoreError> {
    store
        .commit(vec![Change::Put(key(Kind::Session, id), row)])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(folder.path().join("store.redb")).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    contract::check_all(&store).await.unwrap();
}

#[tokio::test]
async fn rows_survive_closing_and_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    for round in 0..3_u8 {
        let store = EmbeddedStore::open(&path).unwrap();
        for earlier in 0..round {
            let found = store
                .get(&key(Kind::Session, earlier.to_string()))
                .await
                .unwrap();
            assert_eq!(found, Some(row("group", vec![earlier])));
        }
        assert_eq!(
            store
                .list(Kind::Session, "group", None, 9)
                .await
                .unwrap()
                .len(),
            usize::from(round)
        );
        let done = put(&store, round.to_string(), row("group", vec![round]))
            .await
            .unwrap();
        assert_eq!(done, Commit::Done);
    }
}

#[tokio::test]
async fn a_second_opener_is_told_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let first = EmbeddedStore::open(&path).unwrap();
    let error = EmbeddedStore::open(&path).unwrap_err().to_string();
    for part in [
        "store.redb",
        "in use by another process",
        "stop that process",
        "ATPROTO_STORE",
    ] {
        assert!(error.contains(part), "{error}");
    }
    drop(first);
    EmbeddedStore::open(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn never_open_to_others() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("app/.atproto");
    let path = folder.join("store.redb");
    let store = EmbeddedStore::open(&path).unwrap();
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(
        fs::read_to_string(folder.join(".gitignore")).unwrap(),
        "*\n"
    );
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, [".gitignore", "store.redb"], "nothing is left over");

    drop(store);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    EmbeddedStore::open(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
}

#[tokio::test]
async fn a_folder_that_was_there_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    EmbeddedStore::open(folder.path().join("store.redb")).unwrap();
    assert!(!folder.path().join(".gitignore").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_finishes_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let store = EmbeddedStore::open(&path).unwrap();
    // The calls are made, but no caller waits for the answers.
    for number in 0..50 {
        let mut waiting = Box::pin(put(&store, number.to_string(), row("", "v")));
        let _ = futures_util::poll!(&mut waiting);
    }
    drop(store);
    let store = EmbeddedStore::open(&path).unwrap();
    for number in 0..50 {
        let found = store
            .get(&key(Kind::Session, number.to_string()))
            .await
            .unwrap();
        assert!(found.is_some(), "{number}");
    }
}
