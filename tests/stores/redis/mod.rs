//! `redis:`

mod durable;
mod measured;
mod model;
mod outage;
mod refused;
mod shared;
mod tls;

use std::sync::Arc;

use atproto_oauth::Store;
use atproto_oauth::store::{Change, Commit, Kind, RedisStore, Row, RowKey, contract};
use atproto_oauth_tests::{RedisServer, eventually};

async fn open(server: &RedisServer) -> Arc<dyn Store> {
    Arc::new(RedisStore::open(&server.url()).await.unwrap())
}

fn key(kind: Kind, id: &str) -> RowKey {
    let id = id.into();
    RowKey { kind, id }
}

fn session(id: &str) -> RowKey {
    key(Kind::Session, id)
}

fn row(version: u64, group: &str, value: &str) -> Row {
    Row {
        version,
        group: group.into(),
        expires_at: None,
        value: value.as_bytes().to_vec().into(),
    }
}

async fn put(store: &Arc<dyn Store>, id: &str, row: Row) -> Commit {
    let change = Change::Put(session(id), row);
    store.commit(vec![change]).await.unwrap()
}

async fn ids(store: &Arc<dyn Store>, kind: Kind, group: &str) -> Vec<String> {
    let rows = store.list(kind, group, None, usize::MAX).await.unwrap();
    rows.into_iter().map(|(key, _)| key.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn keeps_the_contract() {
    let server = RedisServer::start();
    contract::check_all(&open(&server).await).await.unwrap();
    assert_eq!(
        open(&server).await.describe(),
        format!("{} (shared by processes)", server.url())
    );
}

/// What is deleted, regrouped, replaced or swept leaves nothing behind in the server.
#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn indexes_are_kept_exact() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let ends = |version, group: &str, end| Row {
        expires_at: Some(atproto_oauth::types::Timestamp(end)),
        ..row(version, group, "v")
    };
    let soon = u64::MAX >> 1;
    // Before, in and after their group, which orders them by its own means.
    for id in ["g/1", "a", "g", "gz", "z", "g/0"] {
        assert_eq!(put(&store, id, ends(1, "g", soon)).await, Commit::Done);
    }
    assert_eq!(
        ids(&store, Kind::Session, "g").await,
        ["a", "g", "g/0", "g/1", "gz", "z"]
    );
    for (after, expected) in [
        ("a", 5),
        ("f", 5),
        ("g", 4),
        ("g/0", 3),
        ("g/2", 2),
        ("gy", 2),
        ("z", 0),
    ] {
        let found = store
            .list(Kind::Session, "g", Some(after), 100)
            .await
            .unwrap();
        assert_eq!(found.len(), expected, "after {after}");
    }
    assert_eq!(server.say(&["ZCARD", "atproto:expiry"]), "6");

    assert_eq!(put(&store, "a", ends(2, "h", soon)).await, Commit::Done);
    assert_eq!(
        put(&store, "g", row(2, "g", "without an end")).await,
        Commit::Done
    );
    assert_eq!(
        put(&store, "gz", row(2, "", "without a group")).await,
        Commit::Done
    );
    let gone = ["g/0", "z"].map(|id| Change::Delete(session(id), Some(1)));
    assert_eq!(store.commit(gone.into()).await.unwrap(), Commit::Done);
    assert_eq!(put(&store, "g/1", ends(2, "g", 1)).await, Commit::Done);
    assert_eq!(ids(&store, Kind::Session, "g").await, ["g", "g/1"]);
    assert_eq!(ids(&store, Kind::Session, "h").await, ["a"]);
    assert_eq!(server.say(&["ZCARD", "atproto:expiry"]), "2");
    assert_eq!(
        store
            .sweep(atproto_oauth::types::Timestamp(2), 9)
            .await
            .unwrap(),
        1
    );
    assert_eq!(ids(&store, Kind::Session, "g").await, ["g"]);

    let all = ["a", "g", "gz"].map(|id| Change::Delete(session(id), None));
    assert_eq!(store.commit(all.into()).await.unwrap(), Commit::Done);
    assert_eq!(server.say(&["DBSIZE"]), "0");
}
