//! The statements of a store, one transaction each.

use std::sync::Arc;
use std::time::Duration;

use crate::types::BoxFuture;

use super::dialect::{Dialect, Value};
use crate::jose::sha256;
use crate::store::{Kind, Row, RowKey, StoreError};
use crate::types::{Clock, Timestamp};

/// What every statement may need beside its connection.
pub(super) struct Context {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: Limits,
}

/// How many connections there may be, and how long calls may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Connections at the same time.
    pub(super) connections: u32,
    /// Waiting for a connection, a new one or a free one.
    pub(super) connect: Duration,
    /// A whole call, with every repetition.
    pub(super) call: Duration,
}

/// Something that is done in one transaction, and repeated where another transaction conflicts with it.
pub(super) trait Statement<F: Dialect>: Send + Sync + 'static {
    type Answer: Send;

    /// Whether it needs a writer's permit.
    const WRITES: bool;

    /// How long it may take, with every repetition.
    fn limit(limits: Limits) -> Duration {
        limits.call
    }

    fn perform<'a>(
        &'a self,
        context: &'a Context,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Self::Answer, Failure>>;
}

/// Why a statement was not performed.
pub(super) enum Failure {
    /// Another process wrote a row between reading and writing it.
    Overtaken,
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

/// Whether an attempt is to be repeated.
pub(super) enum Retry {
    Now,
    Never(StoreError),
}

/// The row under a key.
pub(super) struct Get(pub(super) RowKey);

pub(super) const GET: &str = "SELECT id, version, group_name, expires_at, value FROM atproto_oauth_rows \
     WHERE kind = $1 AND id = $2";

impl<F: Dialect> Statement<F> for Get {
    type Answer = Option<Row>;
    const WRITES: bool = false;

    fn perform<'a>(
        &'a self,
        _: &'a Context,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Self::Answer, Failure>> {
        Box::pin(async move {
            let found = F::rows(connection, GET, names(&self.0).to_vec()).await?;
            Ok(found.into_iter().next().map(|(_, row)| row))
        })
    }
}

/// Rows of a group.
pub(super) struct List {
    kind: Kind,
    pub(super) group: String,
    after: String,
    limit: usize,
}

impl List {
    pub(super) fn new(kind: Kind, group: &str, after: Option<&str>, limit: usize) -> Self {
        Self {
            kind,
            group: group.into(),
            after: after.unwrap_or_default().into(),
            limit,
        }
    }
}

pub(super) const LIST: &str = "SELECT id, version, group_name, expires_at, value FROM atproto_oauth_rows \
     WHERE kind = $1 AND group_hash = $2 AND group_name = $3 AND id > $4 ORDER BY id LIMIT $5";

impl<F: Dialect> Statement<F> for List {
    type Answer = Vec<(RowKey, Row)>;
    const WRITES: bool = false;

    fn perform<'a>(
        &'a self,
        _: &'a Context,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Self::Answer, Failure>> {
        Box::pin(async move {
            let values = vec![
                Value::Kind(self.kind),
                Value::Hash(group_hash(&self.group)),
                Value::Text(&self.group),
                Value::Text(&self.after),
                Value::Number(Some(i64::try_from(self.limit).unwrap_or(i64::MAX))),
            ];
            let found = F::rows(connection, LIST, values).await?;
            Ok(named(self.kind, found))
        })
    }
}

/// Rows of a kind, whatever their group.
pub(super) struct Step {
    pub(super) kind: Kind,
    pub(super) after: String,
    pub(super) limit: usize,
}

const STEP: &str = "SELECT id, version, group_name, expires_at, value FROM atproto_oauth_rows \
     WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3";

impl<F: Dialect> Statement<F> for Step {
    type Answer = Vec<(RowKey, Row)>;
    const WRITES: bool = false;

    fn perform<'a>(
        &'a self,
        _: &'a Context,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Self::Answer, Failure>> {
        Box::pin(async move {
            let values = vec![
                Value::Kind(self.kind),
                Value::Text(&self.after),
                Value::Number(Some(i64::try_from(self.limit).unwrap_or(i64::MAX))),
            ];
            let found = F::rows(connection, STEP, values).await?;
            Ok(named(self.kind, found))
        })
    }
}

fn named(kind: Kind, found: Vec<(String, Row)>) -> Vec<(RowKey, Row)> {
    let named = |(id, row)| (RowKey { kind, id }, row);
    found.into_iter().map(named).collect()
}

/// Expired rows go.
pub(super) struct Sweep {
    pub(super) now: Timestamp,
    pub(super) limit: usize,
}

impl<F: Dialect> Statement<F> for Sweep {
    type Answer = usize;
    const WRITES: bool = true;

    fn perform<'a>(
        &'a self,
        _: &'a Context,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Self::Answer, Failure>> {
        Box::pin(async move {
            let values = vec![
                Value::Number(Some(number(self.now.0))),
                Value::Number(Some(i64::try_from(self.limit).unwrap_or(i64::MAX))),
            ];
            let swept = F::run(connection, F::SWEEP, values).await?;
            Ok(usize::try_from(swept).unwrap_or(usize::MAX))
        })
    }
}

/// The first two values of most statements.
pub(super) fn names(key: &RowKey) -> [Value<'_>; 2] {
    [Value::Kind(key.kind), Value::Text(&key.id)]
}

/// Groups are found by a hash: an index takes no entry that holds the longest group and the longest id.
pub(super) fn group_hash(group: &str) -> Option<[u8; 16]> {
    let hash = sha256(group.as_bytes());
    hash.first_chunk().copied().filter(|_| !group.is_empty())
}

/// Databases have signed numbers; larger ones are refused by [`check`](crate::store::check).
pub(super) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
