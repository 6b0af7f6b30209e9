//! Rows in a PostgreSQL server, for any number of processes.

mod address;
mod dialect;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::types::BoxFuture;
use sqlx::pool::PoolOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Postgres};
use tokio::time::timeout;

use self::address::Address;
use super::dialect::Dialect;
use super::statements::List;
use super::{Sql, error};
use crate::store::policy::{POSTGRES_CHECK_AFTER, POSTGRES_CHECK_TIMEOUT, POSTGRES_IDLE_TIMEOUT};
use crate::store::{Change, Commit, Kind, Row, RowKey, Scan, Store, StoreError};
use crate::types::{Clock, SystemClock, Timestamp};

/// A [`Store`] in a PostgreSQL server (13 or later): `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
///
/// # What it promises
///
/// A commit is one transaction, done or not, for every process at once. Before it is answered it is on
/// the disk of the server, and of its synchronous standbys, if it has any: `synchronous_commit` is
/// turned on where it is off. Rows are locked in one order, so commits do not deadlock; what the server
/// breaks off all the same is done again.
///
/// A failover to an asynchronous standby may lose the last commits. After a lost refresh the store holds an older
/// refresh token: the next refresh gets `invalid_grant`, and the session
/// [needs a login](crate::Error::needs_login).
///
/// # What it needs
///
/// The primary: a standby is refused, because its rows are those of a moment ago. So name no balancer
/// that sends reads elsewhere. The first process makes the tables `atproto_oauth_rows` and
/// `atproto_oauth_schema`, in the first schema of the user's `search_path`; once they are there, a user
/// that may select, insert, update and delete is enough.
/// Making the tables, or waiting for a process that is at it, may take ten minutes.
///
/// # The address
///
/// What is missing in it comes from `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE`
/// and the password file, as with PostgreSQL's own tools; `?host=/run/postgresql` names a folder with a
/// socket. Beyond the parameters `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `application_name`,
/// `options`, `host`, `port`, `user`, `password` and `dbname` of PostgreSQL it may have
///
/// | parameter | meaning | unless given |
/// |---|---|---|
/// | `pool_size` | connections of this process at the same time | 10 |
/// | `connect_timeout` | seconds to wait for a connection, a new one or a free one | 3 |
/// | `timeout` | seconds after which a call fails, whatever it waits for; its transaction ends then, too | 5 |
/// | `statement-cache-capacity` | prepared statements per connection; 0 behind a pooler that gives every transaction another connection and knows none: then set a `statement_timeout` for the user | 100 |
///
/// Over a network, use `sslmode=verify-full`: otherwise the server that answers is not checked, and the log
/// and the start-up report say so. TLS is rustls, with the certificate authorities of the system and
/// those in `sslrootcert`.
///
/// While the server cannot be reached calls fail as [`StoreError::is_down`]; connections are made again
/// when it is back.
pub struct PostgresStore {
    sql: Sql<Postgres>,
    doubts: Vec<&'static str>,
}

const FSYNC_OFF: &str =
    "the server has `fsync` off, so a power failure may destroy everything; turn it on";
const IS_STANDBY: &str = "it is a standby, whose rows are those of a moment ago; name the primary";

impl PostgresStore {
    /// Connects to the server at `address`, and makes the tables that are missing.
    ///
    /// # Errors
    /// When the address is wrong, the server cannot be reached, does not accept the password or is a
    /// standby, or the tables are of a newer version of this library. The text says which, and what to
    /// do, without the password.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::open_with_clock(address, Arc::new(SystemClock)).await
    }

    /// As [`open`](Self::open), telling expired rows by `clock`.
    ///
    /// # Errors
    /// As there.
    pub async fn open_with_clock(address: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let Address {
            options,
            limits,
            place,
            unverified,
            is_pooled,
        } = Address::parse(address)?;
        let mut doubts = Vec::new();
        doubts.extend(unverified);
        // By itself, because a pool goes on trying and then does not say why it failed.
        let info = timeout(limits.connect, probe(&options)).await;
        let info = info.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        let info = info.map_err(|error| error::explain::<Postgres>(&place, limits, error))?;
        if info.is_standby {
            let text = format!("`{place}` cannot be used: {IS_STANDBY}");
            return Err(StoreError::down(text));
        }
        doubts.extend(Some(FSYNC_OFF).filter(|_| info.fsync_off));
        for doubt in &doubts {
            tracing::warn!(store = place, "{doubt}");
        }
        let pool = PoolOptions::new()
            .max_connections(limits.connections)
            .acquire_timeout(limits.connect)
            .idle_timeout(POSTGRES_IDLE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(move |connection: &mut PgConnection, about| {
                let patience = POSTGRES_CHECK_TIMEOUT.min(limits.connect / 3);
                Box::pin(async move {
                    if about.idle_for <= POSTGRES_CHECK_AFTER {
                        return Ok(true);
                    }
                    let answered = timeout(patience, connection.ping()).await;
                    answered.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    refuse_standby(connection).await?;
                    if !is_pooled {
                        limit_statements(connection, limits.call).await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        let sql = Sql::new(pool, clock, place, limits);
        sql.prepare().await?;
        Ok(Self { sql, doubts })
    }
}

impl Store for PostgresStore {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        Box::pin(self.sql.get(key.clone()))
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(self.sql.commit(changes))
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        Box::pin(self.sql.list(List::new(kind, group, after, limit)))
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        let after = from.unwrap_or_default().to_owned();
        Box::pin(self.sql.scan(kind, after, limit))
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(self.sql.sweep(now, limit))
    }

    fn describe(&self) -> String {
        let mut text = format!("{} (shared by processes)", self.sql.place());
        for doubt in &self.doubts {
            text.push_str("; ");
            text.push_str(doubt);
        }
        text
    }

    fn is_shared(&self) -> bool {
        true
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresStore")
            .field(&self.sql.place())
            .finish()
    }
}

/// What a first connection shows of the server.
struct ServerInfo {
    is_standby: bool,
    fsync_off: bool,
}

async fn probe(options: &sqlx::postgres::PgConnectOptions) -> sqlx::Result<ServerInfo> {
    let mut connection = options.connect().await?;
    let is_standby = is_standby(&mut connection).await?;
    let fsync = "SELECT count(*) FROM pg_settings WHERE name = 'fsync' AND setting = 'off'";
    let fsync_off = Postgres::number(&mut connection, fsync).await? != Some(0);
    connection.close().await?;
    Ok(ServerInfo {
        is_standby,
        fsync_off,
    })
}

async fn is_standby(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let standby = "SELECT count(*) WHERE pg_is_in_recovery()";
    Ok(Postgres::number(connection, standby).await? != Some(0))
}

/// Ends a statement at the server when its caller gave up: the connection is closed here, and another one made.
/// Each transaction says so for itself; this is for reading outside of one.
async fn limit_statements(connection: &mut PgConnection, limit: Duration) -> sqlx::Result<()> {
    let limit = limit.as_millis();
    let sql = AssertSqlSafe(format!("SET statement_timeout = {limit}"));
    connection.execute(sql).await?;
    Ok(())
}

/// After a failover the address may for a while lead to what was the primary.
async fn refuse_standby(connection: &mut PgConnection) -> sqlx::Result<()> {
    if is_standby(connection).await? {
        return Err(sqlx::Error::Protocol(IS_STANDBY.into()));
    }
    Ok(())
}
