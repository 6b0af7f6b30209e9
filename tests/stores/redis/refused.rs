//! What a server may not be, and what is said about it.

use atproto_oauth::store::{self, RedisStore, StoreError};
use atproto_oauth::types::SystemClock;

use super::*;

async fn refusal(url: &str) -> StoreError {
    RedisStore::open(url).await.map(|_| ()).unwrap_err()
}

#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn never_a_password_in_what_is_said() {
    let server = RedisServer::with(&[("requirepass", "right")]);
    let (port, right) = (
        server.port(),
        format!("redis://:right@127.0.0.1:{}", server.port()),
    );
    for wrong in [
        format!("redis://127.0.0.1:{port}"),
        format!("redis://:hunter2@127.0.0.1:{port}"),
        format!("redis://nobody:hunter2@127.0.0.1:{port}"),
    ] {
        let error = refusal(&wrong).await;
        assert!(!error.is_down(), "{error}");
        assert!(error.to_string().contains("does not accept"), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        let error = store::open(&wrong, Arc::new(SystemClock))
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`ATPROTO_STORE`: redis://127.0.0.1"),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let opened = store::open(&right, Arc::new(SystemClock)).await.unwrap();
    assert!(opened.store.is_shared() && opened.folder.is_none());
    let shown = format!("{:?} {}", opened.store, opened.store.describe());
    assert!(!shown.contains("right"), "{shown}");
    // A user of its own, with no more than the store says that it needs.
    let rules = "+scan +mget +eval +evalsha +get +set +del +getrange +zadd +zrem +zcard +zrangebylex +zrangebyscore";
    let mut say = vec![
        "-a",
        "right",
        "ACL",
        "SETUSER",
        "app",
        "on",
        ">pass",
        "~atproto:*",
    ];
    say.extend(rules.split(' '));
    assert_eq!(server.say(&say), "OK");
    let store = RedisStore::open(&format!("redis://app:pass@127.0.0.1:{port}"))
        .await
        .unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    assert!(store.describe().contains("does not show its configuration"));
    contract::check_all(&store).await.unwrap();
}

#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn a_cluster_a_replica_and_a_wrong_database_are_refused() {
    let cluster = RedisServer::with(&[("cluster-enabled", "yes")]);
    let error = refusal(&cluster.url()).await;
    assert!(
        !error.is_down() && error.to_string().contains("Redis Cluster"),
        "{error}"
    );

    let primary = RedisServer::start();
    let replica = RedisServer::with(&[("replicaof", &format!("127.0.0.1 {}", primary.port()))]);
    let error = refusal(&replica.url()).await;
    assert!(error.to_string().contains("name the primary"), "{error}");

    let error = refusal(&format!("redis://127.0.0.1:{}/99", primary.port())).await;
    assert!(error.to_string().contains("the database 99"), "{error}");
}

/// A primary that becomes a replica while we are connected: nothing is written there, and by its name the
/// new one is found.
#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn a_primary_that_steps_down_is_left() {
    let (other, server) = (RedisServer::start(), RedisServer::start());
    let store = open(&server).await;
    assert_eq!(put(&store, "a", row(1, "", "v")).await, Commit::Done);
    let port = other.port().to_string();
    assert_eq!(server.say(&["REPLICAOF", "127.0.0.1", &port]), "OK");
    let put_again = || store.commit(vec![Change::Put(session("b"), row(1, "", "v"))]);
    for _ in 0..2 {
        let error = put_again().await.unwrap_err();
        assert!(
            error.is_down() && error.to_string().contains("name the primary"),
            "{error}"
        );
    }
    assert_eq!(server.say(&["REPLICAOF", "NO", "ONE"]), "OK");
    let written = async || put_again().await.ok();
    assert_eq!(
        eventually("a write at the primary", written).await,
        Commit::Done
    );
}

#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn a_server_that_may_lose_something_is_named() {
    for (settings, parts) in [
        (&[("appendonly", "no")][..], &["last snapshot"][..]),
        (&[("appendfsync", "everysec")], &["last second"]),
        (&[("maxmemory-policy", "allkeys-lru")], &["drop sessions"]),
        (&[("rename-command", "CONFIG nothing")], &["does not show"]),
    ] {
        let server = RedisServer::with(settings);
        let described = open(&server).await.describe();
        assert!(
            parts.iter().all(|part| described.contains(part)),
            "{described}"
        );
    }
}

#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn never_half_a_commit_when_the_server_is_full() {
    let server = RedisServer::with(&[("maxmemory", "8mb")]);
    let store = open(&server).await;
    let large = "x".repeat(200 * 1024);
    let mut done = 0;
    let error = loop {
        let id = format!("{done}");
        let pair = [Kind::Session, Kind::Revocation];
        let pair = pair.map(|kind| Change::Put(key(kind, &id), row(1, "g", &large)));
        match store.commit(pair.into()).await {
            Ok(commit) => assert_eq!(commit, Commit::Done),
            Err(error) => break error,
        }
        done += 1;
        assert!(done < 100, "it never says that it is full");
    };
    assert!(
        done > 3 && error.is_down() && error.to_string().contains("`maxmemory`"),
        "{error}"
    );
    let all = ids(&store, Kind::Session, "g").await;
    assert_eq!(all.len(), done);
    assert_eq!(all, ids(&store, Kind::Revocation, "g").await);
    // What was answered can be read, and room be made.
    assert_eq!(
        store.get(&session("0")).await.unwrap(),
        Some(row(1, "g", &large))
    );
    let gone =
        [Kind::Session, Kind::Revocation].map(|kind| Change::Delete(key(kind, "0"), Some(1)));
    assert_eq!(store.commit(gone.into()).await.unwrap(), Commit::Done);
    assert_eq!(server.say(&["CONFIG", "SET", "maxmemory", "64mb"]), "OK");
    assert_eq!(put(&store, "more", row(1, "g", &large)).await, Commit::Done);
}

