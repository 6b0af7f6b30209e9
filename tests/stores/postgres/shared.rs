//! Several processes, and others who hold what they want.

use std::time::{Duration, Instant};

use super::*;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn several_handles_are_one_store() {
    let server = PostgresServer::start();
    let others = [open(&server).await, open(&server).await];
    contract::check_handles(&open(&server).await, &others)
        .await
        .unwrap();
}

/// Asked for, but no caller waits for the answers.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn never_half_done_when_its_caller_goes_away() {
    let server = PostgresServer::start();
    let store = open(&server).await;
    for number in 0..50 {
        let ids = [format!("{number}a"), format!("{number}b")];
        let changes = ids.map(|id| Change::Put(session(&id), row(1, "g", "v")));
        let mut waiting = store.commit(changes.into());
        let _ = futures_util::poll!(&mut waiting);
    }
    eventually("all rows", async || {
        let rows = store.list(Kind::Session, "g", None, 1_000).await.unwrap();
        assert_eq!(rows.len() % 2, 0, "a commit is half done");
        (rows.len() == 100).then_some(())
    })
    .await;
}

/// A client that holds a row for ever costs its callers a moment, and others nothing.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn never_waits_for_ever() {
    let server = PostgresServer::start();
    let url = format!("{}?timeout=1", server.url());
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&url).await.unwrap());
    for id in ["held", "free"] {
        assert_eq!(
            put(&store, id, row(1, "", "v")).await.unwrap(),
            Commit::Done
        );
    }
    let holder = server.hold("SELECT FROM atproto_oauth_rows WHERE id = 'held' FOR UPDATE");

    let start = Instant::now();
    let error = put(&store, "held", row(2, "", "w")).await.unwrap_err();
    assert!(error.is_down(), "{error}");
    assert!(start.elapsed() < Duration::from_mins(1));
    assert_eq!(
        store.get(&session("held")).await.unwrap(),
        Some(row(1, "", "v"))
    );
    assert_eq!(
        put(&store, "free", row(2, "", "w")).await.unwrap(),
        Commit::Done
    );
    // Not even the transaction that gave up is left.
    let waiting = "SELECT count(*) FROM pg_stat_activity \
         WHERE application_name = 'atproto-oauth' AND state <> 'idle'";
    eventually("the transaction to end", async || {
        (server.say(waiting) == "0").then_some(())
    })
    .await;
    holder.end();
    assert_eq!(
        put(&store, "held", row(2, "", "w")).await.unwrap(),
        Commit::Done
    );
}

/// A sweep does not wait for rows that another client is changing, and takes the others.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn sweeping_waits_for_no_other_client() {
    use atproto_oauth::types::Timestamp;

    let server = PostgresServer::start();
    let store = open(&server).await;
    let expired = Row {
        expires_at: Some(Timestamp(1)),
        ..row(1, "", "v")
    };
    let changes = (0..2_500).map(|id| Change::Put(session(&format!("{id}")), expired.clone()));
    for part in changes.collect::<Vec<_>>().chunks(500) {
        assert_eq!(store.commit(part.to_vec()).await.unwrap(), Commit::Done);
    }
    let holder = server.hold("SELECT FROM atproto_oauth_rows WHERE id IN ('7', '8') FOR UPDATE");
    assert_eq!(store.sweep(Timestamp(2), 1_700).await.unwrap(), 1_700);
    // Two at the same time take each row once.
    let second = open(&server).await;
    let (one, other) = tokio::join!(
        store.sweep(Timestamp(2), usize::MAX),
        second.sweep(Timestamp(2), usize::MAX)
    );
    let late = store.sweep(Timestamp(2), usize::MAX).await.unwrap();
    assert_eq!(one.unwrap() + other.unwrap() + late, 798);
    holder.end();
    assert_eq!(store.sweep(Timestamp(2), usize::MAX).await.unwrap(), 2);
}
