//! Shorthand for the checks.

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;

use super::{Check, Violation};
use crate::store::{Change, Commit, Kind, Row, RowKey, Store};
use crate::types::Timestamp;

/// Names of this run only.
pub(super) struct Names(String);

impl Names {
    pub(super) fn new() -> Result<Self, Violation> {
        let random = crate::jose::random_token();
        let name = random.map_err(|error| Violation::Broken(error.to_string()))?;
        Ok(Self(name))
    }

    pub(super) fn text(&self, name: &str) -> String {
        format!("contract/{}/{name}", self.0)
    }

    pub(super) fn key(&self, kind: Kind, name: &str) -> RowKey {
        let id = self.text(name);
        RowKey { kind, id }
    }
}

pub(super) fn row(version: u64, group: &str, expires_at: Option<Timestamp>) -> Row {
    Row {
        version,
        group: group.into(),
        expires_at,
        value: Bytes::from(version.to_be_bytes().to_vec()),
    }
}

pub(super) fn ensure(kept: bool, rule: &str) -> Check {
    if kept {
        Ok(())
    } else {
        Err(Violation::Broken(rule.into()))
    }
}

pub(super) async fn get(store: &Arc<dyn Store>, key: &RowKey) -> Result<Option<Row>, Violation> {
    let found = store.get(key).await;
    found.map_err(|error| Violation::Failed("get", error))
}

pub(super) async fn list(
    store: &Arc<dyn Store>,
    group: &str,
) -> Result<Vec<(RowKey, Row)>, Violation> {
    let found = store.list(Kind::Session, group, None, 100).await;
    found.map_err(|error| Violation::Failed("list", error))
}

pub(super) async fn commit(
    store: &Arc<dyn Store>,
    changes: Vec<Change>,
) -> Result<Commit, Violation> {
    let answer = store.commit(changes).await;
    answer.map_err(|error| Violation::Failed("commit", error))
}

pub(super) async fn done(store: &Arc<dyn Store>, changes: Vec<Change>, what: &str) -> Check {
    let answer = commit(store, changes).await?;
    ensure(answer == Commit::Done, &format!("{what} must succeed"))
}

pub(super) async fn refused(store: &Arc<dyn Store>, changes: Vec<Change>, what: &str) -> Check {
    let answer = commit(store, changes).await?;
    ensure(
        answer == Commit::Conflict(0),
        &format!("{what} must conflict"),
    )
}

/// 100 callers at the same time, each with changes of its own; says who succeeded.
pub(super) async fn race(
    store: &Arc<dyn Store>,
    changes: impl Fn(u64) -> Vec<Change>,
) -> Result<Vec<u64>, Violation> {
    let mut callers = JoinSet::new();
    for number in 0..100 {
        let (store, changes) = (Arc::clone(store), changes(number));
        callers.spawn(async move { (number, commit(&store, changes).await) });
    }
    let mut done = Vec::new();
    for (number, answer) in callers.join_all().await {
        if answer? == Commit::Done {
            done.push(number);
        }
    }
    Ok(done)
}

/// Exactly one of them.
pub(super) async fn one_of(
    store: &Arc<dyn Store>,
    changes: impl Fn(u64) -> Vec<Change>,
    what: &str,
) -> Result<u64, Violation> {
    match race(store, changes).await?.as_slice() {
        [one] => Ok(*one),
        many => Err(Violation::Broken(format!(
            "{} of 100 concurrent callers {what}",
            many.len()
        ))),
    }
}
