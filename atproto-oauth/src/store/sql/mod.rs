//! Rows in an SQL database. The statements are the same everywhere; what differs is a [`Flavour`].

mod apply;
mod flavour;
#[cfg(feature = "postgres")]
mod postgres;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
mod trouble;
mod work;

#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::{Pool, PoolConnection};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use self::apply::Apply;
use self::flavour::Flavour;
use self::schema::{Look, Migrate, Schema};
use self::work::{Again, Get, List, Step, Sweep, Work};
use super::{Change, Commit, Kind, Row, RowKey, Scan, StoreError, check};
use crate::jose::random;
use crate::types::{Clock, Timestamp};

/// A database and the ways to it.
struct Sql<F: Flavour>(Arc<Inner<F>>);

struct Inner<F: Flavour> {
    pool: Pool<F>,
    /// Who writes has one of these first.
    writers: Semaphore,
    clock: Arc<dyn Clock>,
    /// For errors: where it is, without secrets.
    place: String,
    limits: Limits,
}

/// How much, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    /// Connections at the same time.
    connections: u32,
    /// Waiting for a connection, a new one or a free one.
    connect: Duration,
    /// A whole call, with every repetition.
    call: Duration,
}

/// Rows that are swept in one transaction.
const BATCH: usize = 1_000;

impl<F: Flavour> Sql<F> {
    fn new(pool: Pool<F>, clock: Arc<dyn Clock>, place: String, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            pool,
            writers: Semaphore::new(F::WRITERS),
            clock,
            place,
            limits,
        }))
    }

    fn place(&self) -> &str {
        &self.0.place
    }

    /// Makes the tables that are missing.
    async fn prepare(&self) -> Result<(), StoreError> {
        let place = self.place();
        let schema = if let Some(schema) = self.call(Look).await? {
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
        let limit = limit.clamp(1, BATCH);
        let rows = self.call(Step { kind, after, limit }).await?;
        Ok(Scan::ordered(rows, limit))
    }

    async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut swept = 0;
        while swept < limit {
            let batch = BATCH.min(limit - swept);
            let found = self.call(Sweep { now, limit: batch }).await?;
            swept += found;
            if found < batch {
                break;
            }
        }
        Ok(swept)
    }

    /// In a task of its own: a caller that goes away leaves no transaction half way.
    async fn call<W: Work<F>>(&self, work: W) -> Result<W::Answer, StoreError> {
        let inner = Arc::clone(&self.0);
        let task = tokio::spawn(async move { inner.repeat(&work).await });
        task.await.unwrap_or_else(|error| {
            let text = format!("a call to `{}` broke off; try again", self.place());
            Err(StoreError::down(text).with_source(error))
        })
    }
}

impl<F: Flavour> Inner<F> {
    /// Works until it is done, within the limit of a call. Whoever stands in the way is waited for.
    async fn repeat<W: Work<F>>(&self, work: &W) -> Result<W::Answer, StoreError> {
        let deadline = Instant::now() + W::limit(self.limits);
        let _turn = if W::WRITES {
            let turn = timeout_at(deadline, self.writers.acquire()).await;
            Some(turn.map_err(|_| self.too_slow::<W>())?)
        } else {
            None
        };
        loop {
            match self.attempt(work, deadline).await {
                Err(Again::Now) => {}
                Err(Again::Never(error)) => return Err(error),
                Ok(answer) => return Ok(answer),
            }
            if Instant::now() >= deadline {
                return Err(self.too_slow::<W>());
            }
            sleep(pause()).await;
        }
    }

    async fn attempt<W: Work<F>>(&self, work: &W, deadline: Instant) -> Result<W::Answer, Again> {
        let acquired = timeout_at(deadline, self.pool.acquire()).await;
        let acquired = acquired.map_err(|_| Again::Never(self.too_slow::<W>()))?;
        let mut connection = acquired.map_err(|error| self.judge(error))?;
        let performed = timeout_at(deadline, work.perform(self, &mut connection)).await;
        let judged = match performed {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(work::Trouble::Overtaken)) => Err(Again::Now),
            Ok(Err(work::Trouble::Sql(error))) => Err(self.judge(error)),
            Err(_) => Err(Again::Never(self.too_slow::<W>())),
        };
        if matches!(judged, Err(Again::Never(_))) {
            // It may be of no more use, or busy for long; closing it undoes what was not committed.
            drop(connection.detach());
        } else {
            self.give_back(connection);
        }
        judged
    }

    /// The pool asks the server whether the connection is still good, and would wait for ever: one on
    /// which nothing comes back is to make way for another, in time for whoever waits for it.
    fn give_back(&self, mut connection: PoolConnection<F>) {
        let returned = timeout(self.limits.connect / 2, connection.return_to_pool());
        tokio::spawn(async move { returned.await.is_ok() });
    }

    fn judge(&self, error: sqlx::Error) -> Again {
        if trouble::is_contention::<F>(&error) {
            Again::Now
        } else {
            Again::Never(trouble::explain::<F>(&self.place, self.limits, error))
        }
    }

    fn too_slow<W: Work<F>>(&self) -> StoreError {
        StoreError::down(format!(
            "`{}` did not answer within {} seconds; look whether it is overloaded or stuck",
            self.place,
            W::limit(self.limits).as_secs()
        ))
    }
}

/// A moment, of another length each time, so that those who met do not meet again.
fn pause() -> Duration {
    let [spread] = random().unwrap_or([128]);
    Duration::from_micros(500 + 30 * u64::from(spread))
}

#[cfg(test)]
mod tests;
