//! The tables, and how they came about.

use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::Connection;

use super::flavour::{Flavour, Value};
use super::work::{Trouble, Work};
use super::{Inner, Limits};

/// Whose tables they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Schema {
    Current,
    Newer,
    Foreign,
}

/// Looks whether there is anything to do: a process that may not make tables can use those that are there.
pub(super) struct Look;

impl<F: Flavour> Work<F> for Look {
    /// `None`: there is.
    type Answer = Option<Schema>;
    const WRITES: bool = false;

    fn perform<'a>(
        &'a self,
        _: &'a Inner<F>,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Self::Answer, Trouble>> {
        Box::pin(async move { Ok(judge::<F>(version::<F>(connection).await?)) })
    }
}

/// Makes the tables that are missing, one process at a time.
pub(super) struct Migrate;

/// How long that may take, with waiting for a process that is at it: large tables take longer than a call.
const MIGRATION: Duration = Duration::from_mins(10);

const VERSION: &str = "SELECT version FROM atproto_oauth_schema";
const FORGET: &str = "DELETE FROM atproto_oauth_schema";
const NOTE: &str = "INSERT INTO atproto_oauth_schema (version) VALUES ($1)";

impl<F: Flavour> Work<F> for Migrate {
    type Answer = Schema;
    const WRITES: bool = true;

    fn limit(_: Limits) -> Duration {
        MIGRATION
    }

    fn perform<'a>(
        &'a self,
        inner: &'a Inner<F>,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Schema, Trouble>> {
        Box::pin(async move {
            let begin = F::begin_migration(inner.limits.call, MIGRATION);
            let mut transaction = connection.begin_with(begin).await?;
            // Somebody else may have been here meanwhile.
            let version = version::<F>(&mut transaction).await?;
            if let Some(schema) = judge::<F>(version) {
                transaction.rollback().await?;
                return Ok(schema);
            }
            let done = version
                .flatten()
                .and_then(|version| version.try_into().ok());
            for step in F::MIGRATIONS.iter().skip(done.unwrap_or(0)) {
                F::script(&mut transaction, step).await?;
            }
            let current = Value::Number(Some(newest::<F>()));
            F::run(&mut transaction, FORGET, Vec::new()).await?;
            F::run(&mut transaction, NOTE, vec![current]).await?;
            transaction.commit().await?;
            Ok(Schema::Current)
        })
    }
}

/// `None`: there are no tables. `Some(None)`: they do not say their version.
async fn version<F: Flavour>(connection: &mut F::Connection) -> sqlx::Result<Option<Option<i64>>> {
    match F::number(connection, F::IS_PREPARED).await? {
        None | Some(0) => Ok(None),
        Some(_) => F::number(connection, VERSION).await.map(Some),
    }
}

/// Whether that settles it.
#[expect(clippy::option_option, reason = "as `version` gives it")]
fn judge<F: Flavour>(version: Option<Option<i64>>) -> Option<Schema> {
    match version {
        None => None,
        Some(None | Some(..1)) => Some(Schema::Foreign),
        Some(Some(version)) if version > newest::<F>() => Some(Schema::Newer),
        Some(Some(version)) => (version == newest::<F>()).then_some(Schema::Current),
    }
}

fn newest<F: Flavour>() -> i64 {
    F::MIGRATIONS.len().try_into().unwrap_or(i64::MAX)
}
