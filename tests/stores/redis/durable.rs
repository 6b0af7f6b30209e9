//! Processes that die in the middle of a commit.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use atproto_oauth::store::RedisStore;
use atproto_oauth_tests::{ended, lines, soon};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::*;

const URL: &str = "ATPROTO_TEST_REDIS_URL";
const ROUND: &str = "ATPROTO_TEST_REDIS_ROUND";

/// The same row twice, so that a commit that came apart shows.
fn pair(id: &str) -> Vec<Change> {
    let both = [Kind::Session, Kind::Revocation];
    both.map(|kind| Change::Put(key(kind, id), row(1, "g", id)))
        .into()
}

async fn check(store: &Arc<dyn Store>, answered: &BTreeSet<String>) {
    let sessions: BTreeSet<_> = ids(store, Kind::Session, "g").await.into_iter().collect();
    let others: BTreeSet<_> = ids(store, Kind::Revocation, "g")
        .await
        .into_iter()
        .collect();
    assert_eq!(sessions, others, "a commit came apart");
    let lost: Vec<_> = answered.difference(&sessions).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
}

/// Scenario 36: `appendfsync always` keeps what was answered, whenever the server is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn never_loses_an_answered_row_when_the_server_is_killed() {
    let mut server = RedisServer::start();
    let store = open(&server).await;
    let answered = Arc::new(Mutex::new(BTreeSet::new()));
    for (round, until) in [1, 50, 400].into_iter().enumerate() {
        // A writer ends at its first failure, and for a moment after a restart every call still gets the last one.
        let answers = async || store.get(&session("a")).await.ok();
        eventually("the server to answer", answers).await;
        let (enough, before) = (Arc::new(Notify::new()), answered.lock().unwrap().len());
        let mut writers = JoinSet::new();
        for writer in 0..8 {
            let (store, answered, enough) = (store.clone(), answered.clone(), enough.clone());
            writers.spawn(async move {
                for number in 0.. {
                    let id = format!("{round}-{writer}-{number}");
                    match store.commit(pair(&id)).await {
                        Ok(commit) => assert_eq!(commit, Commit::Done),
                        Err(error) => return assert!(error.is_down(), "{error}"),
                    }
                    let mut answered = answered.lock().unwrap();
                    answered.insert(id);
                    if answered.len() >= before + until {
                        enough.notify_one();
                    }
                }
            });
        }
        soon("enough commits", enough.notified()).await;
        server.kill();
        writers.join_all().await;
        server.restart();
        let fresh = open(&server).await;
        let until_now = answered.lock().unwrap().clone();
        check(&fresh, &until_now).await;
    }
}

/// Nor does a client that is killed leave half of something behind.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn never_half_a_commit_when_a_client_is_killed() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let mut answered = BTreeSet::new();
    for (round, until) in [1, 20, 200].into_iter().enumerate() {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "redis::durable::child_writes_until_killed"])
            .args(["--ignored", "--nocapture", "--test-threads=1"])
            .env(URL, server.url())
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let mut count = 0;
        for line in lines("the child that writes", output) {
            let Some(id) = line.strip_prefix("answered ") else {
                continue;
            };
            answered.insert(id.to_owned());
            count += 1;
            if count == until {
                child.kill().unwrap();
            }
        }
        ended("the child that was killed", &mut child).unwrap();
        assert!(
            count >= until,
            "the child ended by itself after {count} rows"
        );
        check(&store, &answered).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "a child of never_half_a_commit_when_a_client_is_killed"]
async fn child_writes_until_killed() {
    let (Ok(url), Ok(round)) = (std::env::var(URL), std::env::var(ROUND)) else {
        return;
    };
    let store: Arc<dyn Store> = Arc::new(RedisStore::open(&url).await.unwrap());
    let mut writers = JoinSet::new();
    for writer in 0..4 {
        let (store, round) = (store.clone(), round.clone());
        writers.spawn(async move {
            for number in 0_u64.. {
                let id = format!("{round}-{writer}-{number}");
                assert_eq!(store.commit(pair(&id)).await.unwrap(), Commit::Done);
                writeln!(std::io::stdout(), "answered {id}").unwrap();
            }
        });
    }
    writers.join_all().await;
}

/// A caller that goes away leaves a whole commit or none.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn never_half_a_commit_when_a_caller_goes_away() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let mut callers = JoinSet::new();
    for number in 0..200_u32 {
        let store = store.clone();
        callers.spawn(async move {
            let id = number.to_string();
            let mut commit = store.commit(pair(&id));
            // Some before they were sent, some after.
            for _ in 0..number % 7 {
                if futures_util::poll!(&mut commit).is_ready() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        });
    }
    callers.join_all().await;
    assert_eq!(
        put(&store, "after them", row(1, "", "v")).await,
        Commit::Done
    );
    check(&store, &BTreeSet::new()).await;
}
