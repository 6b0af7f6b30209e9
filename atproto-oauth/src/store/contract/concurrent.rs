//! Many callers at once.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::support::{Names, commit, done, ensure, get, row};
use super::{Check, Violation};
use crate::store::{Change, Commit, Kind, Store};

/// Of 100 that delete one row at its version at the same time, exactly one succeeds (CB-02).
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
    let mut takers = JoinSet::new();
    for _ in 0..100 {
        let (store, key) = (Arc::clone(store), key.clone());
        takers.spawn(async move { commit(&store, vec![Change::Delete(key, Some(1))]).await });
    }
    let mut taken = 0;
    for answer in takers.join_all().await {
        taken += usize::from(answer? == Commit::Done);
    }
    ensure(
        taken == 1,
        &format!("{taken} of 100 concurrent takers took one row"),
    )
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
