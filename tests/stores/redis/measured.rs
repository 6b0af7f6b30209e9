//! Figures for `docs/scaling.md`, printed and not judged: `-- --ignored --nocapture measured`.

use std::time::{Duration, Instant};

use atproto_oauth::types::Timestamp;

use super::*;

const ROWS: usize = 10_000;

/// A row as a session has it: one of its account, and some 900 bytes, sealed.
fn sample(number: usize) -> (RowKey, Row) {
    let group = format!("AAAAAAAAAAAAAAAA/did:plc:{number:0>24}");
    let id = format!("{group}:{number:0>43}");
    let value: Vec<u8> = (0..900).map(|n| (n * 31 + number) as u8).collect();
    let row = Row {
        version: 1,
        group,
        expires_at: Some(Timestamp(1_800_000_000)),
        value: value.into(),
    };
    (session(&id), row)
}

fn shown(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("p50 {:?}, p99 {:?}", at(50), at(99))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn what_a_session_costs() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let used = || {
        let info = server.say(&["INFO", "memory"]);
        let line = info
            .lines()
            .find_map(|line| line.strip_prefix("used_memory:"));
        line.unwrap().trim().parse::<usize>().unwrap()
    };
    let before = used();
    let samples: Vec<_> = (0..ROWS).map(sample).collect();
    for part in samples.chunks(500) {
        let puts = part
            .iter()
            .map(|(key, row)| Change::Put(key.clone(), row.clone()));
        assert_eq!(store.commit(puts.collect()).await.unwrap(), Commit::Done);
    }
    println!(
        "bytes per session of 900 bytes: {}",
        (used() - before) / ROWS
    );
    let (mut gets, mut commits) = (Vec::new(), Vec::new());
    for (key, row) in samples.iter().take(2_000) {
        let start = Instant::now();
        assert!(store.get(key).await.unwrap().is_some());
        gets.push(start.elapsed());
        let next = Change::Put(
            key.clone(),
            Row {
                version: 2,
                ..row.clone()
            },
        );
        let start = Instant::now();
        assert_eq!(store.commit(vec![next]).await.unwrap(), Commit::Done);
        commits.push(start.elapsed());
    }
    println!("get: {}", shown(gets));
    println!("commit of one row, synced to the disk: {}", shown(commits));
    let start = Instant::now();
    let swept = store
        .sweep(Timestamp(1_800_000_000), usize::MAX)
        .await
        .unwrap();
    println!("sweep: {swept} rows in {:?}", start.elapsed());
}
