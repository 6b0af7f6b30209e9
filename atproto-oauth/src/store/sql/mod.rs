//! Stores in an SQL database. The statements are the same everywhere; what differs is a [`Dialect`].

mod commit;
mod dialect;
mod error;
#[cfg(feature = "postgres")]
mod postgres;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statements;

#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::{Pool, PoolConnection};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use self::commit::Apply;
use self::dialect::Dialect;
use self::schema::{Migrate, ReadSchema, Schema};
use self::statements::{Context, Get, Limits, List, Retry, Statement, Step, Sweep};
use super::policy::{SQL_BATCH, SQL_CONFLICT_PAUSE, SQL_CONFLICT_SPREAD};
use super::{Change, Commit, Kind, Row, RowKey, Scan, StoreError, check};
use crate::jose::random;
use crate::types::{Clock, Timestamp};

/// A database: its connections, and the calls of a store.
struct Sql<F: Dialect>(Arc<Inner<F>>);

struct Inner<F: Dialect> {
    pool: Pool<F>,
    /// Permits for transactions that write.
    writers: Semaphore,
    context: Context,
    /// Where the database is, for errors; without secrets.
    place: String,
}

impl<F: Dialect> Sql<F> {
    fn new(pool: Pool<F>, clock: Arc<dyn Clock>, place: String, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            pool,
            writers: Semaphore::new(F::WRITERS),
            context: Context { clock, limits },
            place,
        }))
    }

    fn place(&self) -> &str {
        &self.0.place
    }

    /// Makes the tables that are missing.
    async fn prepare(&self) -> Result<(), StoreError> {
        let place = self.place();
        let schema = if let Some(schema) = self.call(ReadSchema).await? {
            schema
        } else {
            tracing::info!(store = place, "making the tables of this version");
            self.call(Migrate).await?
        };
        match schema {
            Schema::Current => Ok(()),
            Schema::Newer => Err(StoreError::failed(format!(
                "the tables in `{place}` are of a newer version of this library; run that version, or \
                 name another database in `ATPROTO_STORE`"
            ))),
            Schema::Foreign => Err(StoreError::failed(format!(
                "`{place}` has a table `atproto_oauth_schema` that this library did not make; name \
                 another database in `ATPROTO_STORE`"
            ))),
        }
    }

    async fn get(&self, key: RowKey) -> Result<Option<Row>, StoreError> {
        self.call(Get(key)).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<Commit, StoreError> {
        check(&changes)?;
        self.call(Apply(changes)).await
    }

    async fn list(&self, list: List) -> Result<Vec<(RowKey, Row)>, StoreError> {
        if list.group.is_empty() {
            return Ok(Vec::new());
        }
        self.call(list).await
    }

    async fn scan(&self, kind: Kind, after: String, limit: usize) -> Result<Scan, StoreError> {
        let limit = limit.clamp(1, SQL_BATCH);
        let rows = self.call(Step { kind, after, limit }).await?;
        Ok(Scan::ordered(rows, limit))
    }

    async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut swept = 0;
        while swept < limit {
            let batch = SQL_BATCH.min(limit - swept);
            let found = self.call(Sweep { now, limit: batch }).await?;
            swept += found;
            if found < batch {
                break;
            }
        }
        Ok(swept)
    }

    /// Runs in a task of its own: a caller that goes away leaves no transaction half done.
    async fn call<W: Statement<F>>(&self, statement: W) -> Result<W::Answer, StoreError> {
        let inner = Arc::clone(&self.0);
        let task = tokio::spawn(async move { inner.repeat(&statement).await });
        task.await.unwrap_or_else(|error| {
            let text = format!("a call to `{}` broke off; try again", self.place());
            Err(StoreError::down(text).with_source(error))
        })
    }
}

impl<F: Dialect> Inner<F> {
    /// Repeats a statement until it is performed, within the limit of a call. Conflicting transactions are waited for.
    async fn repeat<W: Statement<F>>(&self, statement: &W) -> Result<W::Answer, StoreError> {
        let deadline = Instant::now() + W::limit(self.context.limits);
        let _turn = if W::WRITES {
            let turn = timeout_at(deadline, self.writers.acquire()).await;
            Some(turn.map_err(|_| self.too_slow::<W>())?)
        } else {
            None
        };
        loop {
            match self.attempt(statement, deadline).await {
                Err(Retry::Now) => {}
                Err(Retry::Never(error)) => return Err(error),
                Ok(answer) => return Ok(answer),
            }
            if Instant::now() >= deadline {
                return Err(self.too_slow::<W>());
            }
            sleep(pause()).await;
        }
    }

    async fn attempt<W: Statement<F>>(
        &self,
        statement: &W,
        deadline: Instant,
    ) -> Result<W::Answer, Retry> {
        let acquired = timeout_at(deadline, self.pool.acquire()).await;
        let acquired = acquired.map_err(|_| Retry::Never(self.too_slow::<W>()))?;
        let mut connection = acquired.map_err(|error| self.judge(error))?;
        let performed =
            timeout_at(deadline, statement.perform(&self.context, &mut connection)).await;
        let judged = match performed {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(statements::Failure::Overtaken)) => Err(Retry::Now),
            Ok(Err(statements::Failure::Sql(error))) => Err(self.judge(error)),
            Err(_) => Err(Retry::Never(self.too_slow::<W>())),
        };
        if matches!(judged, Err(Retry::Never(_))) {
            // It may be of no more use, or busy for long; closing it undoes what was not committed.
            drop(connection.detach());
        } else {
            self.give_back(connection);
        }
        judged
    }

    /// Returns a connection. The pool asks the server whether it is still good and would wait for ever, so the wait is
    /// bounded: a silent connection makes way for another, in time for the callers that wait for one.
    fn give_back(&self, mut connection: PoolConnection<F>) {
        let returned = timeout(self.context.limits.connect / 2, connection.return_to_pool());
        tokio::spawn(async move { returned.await.is_ok() });
    }

    fn judge(&self, error: sqlx::Error) -> Retry {
        if error::is_contention::<F>(&error) {
            Retry::Now
        } else {
            Retry::Never(error::explain::<F>(&self.place, self.context.limits, error))
        }
    }

    fn too_slow<W: Statement<F>>(&self) -> StoreError {
        StoreError::down(format!(
            "`{}` did not answer within {} seconds; look whether it is overloaded or stuck",
            self.place,
            W::limit(self.context.limits).as_secs()
        ))
    }
}

/// A short random pause, so that two transactions that conflicted do not conflict again.
fn pause() -> Duration {
    let [spread] = random().unwrap_or([128]);
    SQL_CONFLICT_PAUSE + SQL_CONFLICT_SPREAD * u32::from(spread)
}

#[cfg(test)]
mod tests;
