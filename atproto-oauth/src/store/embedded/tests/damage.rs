//! Files that are no store, or not any more. Whatever is in the file, there is an answer and no panic.

use std::fs;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;

const ROWS: usize = 60;

fn value(number: usize) -> Vec<u8> {
    format!("{number} ").repeat(100).into_bytes()
}

/// The bytes of a store with some rows in it.
fn healthy() -> Vec<u8> {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(write_healthy).clone()
}

fn write_healthy() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let store = EmbeddedStore::open(&path).unwrap();
    let puts =
        (0..ROWS).map(|n| Change::Put(key(Kind::Session, n.to_string()), row("g", value(n))));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert_eq!(
        runtime.block_on(store.commit(puts.collect())).unwrap(),
        Commit::Done
    );
    drop(store);
    fs::read(path).unwrap()
}

/// Opens the bytes as a store and uses everything; a row that is read must be one that was written.
fn use_all(bytes: &[u8]) -> Result<usize, StoreError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    fs::write(&path, bytes).unwrap();
    let store = EmbeddedStore::open(&path)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut found = 0;
        for number in 0..ROWS {
            if let Some(read) = store.get(&key(Kind::Session, number.to_string())).await? {
                assert_eq!(read, row("g", value(number)));
                found += 1;
            }
        }
        store.list(Kind::Session, "g", None, 100).await?;
        let _ = put(&store, "new", row("g", "v")).await?;
        store.sweep(Timestamp(9), 9).await?;
        Ok(found)
    })
}

#[test]
fn a_healthy_file_can_be_used() {
    assert_eq!(use_all(&healthy()).unwrap(), ROWS);
}

#[test]
fn never_panics_on_a_file_that_was_cut_off() {
    let healthy = healthy();
    for length in [
        1,
        8,
        100,
        4_095,
        4_096,
        20_000,
        healthy.len() / 2,
        healthy.len() - 1,
    ] {
        let error = use_all(&healthy[..length]).unwrap_err();
        assert!(
            error.to_string().contains("store.redb"),
            "{length}: {error}"
        );
    }
    // Empty is a new store, as `touch` makes it.
    assert_eq!(use_all(&[]).unwrap(), 0);
}

#[test]
fn a_file_of_something_else_is_named_so() {
    let error = use_all(b"hello, I am a text file of some length").unwrap_err();
    assert!(error.to_string().contains("is not a store file"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let error = EmbeddedStore::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("is not a file"), "{error}");
    let path = folder.path().join("foreign.redb");
    let other = redb::Database::create(&path).unwrap();
    let transaction = other.begin_write().unwrap();
    let table = redb::TableDefinition::<u64, u64>::new("theirs");
    transaction.open_table(table).unwrap().insert(1, 2).unwrap();
    transaction.commit().unwrap();
    drop(other);
    let error = EmbeddedStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("another program"), "{error}");

    fs::write(folder.path().join("plain"), "").unwrap();
    let error = EmbeddedStore::open(folder.path().join("plain/store.redb")).unwrap_err();
    assert!(error.to_string().contains("ATPROTO_STORE"), "{error}");
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    drop(EmbeddedStore::open(&path).unwrap());
    let file = redb::Database::open(&path).unwrap();
    let transaction = file.begin_write().unwrap();
    let about = redb::TableDefinition::<&str, u64>::new("about");
    transaction
        .open_table(about)
        .unwrap()
        .insert("schema", 2)
        .unwrap();
    transaction.commit().unwrap();
    drop(file);
    let error = EmbeddedStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn never_panics_on_a_file_that_was_overwritten(
        places in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..40),
        whole_page: bool,
    ) {
        let mut bytes = healthy();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            let end = if whole_page { bytes.len().min(place + 4_096) } else { place + 1 };
            bytes[place..end].fill(byte);
        }
        // An error, or only rows that were written: both are answers.
        if let Err(error) = use_all(&bytes) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

/// What turns out not to be ours keeps its mode.
#[cfg(unix)]
#[tokio::test]
async fn never_changes_what_is_not_a_store() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "not a database").unwrap();
    let place = folder.path().join("place");
    std::fs::create_dir(&place).unwrap();
    for (path, mode) in [(&file, 0o644), (&place, 0o755)] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, permissions).unwrap();
        assert!(EmbeddedStore::open(path).is_err());
        let after = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(after & 0o777, mode, "{}", path.display());
    }
}
