//! The dialect of a database: its statements, its errors, and the calls that need its types.

use std::time::Duration;

use crate::types::BoxFuture;
use bytes::Bytes;
use sqlx::error::DatabaseError;
use sqlx::{Database, SqlStr};

use crate::store::{Kind, Row};
use crate::types::Timestamp;

/// A value in a statement.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Kind(Kind),
    Number(Option<i64>),
    Text(&'a str),
    Hash(Option<[u8; 16]>),
    Bytes(&'a [u8]),
}

/// What a database's own error means.
pub(super) enum Explained {
    /// It passes.
    Down(String),
    Failed(String),
}

/// A kind of database.
pub(super) trait Dialect: Database {
    /// Most transactions that may write at the same time.
    const WRITERS: usize;
    /// The version and the expiry of a row, which no other transaction changes before this one ends.
    const LOCK: &'static str;
    /// Deletes rows that expired at `$1`, the first `$2` of them.
    const SWEEP: &'static str;
    /// How many tables there are of the name `atproto_oauth_schema`.
    const IS_PREPARED: &'static str;
    /// What makes the tables, step by step; how many there are is the version of the tables.
    const MIGRATIONS: &'static [&'static str];

    /// Begins a transaction that writes.
    fn begin(limit: Duration) -> SqlStr;

    /// Begins a transaction that no other process can be in at the same time.
    fn begin_migration(call: Duration, limit: Duration) -> SqlStr;

    /// Another transaction conflicted with the statement; repeating it may succeed.
    fn is_contention(error: &dyn DatabaseError) -> bool;

    /// What an error means.
    fn explain(place: &str, error: &dyn DatabaseError) -> Explained;

    /// Changes rows; says how many.
    fn run<'a>(
        connection: &'a mut Self::Connection,
        sql: &'static str,
        values: Vec<Value<'a>>,
    ) -> BoxFuture<'a, sqlx::Result<u64>>;

    /// Whole rows and their ids.
    fn rows<'a>(
        connection: &'a mut Self::Connection,
        sql: &'static str,
        values: Vec<Value<'a>>,
    ) -> BoxFuture<'a, sqlx::Result<Vec<(String, Row)>>>;

    /// A row without its value and its group.
    fn lock<'a>(
        connection: &'a mut Self::Connection,
        sql: &'static str,
        values: Vec<Value<'a>>,
    ) -> BoxFuture<'a, sqlx::Result<Option<Row>>>;

    /// The number that a statement finds.
    fn number<'a>(
        connection: &'a mut Self::Connection,
        sql: &'static str,
    ) -> BoxFuture<'a, sqlx::Result<Option<i64>>>;

    /// Several statements, without values.
    fn script<'a>(
        connection: &'a mut Self::Connection,
        sql: &'static str,
    ) -> BoxFuture<'a, sqlx::Result<()>>;
}

/// The calls of a [`Dialect`], which read alike for each: only with the database named does the
/// compiler know which values it takes.
macro_rules! calls {
    ($database:ty) => {
        fn run<'a>(
            connection: &'a mut <$database as sqlx::Database>::Connection,
            sql: &'static str,
            values: Vec<$crate::store::sql::dialect::Value<'a>>,
        ) -> $crate::types::BoxFuture<'a, sqlx::Result<u64>> {
            Box::pin(async move {
                let query = $crate::store::sql::dialect::bind!(sqlx::query(sql), values);
                let done = query.execute(connection).await?;
                Ok(done.rows_affected())
            })
        }

        fn rows<'a>(
            connection: &'a mut <$database as sqlx::Database>::Connection,
            sql: &'static str,
            values: Vec<$crate::store::sql::dialect::Value<'a>>,
        ) -> $crate::types::BoxFuture<'a, sqlx::Result<Vec<(String, $crate::store::Row)>>> {
            Box::pin(async move {
                let query = $crate::store::sql::dialect::bind!(sqlx::query_as(sql), values);
                let found = query.fetch_all(connection).await?;
                let rows = found.into_iter().map($crate::store::sql::dialect::row);
                rows.collect()
            })
        }

        fn lock<'a>(
            connection: &'a mut <$database as sqlx::Database>::Connection,
            sql: &'static str,
            values: Vec<$crate::store::sql::dialect::Value<'a>>,
        ) -> $crate::types::BoxFuture<'a, sqlx::Result<Option<$crate::store::Row>>> {
            Box::pin(async move {
                let query = $crate::store::sql::dialect::bind!(sqlx::query_as(sql), values);
                let found: Option<(i64, Option<i64>)> = query.fetch_optional(connection).await?;
                let whole =
                    |(version, end)| (String::new(), version, String::new(), end, Vec::new());
                let row = found.map(|found| $crate::store::sql::dialect::row(whole(found)));
                Ok(row.transpose()?.map(|(_, row)| row))
            })
        }

        fn number<'a>(
            connection: &'a mut <$database as sqlx::Database>::Connection,
            sql: &'static str,
        ) -> $crate::types::BoxFuture<'a, sqlx::Result<Option<i64>>> {
            Box::pin(async move {
                let found = sqlx::query_as(sql).fetch_optional(connection).await?;
                Ok(found.map(|(number,): (i64,)| number))
            })
        }

        fn script<'a>(
            connection: &'a mut <$database as sqlx::Database>::Connection,
            sql: &'static str,
        ) -> $crate::types::BoxFuture<'a, sqlx::Result<()>> {
            Box::pin(async move { sqlx::raw_sql(sql).execute(connection).await.map(drop) })
        }
    };
}

macro_rules! bind {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                $crate::store::sql::dialect::Value::Kind(kind) => query.bind(i16::from(kind.tag())),
                $crate::store::sql::dialect::Value::Number(number) => query.bind(number),
                $crate::store::sql::dialect::Value::Text(text) => query.bind(text),
                $crate::store::sql::dialect::Value::Hash(hash) => {
                    query.bind(hash.map(|hash| hash.to_vec()))
                }
                $crate::store::sql::dialect::Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

pub(super) use {bind, calls};

/// Id, version, group, expiry and value, as they come from a database.
type Found = (String, i64, String, Option<i64>, Vec<u8>);

pub(super) fn row((id, version, group, expires_at, value): Found) -> sqlx::Result<(String, Row)> {
    let unsigned =
        |number: i64| u64::try_from(number).map_err(|error| sqlx::Error::Decode(error.into()));
    let row = Row {
        version: unsigned(version)?,
        group,
        expires_at: expires_at.map(unsigned).transpose()?.map(Timestamp),
        value: Bytes::from(value),
    };
    Ok((id, row))
}
