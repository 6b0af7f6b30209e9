//! The tables: their version, and migrations.

use std::time::Duration;

use crate::types::BoxFuture;
use sqlx::Connection;

use super::dialect::{Dialect, Value};
use super::statements::{Context, Failure, Limits, Statement};
use crate::store::policy::MIGRATION_TIMEOUT;

/// What the tables in the database are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Schema {
    Current,
    Newer,
    Foreign,
}

/// Reads the version of the tables. A process that may not make tables can use those that are there.
pub(super) struct ReadSchema;

impl<F: Dialect> Statement<F> for ReadSchema {
    /// `None` if a migration is needed.
    type Answer = Option<Schema>;
    const WRITES: bool = false;

    fn perform<'a>(
        &'a self,
        _: &'a Context,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Self::Answer, Failure>> {
        Box::pin(async move { Ok(judge::<F>(version::<F>(connection).await?)) })
    }
}

/// Makes the tables that are missing, one process at a time.
pub(super) struct Migrate;

const VERSION: &str = "SELECT version FROM atproto_oauth_schema";
const FORGET: &str = "DELETE FROM atproto_oauth_schema";
const NOTE: &str = "INSERT INTO atproto_oauth_schema (version) VALUES ($1)";

impl<F: Dialect> Statement<F> for Migrate {
    type Answer = Schema;
    const WRITES: bool = true;

    fn limit(_: Limits) -> Duration {
        MIGRATION_TIMEOUT
    }

    fn perform<'a>(
        &'a self,
        context: &'a Context,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Schema, Failure>> {
        Box::pin(async move {
            let begin = F::begin_migration(context.limits.call, MIGRATION_TIMEOUT);
            let mut transaction = connection.begin_with(begin).await?;
            // Another process may have migrated meanwhile.
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
async fn version<F: Dialect>(connection: &mut F::Connection) -> sqlx::Result<Option<Option<i64>>> {
    match F::number(connection, F::IS_PREPARED).await? {
        None | Some(0) => Ok(None),
        Some(_) => F::number(connection, VERSION).await.map(Some),
    }
}

/// What the version says of the tables; `None` if they have to be made or migrated.
#[expect(clippy::option_option, reason = "as `version` gives it")]
fn judge<F: Dialect>(version: Option<Option<i64>>) -> Option<Schema> {
    match version {
        None => None,
        Some(None | Some(..1)) => Some(Schema::Foreign),
        Some(Some(version)) if version > newest::<F>() => Some(Schema::Newer),
        Some(Some(version)) => (version == newest::<F>()).then_some(Schema::Current),
    }
}

fn newest<F: Dialect>() -> i64 {
    F::MIGRATIONS.len().try_into().unwrap_or(i64::MAX)
}
