//! A server that is gone, that stalls, and that comes back.

use std::time::{Duration, Instant};

use super::*;

/// More than calls take that wait at the same time. Fifty that waited one after another would take far longer.
const BOUND: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn a_server_that_is_down_is_said_to_be_and_comes_back() {
    let mut server = RedisServer::start();
    let store = open(&server).await;
    assert_eq!(put(&store, "a", row(1, "g", "v")).await, Commit::Done);
    server.kill();
    let start = Instant::now();
    let down = [
        store.get(&session("a")).await.map(|_| ()),
        store.list(Kind::Session, "g", None, 9).await.map(|_| ()),
        store
            .sweep(atproto_oauth::types::Timestamp(1), 9)
            .await
            .map(|_| ()),
        store
            .commit(vec![Change::Delete(session("a"), None)])
            .await
            .map(|_| ()),
    ];
    for answer in down {
        let error = answer.unwrap_err();
        assert!(error.is_down(), "{error}");
    }
    assert!(start.elapsed() < BOUND);
    let error = RedisStore::open(&server.url()).await.unwrap_err();
    assert!(
        error.is_down() && error.to_string().contains("see that the server runs"),
        "{error}"
    );

    server.restart();
    until_back(&store, "a").await;
    assert_eq!(ids(&store, Kind::Session, "g").await, ["a"]);
}

/// A restart between two calls is not noticed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn a_restart_in_between_costs_no_call() {
    let mut server = RedisServer::start();
    let store = open(&server).await;
    for round in 1..4 {
        assert_eq!(put(&store, "a", row(round, "", "v")).await, Commit::Done);
        server.restart();
    }
    assert_eq!(
        store.get(&session("a")).await.unwrap(),
        Some(row(3, "", "v"))
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn a_server_that_stalls_holds_no_caller_up() {
    let server = RedisServer::start();
    let store = open(&server).await;
    server.pause();
    let start = Instant::now();
    let calls = (0..50).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .commit(vec![Change::Put(session(&n.to_string()), row(1, "", "v"))])
                .await
        })
    });
    for call in futures_util::future::join_all(calls).await {
        let error = call.unwrap().unwrap_err();
        assert!(error.is_down(), "{error}");
    }
    assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
    // The next ones find no connection, and are told as soon.
    let start = Instant::now();
    assert!(store.get(&session("0")).await.unwrap_err().is_down());
    assert!(start.elapsed() < BOUND);
    server.resume();
    until_back(&store, "0").await;
}

/// Within the pause after a failure, every call gets that failure.
async fn until_back(store: &Arc<dyn Store>, id: &str) {
    eventually("the server to answer", async || {
        match store.get(&session(id)).await {
            Ok(row) => Some(row),
            Err(error) => {
                assert!(error.is_down(), "{error}");
                None
            }
        }
    })
    .await;
}

/// The scripts are gone after a restart and after this.
#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn a_server_that_forgot_the_scripts_is_told_again() {
    let server = RedisServer::start();
    let store = open(&server).await;
    for round in 1..4 {
        assert_eq!(server.say(&["SCRIPT", "FLUSH"]), "OK");
        assert_eq!(put(&store, "a", row(round, "g", "v")).await, Commit::Done);
        assert_eq!(server.say(&["SCRIPT", "FLUSH"]), "OK");
        assert_eq!(ids(&store, Kind::Session, "g").await, ["a"]);
    }
}