/// Against advice the server drops keys: what is left is whole, and indexes mend themselves.
#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn rows_that_were_evicted_leave_no_holes() {
    let server = RedisServer::with(&[("maxmemory-policy", "allkeys-random")]);
    let store = open(&server).await;
    for id in ["a", "b", "c", "d", "e", "f"] {
        let expires_at = Some(atproto_oauth::types::Timestamp(1));
        let row = Row {
            expires_at,
            ..row(1, "g", "v")
        };
        assert_eq!(put(&store, id, row).await, Commit::Done);
    }
    for id in ["a", "c", "d", "f"] {
        assert_eq!(server.say(&["DEL", &format!("atproto:1:{id}")]), "1");
    }
    let page = store.list(Kind::Session, "g", None, 2).await.unwrap();
    assert_eq!(page.len(), 2, "fewer would mean that there are no more");
    assert_eq!(ids(&store, Kind::Session, "g").await, ["b", "e"]);
    assert_eq!(server.say(&["ZCARD", "atproto:g1:g"]), "2");
    assert_eq!(
        store
            .sweep(atproto_oauth::types::Timestamp(2), 100)
            .await
            .unwrap(),
        6
    );
    assert_eq!(server.say(&["DBSIZE"]), "0");
}

/// Another program uses our keys: an error, nothing written, and no other row harmed.
#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn things_of_others_under_our_keys_are_refused() {
    let server = RedisServer::start();
    let store = open(&server).await;
    assert_eq!(put(&store, "fine", row(1, "g", "v")).await, Commit::Done);
    server.say(&["LPUSH", "atproto:1:list", "x"]);
    server.say(&["SET", "atproto:g1:taken", "x"]);
    server.say(&["SET", "atproto:1:short", "x"]);
    let with_fine = |change| vec![Change::Delete(session("fine"), Some(1)), change];
    for bad in [
        Change::Put(session("list"), row(1, "", "v")),
        Change::Delete(session("list"), None),
        Change::Put(session("new"), row(1, "taken", "v")),
    ] {
        let error = store.commit(with_fine(bad)).await.unwrap_err();
        assert!(
            !error.is_down() && error.to_string().contains("something else"),
            "{error}"
        );
    }
    assert!(store.list(Kind::Session, "taken", None, 9).await.is_err());
    assert!(store.get(&session("list")).await.is_err());
    let error = store.get(&session("short")).await.unwrap_err();
    assert!(error.is_unreadable(), "{error}");
    for (change, answer) in [
        (
            Change::Put(session("short"), row(1, "", "v")),
            Commit::Conflict(0),
        ),
        (
            Change::Delete(session("short"), Some(1)),
            Commit::Conflict(0),
        ),
        (Change::Delete(session("short"), None), Commit::Done),
    ] {
        assert_eq!(store.commit(vec![change]).await.unwrap(), answer);
    }
    assert_eq!(store.get(&session("new")).await.unwrap(), None);
    assert_eq!(ids(&store, Kind::Session, "g").await, ["fine"]);
}

/// A database that others use, too: a pass over all rows finds ours, and no more.
#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn a_pass_finds_our_rows_among_those_of_others() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let ours: Vec<String> = (0..300).map(|n| format!("ours{n:03}")).collect();
    for id in &ours {
        assert_eq!(put(&store, id, row(1, "g", "v")).await, Commit::Done);
    }
    let other = Change::Put(key(Kind::Browser, "ours000"), row(1, "", "v"));
    assert_eq!(store.commit(vec![other]).await.unwrap(), Commit::Done);
    for n in 0..300 {
        server.say(&["SET", &format!("theirs:{n}"), "x"]);
    }
    server.say(&["LPUSH", "atproto:1:list", "x"]);
    server.say(&["HSET", "atproto:1:hash", "x", "y"]);
    server.say(&["SET", "atproto:1:short", "x"]);
    server.say(&["SET", "atproto:1:two\nlines", "x"]);
    server.say(&[
        "EVAL",
        "return redis.call('SET', 'atproto:1:\\255\\254', 'x')",
        "0",
    ]);
    server.say(&["SET", "atproto:10:other", "x"]);
    server.say(&["SET", "xatproto:1:other", "x"]);
    let (mut found, mut from) = (Vec::new(), None::<String>);
    for steps in 1.. {
        assert!(steps <= 1_000, "the pass does not end: {from:?}");
        let step = store
            .scan(Kind::Session, from.as_deref(), 50)
            .await
            .unwrap();
        found.extend(step.rows.into_iter().map(|(key, _)| key.id));
        from = step.next;
        if from.is_none() {
            break;
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found, ours);
}
