//! The tables, and how they came about.

use futures_util::future::BoxFuture;
use sqlx::Connection;

use super::Inner;
use super::flavour::{Flavour, Value};
use super::work::{Trouble, Work};

/// Whose tables they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Schema {
    Current,
    Newer,
    Foreign,
}

/// Makes the tables that are missing, one process at a time. Where there is nothing to do it only
/// looks, so a process that may not make tables can use those that are there.
pub(super) struct Migrate;

const VERSION: &str = "SELECT version FROM atproto_oauth_schema";
const FORGET: &str = "DELETE FROM atproto_oauth_schema";
const NOTE: &str = "INSERT INTO atproto_oauth_schema (version) VALUES ($1)";

impl<F: Flavour> Work<F> for Migrate {
    type Answer = Schema;
    const WRITES: bool = true;

    fn perform<'a>(
        &'a self,
        inner: &'a Inner<F>,
        connection: &'a mut F::Connection,
    ) -> BoxFuture<'a, Result<Schema, Trouble>> {
        Box::pin(async move {
            if let Some(schema) = judge::<F>(version::<F>(connection).await?) {
                return Ok(schema);
            }
            let begin = F::begin_migration(inner.limits);
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
