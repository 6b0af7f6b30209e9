//! What every [`Store`] has to keep, as checks for one's own implementation.
//!
//! ```
//! # async fn my_store_keeps_the_contract() -> Result<(), atproto_oauth::store::contract::Violation> {
//! use std::sync::Arc;
//! use atproto_oauth::store::{MemoryStore, Store, contract};
//!
//! let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
//! contract::check_all(&store).await
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(my_store_keeps_the_contract()).unwrap();
//! ```
//!
//! Run it on a multi-threaded runtime, so that the concurrent checks mean something. Every run uses
//! names of its own, so the store need not be empty; expired rows of others may be swept.

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;

use super::{Change, Commit, Kind, Row, RowKey, Store, StoreError};
use crate::types::Timestamp;

/// What the store got wrong.
#[derive(Debug, thiserror::Error)]
pub enum Violation {
    /// It answered, wrongly.
    #[error("the store breaks its contract: {0}")]
    Broken(String),
    /// It failed where it should have answered.
    #[error("the store failed during `{0}`")]
    Failed(&'static str, #[source] StoreError),
}

type Check = Result<(), Violation>;

/// Every check of this module, one after the other.
///
/// # Errors
/// The first [`Violation`].
pub async fn check_all(store: &Arc<dyn Store>) -> Check {
    exact_bytes(store).await?;
    compare_and_swap(store).await?;
    all_or_nothing(store).await?;
    take_once(store).await?;
    increments_once_each(store).await?;
    lists_by_group(store).await?;
    replaces_expired(store).await?;
    sweeps_expired(store).await?;
    refuses_misuse(store).await
}

/// A row comes back exactly as it was written: every byte value, the empty value, a large one, the
/// longest id and group, no expiry and the last one.
///
/// # Errors
/// A [`Violation`].
pub async fn exact_bytes(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let large = all.repeat(1_024);
    let long = "~ '\\\"%;\u{7e}".repeat(300);
    for (index, value) in [all, Vec::new(), large].into_iter().enumerate() {
        for kind in [Kind::Session, Kind::Pending, Kind::Browser, Kind::Revocation] {
            let mut key = names.key(kind, &format!("exact{index}"));
            key.id.extend(long.chars().take(2_200 - key.id.len()));
            let row = Row {
                version: 1,
                group: long.chars().take(2_200).collect(),
                expires_at: [None, Some(Timestamp(u64::MAX >> 1))].into_iter().nth(index % 2).flatten(),
                value: Bytes::from(value.clone()),
            };
            done(store, vec![Change::Put(key.clone(), row.clone())], "a new row").await?;
            let found = get(store, &key).await?;
            ensure(found.as_ref() == Some(&row), "a row reads back otherwise than it was written")?;
            done(store, vec![Change::Delete(key.clone(), Some(1))], "its deletion").await?;
            ensure(get(store, &key).await?.is_none(), "a deleted row is still there")?;
        }
    }
    Ok(())
}

/// A write or a delete goes through only at the version it expects.
///
/// # Errors
/// A [`Violation`].
pub async fn compare_and_swap(store: &Arc<dyn Store>) -> Check {
    let key = Names::new()?.key(Kind::Session, "swap");
    let put = |version| vec![Change::Put(key.clone(), row(version, "", None))];
    let delete = |version| vec![Change::Delete(key.clone(), version)];
    refused(store, put(2), "version 2 of a row that is not there").await?;
    refused(store, delete(Some(1)), "deleting a row that is not there at a version").await?;
    done(store, delete(None), "deleting whatever is there, even nothing").await?;
    done(store, put(1), "version 1 of a row that is not there").await?;
    for version in [1, 3] {
        refused(store, put(version), "another version than the next").await?;
    }
    done(store, put(2), "the next version").await?;
    for version in [1, 3] {
        refused(store, delete(Some(version)), "deleting at another version").await?;
    }
    let found = get(store, &key).await?.map(|row| row.version);
    ensure(found == Some(2), "a refused change left a trace")?;
    done(store, delete(Some(2)), "deleting at its version").await?;
    refused(store, put(3), "a late write to a deleted row").await
}

/// All changes of a commit happen or none, and the first that fails is named.
///
/// # Errors
/// A [`Violation`].
pub async fn all_or_nothing(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let (session, queue) = (names.key(Kind::Session, "a"), names.key(Kind::Revocation, "a"));
    let extra = names.key(Kind::Browser, "b");
    done(store, vec![Change::Put(session.clone(), row(1, "", None))], "a new row").await?;
    let moved = |version| {
        vec![
            Change::Put(queue.clone(), row(1, "queue", None)),
            Change::Delete(session.clone(), Some(version)),
            Change::Delete(extra.clone(), Some(1)),
        ]
    };
    let answer = commit(store, moved(2)).await?;
    ensure(answer == Commit::Conflict(1), "the first change that fails must be named")?;
    let answer = commit(store, moved(1)).await?;
    ensure(answer == Commit::Conflict(2), "a change that fails last must be named")?;
    let nothing = get(store, &queue).await?.is_none() && get(store, &session).await?.is_some();
    ensure(nothing, "a commit that conflicts must write nothing")?;
    done(store, vec![Change::Put(extra.clone(), row(1, "", None))], "a new row").await?;
    done(store, moved(1), "moving a row").await?;
    let all = get(store, &queue).await?.is_some()
        && get(store, &session).await?.is_none()
        && get(store, &extra).await?.is_none();
    ensure(all, "a commit that is done must have written everything")
}

/// Of 100 that delete one row at its version at the same time, exactly one succeeds (CB-02).
///
/// # Errors
/// A [`Violation`].
pub async fn take_once(store: &Arc<dyn Store>) -> Check {
    let key = Names::new()?.key(Kind::Pending, "once");
    done(store, vec![Change::Put(key.clone(), row(1, "", None))], "a new row").await?;
    let mut takers = JoinSet::new();
    for _ in 0..100 {
        let (store, key) = (Arc::clone(store), key.clone());
        takers.spawn(async move { commit(&store, vec![Change::Delete(key, Some(1))]).await });
    }
    let mut taken = 0;
    for answer in takers.join_all().await {
        taken += usize::from(answer? == Commit::Done);
    }
    ensure(taken == 1, &format!("{taken} of 100 concurrent takers took one row"))
}

/// Concurrent writers that re-read and try again never lose each other's write.
///
/// # Errors
/// A [`Violation`].
pub async fn increments_once_each(store: &Arc<dyn Store>) -> Check {
    let key = Names::new()?.key(Kind::Session, "count");
    done(store, vec![Change::Put(key.clone(), row(1, "", None))], "a new row").await?;
    let mut writers = JoinSet::new();
    for _ in 0..16 {
        let (store, key) = (Arc::clone(store), key.clone());
        writers.spawn(async move {
            loop {
                let seen = get(&store, &key).await?.map_or(0, |row| row.version);
                let next = Change::Put(key.clone(), row(seen + 1, "", None));
                if commit(&store, vec![next]).await? == Commit::Done {
                    return Ok::<_, Violation>(());
                }
            }
        });
    }
    for answer in writers.join_all().await {
        answer?;
    }
    let version = get(store, &key).await?.map(|row| row.version);
    ensure(version == Some(17), "16 concurrent writers must make 16 versions")
}

/// Lists hold exactly the rows of the kind and the group, in order, page by page.
///
/// # Errors
/// A [`Violation`].
pub async fn lists_by_group(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let group = names.text("group");
    let ids = ["b", "a", "B", "ab", "a b", "~"];
    let mut changes = Vec::new();
    for id in ids {
        changes.push(Change::Put(names.key(Kind::Session, id), row(1, &group, None)));
    }
    changes.push(Change::Put(names.key(Kind::Revocation, "kind"), row(1, &group, None)));
    changes.push(Change::Put(names.key(Kind::Session, "group"), row(1, &format!("{group}x"), None)));
    changes.push(Change::Put(names.key(Kind::Session, "none"), row(1, "", None)));
    done(store, changes, "several new rows").await?;

    let mut sorted: Vec<String> = ids.iter().map(|id| names.text(id)).collect();
    sorted.sort_unstable();
    for limit in [1, 4, 6, 100] {
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = store.list(Kind::Session, &group, after.as_deref(), limit).await;
            let page = page.map_err(|error| Violation::Failed("list", error))?;
            ensure(page.len() <= limit, "a page is longer than its limit")?;
            let whole = page.iter().all(|(key, row)| key.kind == Kind::Session && row.group == group);
            ensure(whole, "a list holds a row of another kind or group")?;
            let full = page.len() == limit;
            after = page.last().map(|(key, _)| key.id.clone());
            all.extend(page.into_iter().map(|(key, _)| key.id));
            if !full {
                break;
            }
        }
        ensure(all == sorted, "the pages of a list are not its rows in the order of their ids")?;
    }

