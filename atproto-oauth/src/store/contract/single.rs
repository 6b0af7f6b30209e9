//! One caller.

use std::sync::Arc;

use bytes::Bytes;

use super::Check;
use super::support::{Names, commit, done, ensure, get, refused, row};
use crate::store::{Change, Commit, Kind, Row, RowKey, Store};
use crate::types::Timestamp;

/// A row comes back exactly as it was written: every byte value, the empty value, a large one, the
/// longest id and group, no expiry and the last one.
///
/// # Errors
/// A [`Violation`](super::Violation).
pub async fn exact_bytes(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let large = all.repeat(1_024);
    let long = "~ '\\\"%;\u{7e}".repeat(300);
    for (index, value) in [all, Vec::new(), large].into_iter().enumerate() {
        for &kind in Kind::ALL {
            let mut key = names.key(kind, &format!("exact{index}"));
            key.id.extend(long.chars().take(2_200 - key.id.len()));
            let row = Row {
                version: 1,
                group: long.chars().take(2_200).collect(),
                expires_at: [None, Some(Timestamp(u64::MAX >> 1))]
                    .into_iter()
                    .nth(index % 2)
                    .flatten(),
                value: Bytes::from(value.clone()),
            };
            done(
                store,
                vec![Change::Put(key.clone(), row.clone())],
                "a new row",
            )
            .await?;
            let found = get(store, &key).await?;
            ensure(
                found.as_ref() == Some(&row),
                "a row reads back otherwise than it was written",
            )?;
            done(
                store,
                vec![Change::Delete(key.clone(), Some(1))],
                "its deletion",
            )
            .await?;
            ensure(
                get(store, &key).await?.is_none(),
                "a deleted row is still there",
            )?;
        }
    }
    Ok(())
}

/// A write or a delete goes through only at the version it expects.
///
/// # Errors
/// A [`Violation`](super::Violation).
pub async fn compare_and_swap(store: &Arc<dyn Store>) -> Check {
    let key = Names::new()?.key(Kind::Session, "swap");
    let put = |version| vec![Change::Put(key.clone(), row(version, "", None))];
    let delete = |version| vec![Change::Delete(key.clone(), version)];
    refused(store, put(2), "version 2 of a row that is not there").await?;
    refused(
        store,
        delete(Some(1)),
        "deleting a row that is not there at a version",
    )
    .await?;
    done(
        store,
        delete(None),
        "deleting whatever is there, even nothing",
    )
    .await?;
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
/// A [`Violation`](super::Violation).
pub async fn all_or_nothing(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let (session, queue) = (
        names.key(Kind::Session, "a"),
        names.key(Kind::Revocation, "a"),
    );
    let extra = names.key(Kind::Browser, "b");
    done(
        store,
        vec![Change::Put(session.clone(), row(1, "", None))],
        "a new row",
    )
    .await?;
    let moved = |version| {
        vec![
            Change::Put(queue.clone(), row(1, "queue", None)),
            Change::Delete(session.clone(), Some(version)),
            Change::Delete(extra.clone(), Some(1)),
        ]
    };
    let answer = commit(store, moved(2)).await?;
    ensure(
        answer == Commit::Conflict(1),
        "the first change that fails must be named",
    )?;
    let answer = commit(store, moved(1)).await?;
    ensure(
        answer == Commit::Conflict(2),
        "a change that fails last must be named",
    )?;
    let nothing = get(store, &queue).await?.is_none() && get(store, &session).await?.is_some();
    ensure(nothing, "a commit that conflicts must write nothing")?;
    done(
        store,
        vec![Change::Put(extra.clone(), row(1, "", None))],
        "a new row",
    )
    .await?;
    done(store, moved(1), "moving a row").await?;
    let all = get(store, &queue).await?.is_some()
        && get(store, &session).await?.is_none()
        && get(store, &extra).await?.is_none();
    ensure(all, "a commit that is done must have written everything")
}

/// What [`check`](crate::store::check) refuses is refused, and nothing of it is written.
///
/// # Errors
/// A [`Violation`](super::Violation).
pub async fn refuses_misuse(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let key = names.key(Kind::Session, "misuse");
    let put = |key: &RowKey, version| Change::Put(key.clone(), row(version, "", None));
    let mut nameless = key.clone();
    nameless.id.push('\u{e9}');
    let twice = vec![put(&key, 1), put(&key, 2)];
    for changes in [twice, vec![put(&nameless, 1)], vec![put(&key, 0)]] {
        ensure(
            store.commit(changes).await.is_err(),
            "what `store::check` refuses must fail",
        )?;
    }
    ensure(
        get(store, &key).await?.is_none(),
        "a refused commit left a trace",
    )
}
