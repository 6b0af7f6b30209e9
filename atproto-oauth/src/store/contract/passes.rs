//! Passes from end to end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::support::{Names, done, ensure, row};
use super::{Check, Violation};
use crate::store::{Change, Kind, Row, RowKey, Scan, Store};
use crate::types::Timestamp;

/// Steps of one pass, in a store that others use too.
const STEPS: usize = 100_000;

/// A pass comes to its end and shows every row of its kind that is there all the while, as it was
/// written, whatever its group and expiry, and while rows that were shown are deleted.
///
/// # Errors
/// A [`Violation`].
pub async fn reads_through(store: &Arc<dyn Store>) -> Check {
    let names = Names::new()?;
    let groups = [names.text("b"), String::new(), names.text("a")];
    let later = Some(Timestamp(u64::MAX >> 1));
    let mut rows = BTreeMap::new();
    for (index, group) in groups.iter().cycle().take(30).enumerate() {
        let key = names.key(Kind::Browser, &format!("pass{index}"));
        rows.insert(key, row(1, group, later.filter(|_| index % 2 == 0)));
    }
    let put = |(key, row): (&RowKey, &Row)| Change::Put(key.clone(), row.clone());
    let mut changes: Vec<Change> = rows.iter().map(put).collect();
    let other = names.key(Kind::Pending, "pass0");
    changes.push(Change::Put(other, row(1, "", None)));
    done(store, changes, "several new rows").await?;

    for limit in [7, 100] {
        let seen = pass(store, &rows, limit, false).await?;
        ensure(
            seen.len() == rows.len(),
            "a pass must show every row of its kind",
        )?;
    }
    let seen = pass(store, &rows, 4, true).await?;
    ensure(
        seen.len() == rows.len(),
        "a pass must show every row, also while others are deleted",
    )?;
    let nowhere = store.scan(Kind::Browser, Some("\n"), 7).await;
    let harmless = nowhere.is_err() || nowhere.is_ok_and(|step| step.rows.len() <= 107);
    ensure(harmless, "a step from nowhere must fail, or be a step")
}

/// The keys of `rows` that a pass shows; deletes each of them at once if it is told to.
async fn pass(
    store: &Arc<dyn Store>,
    rows: &BTreeMap<RowKey, Row>,
    limit: usize,
    deletes: bool,
) -> Result<BTreeSet<RowKey>, Violation> {
    let (mut seen, mut from) = (BTreeSet::new(), None::<String>);
    for _ in 0..STEPS {
        let step = store.scan(Kind::Browser, from.as_deref(), limit).await;
        let Scan { rows: shown, next } = step.map_err(|error| Violation::Failed("scan", error))?;
        ensure(
            shown.len() <= 10 * limit + 100,
            "a step is much longer than its limit",
        )?;
        for (key, row) in shown {
            ensure(
                key.kind == Kind::Browser,
                "a pass shows a row of another kind",
            )?;
            let Some(written) = rows.get(&key) else {
                continue;
            };
            ensure(row == *written, "a pass shows a row that was not written")?;
            if deletes && seen.insert(key.clone()) {
                done(store, vec![Change::Delete(key, Some(1))], "its deletion").await?;
            } else {
                seen.insert(key);
            }
        }
        let place = |next: &str| !next.is_empty() && next.bytes().all(|b| matches!(b, 0x20..=0x7e));
        match next {
            None => return Ok(seen),
            Some(next) if place(&next) => from = Some(next),
            Some(_) => return Err(Violation::Broken("a place is not printable ASCII".into())),
        }
    }
    Err(Violation::Broken("a pass must come to its end".into()))
}
