//! Groups and expiry.

use std::sync::Arc;

use super::support::{Names, done, ensure, get, list, refused, row};
use super::{Check, Violation};
use crate::store::{Change, Kind, Store};
use crate::types::Timestamp;

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
        changes.push(Change::Put(
            names.key(Kind::Session, id),
            row(1, &group, None),
        ));
    }
    changes.push(Change::Put(
        names.key(Kind::Revocation, "kind"),
        row(1, &group, None),
    ));
    changes.push(Change::Put(
        names.key(Kind::Session, "group"),
        row(1, &format!("{group}x"), None),
    ));
    changes.push(Change::Put(
        names.key(Kind::Session, "none"),
        row(1, "", None),
    ));
    done(store, changes, "several new rows").await?;

    let mut sorted: Vec<String> = ids.iter().map(|id| names.text(id)).collect();
    sorted.sort_unstable();
    for limit in [1, 4, 6, 100] {
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = store
                .list(Kind::Session, &group, after.as_deref(), limit)
                .await;
            let page = page.map_err(|error| Violation::Failed("list", error))?;
            ensure(page.len() <= limit, "a page is longer than its limit")?;
            let whole = page
                .iter()
                .all(|(key, row)| key.kind == Kind::Session && row.group == group);
            ensure(whole, "a list holds a row of another kind or group")?;
            let full = page.len() == limit;
            after = page.last().map(|(key, _)| key.id.clone());
            all.extend(page.into_iter().map(|(key, _)| key.id));
            if !full || all.len() > sorted.len() {
                break;
            }
        }
        ensure(
            all == sorted,
            "the pages of a list are not its rows in the order of their ids",
        )?;
    }

    let regrouped = Change::Put(
        names.key(Kind::Session, "a"),
        row(2, &format!("{group}y"), None),
    );
    let deleted = Change::Delete(names.key(Kind::Session, "b"), Some(1));
    done(
        store,
        vec![regrouped, deleted],
        "a changed group and a deletion",
    )
    .await?;
    ensure(
        list(store, &group).await?.len() == 4,
        "a list holds rows that left its group",
    )?;
    ensure(
        list(store, "").await?.is_empty(),
        "the empty group must have no rows",
    )
}

/// An expired row counts as none for version 1, and for version 1 only.
///
/// # Errors
/// A [`Violation`].
pub async fn replaces_expired(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let (key, group) = (names.key(Kind::Browser, "old"), names.text("old"));
    let long_ago = Some(Timestamp(1));
    done(
        store,
        vec![Change::Put(key.clone(), row(1, &group, None))],
        "a new row",
    )
    .await?;
    done(
        store,
        vec![Change::Put(key.clone(), row(2, &group, long_ago))],
        "the next version",
    )
    .await?;
    refused(
        store,
        vec![Change::Put(key.clone(), row(2, "", None))],
        "a stale version",
    )
    .await?;
    done(
        store,
        vec![Change::Put(key.clone(), row(1, "", None))],
        "version 1 over an expired row",
    )
    .await?;
    let found = get(store, &key).await?;
    ensure(
        found == Some(row(1, "", None)),
        "the new row must replace the expired one",
    )?;
    ensure(
        list(store, &group).await?.is_empty(),
        "the replaced row is still in its group",
    )?;
    refused(
        store,
        vec![Change::Put(key, row(1, "", None))],
        "version 1 over a living row",
    )
    .await
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
    let mut rounds = 0;
    loop {
        let swept = store.sweep(now, 2).await;
        let swept = swept.map_err(|error| Violation::Failed("sweep", error))?;
        ensure(swept <= 2, "a sweep must keep to its limit")?;
        rounds += 1;
        ensure(rounds < 1_000_000, "sweeping must come to an end")?;
        if swept == 0 {
            break;
        }
    }
    for (index, end) in ends.iter().enumerate() {
        let there = get(store, &key(index)).await?.is_some();
        ensure(
            there == end.is_none_or(|end| end > 1_000),
            "a sweep must delete what is expired, only",
        )?;
    }
    // A page may or may not hold expired rows, but never swept ones.
    ensure(
        list(store, &group).await?.len() == 2,
        "a swept row is still in its group",
    )
}
