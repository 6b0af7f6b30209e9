//! What was answered stays.

use super::*;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn never_loses_an_answered_row_when_killed() {
    let place = || {
        let server = PostgresServer::start();
        (server.url(), server)
    };
    let open = async |url: String| {
        let store = PostgresStore::open(&url).await?;
        Ok(Arc::new(store) as Arc<dyn Store>)
    };
    let test = "postgres::durable::never_loses_an_answered_row_when_killed";
    contract::survives_kill(test, place, open).await.unwrap();
}

/// A server that answers before it writes is told not to.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn never_answered_before_it_is_on_the_disk() {
    let mut server =
        PostgresServer::with(&[("synchronous_commit", "off"), ("wal_writer_delay", "10s")]);
    let store = open(&server).await;
    for number in 0..20 {
        let id = format!("{number}");
        assert_eq!(
            put(&store, &id, row(1, "", "v")).await.unwrap(),
            Commit::Done
        );
        if number % 5 == 4 {
            server.kill();
            server.restart();
        }
    }
    let store = open(&server).await;
    for number in 0..20 {
        let found = store.get(&session(&format!("{number}"))).await.unwrap();
        assert!(found.is_some(), "{number}");
    }
}

/// And one that never writes is complained of.
#[tokio::test]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn a_server_that_does_not_sync_is_complained_of() {
    let server = PostgresServer::with(&[("fsync", "off")]);
    let described = open(&server).await.describe();
    assert!(described.contains("`fsync` off"), "{described}");
}
