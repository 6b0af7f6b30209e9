//! Several clients at once.

use tokio::task::JoinSet;

use super::*;

/// CB-02 across connections: of many that take one row, one gets it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn of_several_processes_one_takes() {
    let server = RedisServer::start();
    let mut stores = Vec::new();
    for _ in 0..8 {
        stores.push(open(&server).await);
    }
    for round in 0..20 {
        let id = round.to_string();
        assert_eq!(put(&stores[0], &id, row(1, "g", "v")).await, Commit::Done);
        let mut takers = JoinSet::new();
        for store in &stores {
            let (store, id) = (store.clone(), id.clone());
            takers.spawn(async move {
                let take = vec![Change::Delete(session(&id), Some(1))];
                store.commit(take).await.unwrap()
            });
        }
        let taken = takers.join_all().await;
        assert_eq!(
            taken
                .iter()
                .filter(|answer| **answer == Commit::Done)
                .count(),
            1
        );
    }
    assert_eq!(server.say(&["DBSIZE"]), "0");
}

/// More rows than the server handles at once, sent and listed and swept.
#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn long_groups_are_read_and_swept_in_parts() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let ids: Vec<String> = (0..1_000).map(|n| format!("g:{n:04}")).collect();
    let expires_at = Some(atproto_oauth::types::Timestamp(1));
    let puts = ids.iter().map(|id| {
        let row = Row {
            expires_at,
            ..row(1, "g", id)
        };
        Change::Put(session(id), row)
    });
    assert_eq!(store.commit(puts.collect()).await.unwrap(), Commit::Done);
    assert_eq!(super::ids(&store, Kind::Session, "g").await, ids);
    let page = store
        .list(Kind::Session, "g", Some("g:0499"), 250)
        .await
        .unwrap();
    assert_eq!((page.len(), page[249].0.id.as_str()), (250, "g:0749"));
    let now = atproto_oauth::types::Timestamp(1);
    assert_eq!(store.sweep(now, 250).await.unwrap(), 250);
    assert_eq!(store.sweep(now, 10_000).await.unwrap(), 750);
    assert_eq!(server.say(&["DBSIZE"]), "0");
}
