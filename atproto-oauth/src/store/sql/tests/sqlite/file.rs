//! Where the rows are.

use super::*;

#[tokio::test]
async fn rows_survive_closing_and_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    for round in 0..3_u8 {
        let store = open(&path).await;
        for earlier in 0..round {
            let found = store.get(&key(earlier.to_string())).await.unwrap();
            assert_eq!(found, Some(row("group", vec![earlier])));
        }
        let written = put(&store, round.to_string(), row("group", vec![round])).await;
        assert_eq!(written.unwrap(), Commit::Done);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn never_open_to_others() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("app/.atproto");
    let path = folder.join("store.db");
    let store = open(&path).await;
    let _ = put(&store, "a", row("", "v")).await.unwrap();
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(
        fs::read_to_string(folder.join(".gitignore")).unwrap(),
        "*\n"
    );
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        names.push(entry.unwrap().file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names,
        [".gitignore", "store.db", "store.db-shm", "store.db-wal"]
    );
    let files = names.iter().filter(|name| name.starts_with("store"));
    for name in files.clone() {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }

    // Another handle finds permissions that were loosened.
    for name in files.clone() {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let other = open(&path).await;
    for name in files {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    assert!(other.get(&key("a")).await.unwrap().is_some());
}

/// What turns out not to be ours keeps its mode and its bytes.
#[cfg(unix)]
#[tokio::test]
async fn never_changes_what_is_not_a_store() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    let text = "not a database, but long enough to be taken for the head of one ".repeat(20);
    std::fs::write(&file, &text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = SqliteStore::open(&file).await.unwrap_err();
    assert!(
        error.to_string().contains("is not an SQLite database"),
        "{error}"
    );
    assert!(!error.is_down());
    let after = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(after & 0o777, 0o644);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);

    let error = SqliteStore::open(folder.path()).await.unwrap_err();
    assert!(error.to_string().contains("is not a file"), "{error}");
    let below = file.join("store.db");
    let error = SqliteStore::open(below).await.unwrap_err();
    assert!(error.to_string().contains("ATPROTO_STORE"), "{error}");
}

/// An application may keep its own tables in the same file.
#[tokio::test]
async fn a_database_of_the_application_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    std::fs::write(&path, "").unwrap();
    let theirs = sqlx::SqlitePool::connect_lazy_with(
        sqlx::sqlite::SqliteConnectOptions::new().filename(&path),
    );
    let run = async |sql: &'static str| sqlx::raw_sql(sql).execute(&theirs).await;
    run("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('kept')")
        .await
        .unwrap();
    let store = open(&path).await;
    assert_eq!(put(&store, "a", row("", "v")).await.unwrap(), Commit::Done);
    let notes: (i64,) = sqlx::query_as("SELECT count(*) FROM notes WHERE text = 'kept'")
        .fetch_one(&theirs)
        .await
        .unwrap();
    assert_eq!(notes.0, 1);
}

/// A name that a URL would take apart.
#[tokio::test]
async fn a_path_is_taken_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a?b=c.db", "100%.db", "with space#.db", ":memory:"] {
        let path = folder.path().join(name);
        let store = open(&path).await;
        assert_eq!(put(&store, "a", row("", "v")).await.unwrap(), Commit::Done);
        assert!(path.exists(), "{name}");
    }
}
