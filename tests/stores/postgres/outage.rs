//! A server that is gone for a while.

use std::cell::RefCell;
use std::time::Duration;

use super::*;

async fn survives(stop: impl FnOnce(&mut PostgresServer), start: impl FnOnce(&mut PostgresServer)) {
    let server = PostgresServer::start();
    let store = open(&server).await;
    let server = RefCell::new(server);
    let stop = async || stop(&mut server.borrow_mut());
    let start = async || start(&mut server.borrow_mut());
    contract::survives_outage(&store, stop, start)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn survives_a_crash() {
    survives(PostgresServer::kill, PostgresServer::restart).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn survives_a_restart() {
    survives(PostgresServer::stop, PostgresServer::restart).await;
}

/// It takes connections and says nothing.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn survives_a_server_that_is_stuck() {
    survives(|server| server.pause(), |server| server.resume()).await;
}

/// Connections that the server closed while nobody used them are no reason to fail.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a PostgreSQL server; `tests/run` brings it"]
async fn idle_connections_that_broke_are_made_again() {
    let mut server = PostgresServer::start();
    let store = open(&server).await;
    assert_eq!(
        put(&store, "a", row(1, "", "v")).await.unwrap(),
        Commit::Done
    );
    server.stop();
    // Idle for longer than a connection counts as fresh.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    server.restart();
    assert_eq!(
        store.get(&session("a")).await.unwrap(),
        Some(row(1, "", "v"))
    );
}
