//! Whatever is asked, it answers as the store in memory does: the scripts apply the same rules.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use atproto_oauth::store::MemoryStore;
use atproto_oauth::types::{Clock, Timestamp};

use super::*;

#[derive(Clone, Debug)]
struct Set(Arc<AtomicU64>);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Xorshift: few bits, and the same ones again for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn key(&mut self) -> RowKey {
        let kind = self.of(&[Kind::Session, Kind::Browser]);
        key(
            kind,
            self.of(&["g", "g:1", "g:2", "ga", "f", "h", "~ '\\\"%"]),
        )
    }

    /// One that fits more often than not; `version` is that of the row there, 0 for none.
    fn change(&mut self, key: RowKey, version: u64, now: u64) -> Change {
        if self.below(4) == 0 {
            return Change::Delete(key, self.of(&[None, Some(version), Some(version + 1)]));
        }
        let ends = [
            None,
            Some(now - 1),
            Some(now),
            Some(now + 2),
            Some(u64::MAX >> 1),
        ];
        let expires_at = self.of(&ends).map(Timestamp);
        let (group, value) = (
            self.of(&["", "g", "g:", "h"]),
            self.below(1_000).to_string(),
        );
        let version = self.of(&[1, version + 1, version + 1, version + 1, version.max(1)]);
        let row = Row {
            expires_at,
            ..row(version, group, &value)
        };
        Change::Put(key, row)
    }
}

#[tokio::test]
#[ignore = "left out: needs a Redis server; `tests/run` brings it"]
async fn it_answers_as_the_store_in_memory_does() {
    let server = RedisServer::start();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let seed = u64::try_from(now.as_nanos()).unwrap() | 1;
    println!("seed {seed}");
    let (mut dice, time) = (Dice(seed), Arc::new(AtomicU64::new(1_000)));
    let clock = Arc::new(Set(time.clone()));
    let redis = RedisStore::open_with_clock(&server.url(), clock.clone())
        .await
        .unwrap();
    let (memory, mut done) = (MemoryStore::with_clock(clock), 0);
    for step in 0..5_000 {
        let now = time.load(Ordering::SeqCst);
        match dice.below(20) {
            0 => {
                time.fetch_add(1, Ordering::SeqCst);
            }
            1 => {
                let limit = usize::try_from(dice.below(3)).unwrap();
                let swept = memory.sweep(Timestamp(now), limit).await.unwrap();
                assert_eq!(
                    redis.sweep(Timestamp(now), limit).await.unwrap(),
                    swept,
                    "step {step}"
                );
                // Of several, each may take others first.
                while memory.sweep(Timestamp(now), 9).await.unwrap() > 0 {}
                while redis.sweep(Timestamp(now), 9).await.unwrap() > 0 {}
            }
            2..5 => {
                let (of, group) = (dice.key(), dice.of(&["g", "g:", "h"]));
                let (after, limit) = (
                    dice.of(&[None, Some("g:1"), Some("g~")]),
                    dice.of(&[1, 3, 99]),
                );
                let expected = memory.list(of.kind, group, after, limit).await.unwrap();
                let found = redis.list(of.kind, group, after, limit).await.unwrap();
                assert_eq!(found, expected, "step {step}");
            }
            _ => {
                let mut changes: Vec<Change> = Vec::new();
                for _ in 0..=dice.below(3) {
                    let key = dice.key();
                    let there = memory.get(&key).await.unwrap();
                    if changes.iter().all(|other| *other.key() != key) {
                        changes.push(dice.change(key, there.map_or(0, |row| row.version), now));
                    }
                }
                let told = format!("step {step}: {changes:?}");
                let expected = memory.commit(changes.clone()).await.unwrap();
                done += usize::from(expected == Commit::Done);
                assert_eq!(
                    redis.commit(changes.clone()).await.unwrap(),
                    expected,
                    "{told}"
                );
                for change in &changes {
                    let expected = memory.get(change.key()).await.unwrap();
                    assert_eq!(redis.get(change.key()).await.unwrap(), expected, "{told}");
                }
            }
        }
    }
    assert!(done > 500, "only {done} commits came through");
}