    let regrouped = Change::Put(names.key(Kind::Session, "a"), row(2, &format!("{group}y"), None));
    let deleted = Change::Delete(names.key(Kind::Session, "b"), Some(1));
    done(store, vec![regrouped, deleted], "a changed group and a deletion").await?;
    ensure(list(store, &group).await?.len() == 4, "a list holds rows that left its group")?;
    ensure(list(store, "").await?.is_empty(), "the empty group must have no rows")
}

/// An expired row counts as none for version 1, and for version 1 only.
///
/// # Errors
/// A [`Violation`].
pub async fn replaces_expired(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let (key, group) = (names.key(Kind::Browser, "old"), names.text("old"));
    let long_ago = Some(Timestamp(1));
    done(store, vec![Change::Put(key.clone(), row(1, &group, None))], "a new row").await?;
    done(store, vec![Change::Put(key.clone(), row(2, &group, long_ago))], "the next version").await?;
    refused(store, vec![Change::Put(key.clone(), row(2, "", None))], "a stale version").await?;
    done(store, vec![Change::Put(key.clone(), row(1, "", None))], "version 1 over an expired row").await?;
    let found = get(store, &key).await?;
    ensure(found == Some(row(1, "", None)), "the new row must replace the expired one")?;
    ensure(list(store, &group).await?.is_empty(), "the replaced row is still in its group")?;
    refused(store, vec![Change::Put(key, row(1, "", None))], "version 1 over a living row").await
}

