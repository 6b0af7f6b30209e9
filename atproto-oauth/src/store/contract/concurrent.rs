//! Many callers at once.

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::{JoinSet, yield_now};

use super::support::{Names, commit, done, ensure, get, one_of, row};
use super::{Check, Violation};
use crate::store::{Change, Commit, Kind, Row, RowKey, Store};

/// Of 100 that make one row at the same time, exactly one succeeds, and what it wrote is there.
///
/// # Errors
/// A [`Violation`].
pub async fn create_once(store: &Arc<dyn Store>) -> Check {
    // More than once, because it is a matter of moments.
    for round in 0..5 {
        let key = Names::new()?.key(Kind::Browser, &format!("new{round}"));
        let made = |caller: u64| Row {
            value: Bytes::from(caller.to_be_bytes().to_vec()),
            ..row(1, "", None)
        };
        let create = |caller| vec![Change::Put(key.clone(), made(caller))];
        let maker = one_of(store, create, "made one row").await?;
        ensure(
            get(store, &key).await? == Some(made(maker)),
            "a row must be that of the caller who was told that it made it",
        )?;
    }
    Ok(())
}

/// Of 100 that delete one row at its version at the same time, exactly one succeeds (AT Protocol OAuth: Summary
/// of Authorization Flow).
///
/// # Errors
/// A [`Violation`].
pub async fn take_once(store: &Arc<dyn Store>) -> Check {
    let key = Names::new()?.key(Kind::Pending, "once");
    done(
        store,
        vec![Change::Put(key.clone(), row(1, "", None))],
        "a new row",
    )
    .await?;
    let take = |_| vec![Change::Delete(key.clone(), Some(1))];
    one_of(store, take, "took one row").await.map(drop)
}

/// Concurrent writers that re-read and try again never lose each other's write.
///
/// # Errors
/// A [`Violation`].
pub async fn increments_once_each(store: &Arc<dyn Store>) -> Check {
    let key = Names::new()?.key(Kind::Session, "count");
    done(
        store,
        vec![Change::Put(key.clone(), row(1, "", None))],
        "a new row",
    )
    .await?;
    let mut writers = JoinSet::new();
    for _ in 0..16 {
        let (store, key) = (Arc::clone(store), key.clone());
        writers.spawn(async move {
            for _ in 0..10_000 {
                let seen = get(&store, &key).await?.map_or(0, |row| row.version);
                let next = Change::Put(key.clone(), row(seen + 1, "", None));
                if commit(&store, vec![next]).await? == Commit::Done {
                    return Ok(());
                }
            }
            let stuck = "a writer that re-reads and tries again must come through";
            Err(Violation::Broken(stuck.into()))
        });
    }
    for answer in writers.join_all().await {
        answer?;
    }
    let version = get(store, &key).await?.map(|row| row.version);
    ensure(
        version == Some(17),
        "16 concurrent writers must make 16 versions",
    )
}

/// Looks at two rows that change together, for as long as they do.
async fn watch(store: Arc<dyn Store>, [first, second]: [RowKey; 2], rounds: u64) -> Check {
    for _ in 0..20_000 {
        let version = get(&store, &first).await?.map_or(0, |row| row.version);
        let other = get(&store, &second).await?.map_or(0, |row| row.version);
        ensure(
            other >= version,
            "a reader that sees one row of a commit must see all of them",
        )?;
        if version > rounds {
            break;
        }
        yield_now().await;
    }
    Ok(())
}

/// Commits that name the same rows in another order neither fail nor wait for each other for ever, and
/// no reader sees one half done.
///
/// # Errors
/// A [`Violation`].
pub async fn any_order(store: &Arc<dyn Store>) -> Check {
    const ROUNDS: u64 = 25;
    let names = Names::new()?;
    let pair = ["a", "b"].map(|name| names.key(Kind::Session, name));
    let put = |version: u64| {
        pair.clone()
            .map(|key| Change::Put(key, row(version, "", None)))
    };
    done(store, put(1).to_vec(), "two new rows").await?;
    let mut tasks = JoinSet::new();
    for turned in [false, true, false, true] {
        let (store, mut pair) = (Arc::clone(store), pair.clone());
        if turned {
            pair.reverse();
        }
        tasks.spawn(async move {
            let [first, second] = pair;
            loop {
                let version = get(&store, &first).await?.map_or(0, |row| row.version);
                let other = get(&store, &second).await?.map_or(0, |row| row.version);
                ensure(
                    other >= version,
                    "once one row of a commit can be seen, all of them must be there",
                )?;
                if version > ROUNDS {
                    return Ok(());
                }
                let next = [&first, &second];
                let next = next.map(|key| Change::Put(key.clone(), row(version + 1, "", None)));
                // The commit that conflicted reads again.
                let _ = commit(&store, next.into()).await?;
                yield_now().await;
            }
        });
    }
    for turned in [false, true] {
        let (store, mut pair) = (Arc::clone(store), pair.clone());
        if turned {
            pair.reverse();
        }
        tasks.spawn(watch(store, pair, ROUNDS));
    }
    for answer in tasks.join_all().await {
        answer?;
    }
    let mut versions = Vec::new();
    for key in &pair {
        versions.extend(get(store, key).await?.map(|row| row.version));
    }
    ensure(
        versions == [ROUNDS + 1; 2],
        "rows that are always changed together must stay together",
    )
}
