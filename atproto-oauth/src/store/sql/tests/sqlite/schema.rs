//! The tables, and whose they are.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqlitePool};

use super::*;

fn pool(path: &Path) -> SqlitePool {
    SqlitePool::connect_lazy_with(SqliteConnectOptions::new().filename(path))
}

async fn run(path: &Path, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&pool(path)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_make_the_tables_once() {
    for round in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/store.db");
        let mut starting = tokio::task::JoinSet::new();
        for number in 0..8 {
            let path = path.clone();
            starting.spawn(async move {
                let store = open(&path).await;
                put(&store, number.to_string(), row("g", "v")).await
            });
        }
        for written in starting.join_all().await {
            assert_eq!(written.unwrap(), Commit::Done, "round {round}");
        }
        let rows = open(&path).await.list(Kind::Session, "g", None, 100).await;
        assert_eq!(rows.unwrap().len(), 8);
        let versions: (i64, i64) =
            sqlx::query_as("SELECT count(*), max(version) FROM atproto_oauth_schema")
                .fetch_one(&pool(&path))
                .await
                .unwrap();
        assert_eq!(versions, (1, 1));
    }
}

/// Tables may take longer to make than a call may take, here and in a process that is at it.
#[tokio::test(flavor = "multi_thread")]
async fn making_the_tables_is_not_cut_off_as_a_call_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let options = SqliteConnectOptions::new().filename(&path);
    let options = options.create_if_missing(true);
    let options = options.journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let mut other = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let call = Duration::from_secs(1);
    let opening = SqliteStore::with_options(&path, SqliteConnectOptions::new(), call);
    let mut opening = std::pin::pin!(opening);
    let early = tokio::time::timeout(2 * call, &mut opening).await;
    assert!(early.is_err(), "{early:?}");
    held.rollback().await.unwrap();
    opening.await.unwrap();
}

#[tokio::test]
async fn tables_of_a_newer_version_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    drop(open(&path).await);
    run(&path, "UPDATE atproto_oauth_schema SET version = 2").await;
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
    assert!(!error.is_down());
    for foreign in [
        "UPDATE atproto_oauth_schema SET version = 0",
        "DELETE FROM atproto_oauth_schema",
    ] {
        run(&path, foreign).await;
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert!(error.to_string().contains("did not make"), "{error}");
    }
}

/// Reading through a whole table is what a store must never do.
#[tokio::test]
async fn never_searches_without_an_index() {
    use crate::store::sql::dialect::Dialect;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    drop(open(&path).await);
    for (sql, index) in [
        (
            crate::store::sql::statements::GET,
            "sqlite_autoindex_atproto_oauth_rows_1 (kind=? AND id=?)",
        ),
        (
            crate::store::sql::statements::LIST,
            "atproto_oauth_rows_by_group (kind=? AND group_hash=? AND id>?)",
        ),
        (
            sqlx::Sqlite::SWEEP,
            "atproto_oauth_rows_by_expiry (expires_at<?)",
        ),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
            .fetch_all(&pool(&path))
            .await
            .unwrap();
        let text: Vec<_> = plan.iter().map(|step| step.3.as_str()).collect();
        let text = text.join("\n");
        assert!(text.contains(index), "{sql}\n{text}");
        assert!(
            !text.contains("SCAN") && !text.contains("TEMP B-TREE"),
            "{text}"
        );
    }
}

/// Foreign content does not pass for a row, and does no harm.
#[tokio::test]
async fn never_takes_a_row_of_another_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = open(&path).await;
    let refused = async |sql: &'static str| sqlx::raw_sql(sql).execute(&pool(&path)).await.is_err();
    for sql in [
        "INSERT INTO atproto_oauth_rows VALUES (1, 'a', 0, '', NULL, NULL, x'00')",
        "INSERT INTO atproto_oauth_rows VALUES (1, 'a', 'one', '', NULL, NULL, x'00')",
        "INSERT INTO atproto_oauth_rows VALUES (1, 'a', 1, '', NULL, -1, x'00')",
        "INSERT INTO atproto_oauth_rows VALUES (1, 'a', 1, '', x'00', NULL, x'00')",
        "INSERT INTO atproto_oauth_rows VALUES (1, 'a', 1, '', NULL, NULL, zeroblob(262145))",
        "INSERT INTO atproto_oauth_rows VALUES (1, '', 1, '', NULL, NULL, x'00')",
    ] {
        assert!(refused(sql).await, "{sql}");
    }
    run(
        &path,
        "PRAGMA ignore_check_constraints = ON; \
         INSERT INTO atproto_oauth_rows VALUES (1, 'a', -5, '', NULL, NULL, x'00')",
    )
    .await;
    let error = store.get(&key("a")).await.unwrap_err();
    assert!(error.is_unreadable(), "{error}");
}