/// A sweep deletes what is expired, at most `limit` rows, and nothing else.
///
/// # Errors
/// A [`Violation`].
pub async fn sweeps_expired(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let (group, now) = (names.text("sweep"), Timestamp(1_000));
    let ends = [Some(999), Some(1_000), Some(1), Some(1_001), None];
    let key = |index: usize| names.key(Kind::Session, &format!("sweep{index}"));
    for (index, end) in ends.iter().enumerate() {
        let row = row(1, &group, end.map(Timestamp));
        done(store, vec![Change::Put(key(index), row)], "a new row").await?;
    }
    loop {
        let swept = store.sweep(now, 2).await;
        let swept = swept.map_err(|error| Violation::Failed("sweep", error))?;
        ensure(swept <= 2, "a sweep must keep to its limit")?;
        if swept == 0 {
            break;
        }
    }
    for (index, end) in ends.iter().enumerate() {
        let there = get(store, &key(index)).await?.is_some();
        ensure(there == end.is_none_or(|end| end > 1_000), "a sweep must delete what is expired, only")?;
    }
    // A page may or may not hold expired rows, but never swept ones.
    ensure(list(store, &group).await?.len() == 2, "a swept row is still in its group")
}

/// What [`check`](super::check) refuses is refused, and nothing of it is written.
///
/// # Errors
/// A [`Violation`].
pub async fn refuses_misuse(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let key = names.key(Kind::Session, "misuse");
    let put = |key: &RowKey, version| Change::Put(key.clone(), row(version, "", None));
    let mut nameless = key.clone();
    nameless.id.push('\u{e9}');
    let twice = vec![put(&key, 1), put(&key, 2)];
    for changes in [twice, vec![put(&nameless, 1)], vec![put(&key, 0)]] {
        ensure(store.commit(changes).await.is_err(), "what `store::check` refuses must fail")?;
    }
    ensure(get(store, &key).await?.is_none(), "a refused commit left a trace")
}

/// Names of this run only.
struct Names(String);

impl Names {
    fn new() -> Result<Self, Violation> {
        let random = crate::jose::random_token();
        let name = random.map_err(|error| Violation::Broken(error.to_string()))?;
        Ok(Self(name))
    }

    fn text(&self, name: &str) -> String {
        format!("contract/{}/{name}", self.0)
    }

    fn key(&self, kind: Kind, name: &str) -> RowKey {
        let id = self.text(name);
        RowKey { kind, id }
    }
}

fn row(version: u64, group: &str, expires_at: Option<Timestamp>) -> Row {
    Row {
        version,
        group: group.into(),
        expires_at,
        value: Bytes::from(version.to_be_bytes().to_vec()),
    }
}

fn ensure(kept: bool, rule: &str) -> Check {
    if kept {
        Ok(())
    } else {
        Err(Violation::Broken(rule.into()))
    }
}

async fn get(store: &Arc<dyn Store>, key: &RowKey) -> Result<Option<Row>, Violation> {
    let found = store.get(key).await;
    found.map_err(|error| Violation::Failed("get", error))
}

async fn list(store: &Arc<dyn Store>, group: &str) -> Result<Vec<(RowKey, Row)>, Violation> {
    let found = store.list(Kind::Session, group, None, 100).await;
    found.map_err(|error| Violation::Failed("list", error))
}

async fn commit(store: &Arc<dyn Store>, changes: Vec<Change>) -> Result<Commit, Violation> {
    let answer = store.commit(changes).await;
    answer.map_err(|error| Violation::Failed("commit", error))
}

async fn done(store: &Arc<dyn Store>, changes: Vec<Change>, what: &str) -> Check {
    let answer = commit(store, changes).await?;
    ensure(answer == Commit::Done, &format!("{what} must succeed"))
}

async fn refused(store: &Arc<dyn Store>, changes: Vec<Change>, what: &str) -> Check {
    let answer = commit(store, changes).await?;
    ensure(answer == Commit::Conflict(0), &format!("{what} must conflict"))
}
