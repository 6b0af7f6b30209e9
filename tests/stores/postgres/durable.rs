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
    for round in 0..4 {
        let store = open(&server).await;
        for number in 0..5 {
            let id = format!("{round}/{number}");
            let written = put(&store, &id, row(1, "g", "v")).await;
            assert_eq!(written.unwrap(), Commit::Done);
        }
        server.kill();
        server.restart();
        let store = open(&server).await;
        let rows = store.list(Kind::Session, "g", None, 100).await.unwrap();
        assert_eq!(rows.len(), 5 * (round + 1));
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
