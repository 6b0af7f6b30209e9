//! Rows in an SQLite file, for the processes of one machine.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::types::BoxFuture;
use sqlx::error::DatabaseError;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{SqlSafeStr, SqlStr, Sqlite};

use super::Sql;
use super::dialect::Explained;
use super::dialect::{Dialect, calls};
use super::statements::Limits;
use super::statements::List;
use crate::store::policy::{
    SQL_CONNECT_TIMEOUT, SQLITE_BUSY_TIMEOUT, SQLITE_CALL_TIMEOUT, SQLITE_CONNECTIONS,
    SQLITE_LOG_BYTES,
};
use crate::store::private_file::{create_folder, only_for_its_owner, publish};
use crate::store::{Change, Commit, Kind, Row, RowKey, Scan, Store, StoreError};
use crate::types::{Clock, SystemClock, Timestamp};

/// A [`Store`] in an SQLite file: `sqlite:PATH`, for one or several processes of one machine that run
/// as the same user.
///
/// # What it promises
///
/// A commit is one transaction, done or not, for every process at once, and on the disk before it is
/// answered (write-ahead log, `synchronous=FULL`): it survives `kill -9` and, on a disk that does not lose
/// synchronised writes, a power failure. Processes write one after the other; reads do not
/// wait for writes.
///
/// # What it needs
///
/// A disk of this machine: SQLite's locks are not safe on network file systems. The file may hold
/// tables of your own, too; these are called `atproto_oauth_rows` and `atproto_oauth_schema`, and they are
/// made when they are missing. While it is in use there are two more files, `PATH-wal` and `PATH-shm`,
/// which belong to it; to copy it meanwhile, use SQLite's `.backup`.
///
/// There are at most 8 connections, made when they are needed. A call waits at most 3 seconds for one,
/// and ends within 10, also while another process holds the file for long: then it fails as
/// [`StoreError::is_down`]. Making the tables, or waiting for a process that is at it, may take ten minutes.
pub struct SqliteStore {
    sql: Sql<Sqlite>,
    path: PathBuf,
}

const LIMITS: Limits = Limits {
    connections: SQLITE_CONNECTIONS,
    connect: SQL_CONNECT_TIMEOUT,
    call: SQLITE_CALL_TIMEOUT,
};

impl SqliteStore {
    /// Opens the file at `path`, and makes it and its folder when they are missing: for their owner
    /// only, the new folder with a `.gitignore` of its own. On an existing file it removes the permissions of
    /// other users.
    ///
    /// # Errors
    /// When the place cannot be written, or the file is no SQLite database, damaged, or of a newer
    /// version of this library. The text says which, and what to do.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with_clock(path, Arc::new(SystemClock)).await
    }

    /// As [`open`](Self::open), telling expired rows by `clock`.
    ///
    /// # Errors
    /// As there.
    pub async fn open_with_clock(
        path: impl AsRef<Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        Self::with(path.as_ref(), clock, SqliteConnectOptions::new(), LIMITS).await
    }

    async fn with(
        path: &Path,
        clock: Arc<dyn Clock>,
        options: SqliteConnectOptions,
        limits: Limits,
    ) -> Result<Self, StoreError> {
        let place = format!("sqlite:{}", path.display());
        // Connections that are made later must not depend on where the process is then.
        let path = std::path::absolute(path).map_err(|error| explain_io(&place, error))?;
        create(&path).map_err(|error| explain_io(&place, error))?;
        let options = options
            .filename(&path)
            .busy_timeout(SQLITE_BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("journal_size_limit", SQLITE_LOG_BYTES.to_string());
        let pool = PoolOptions::new()
            .max_connections(limits.connections)
            .acquire_timeout(limits.connect)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        let sql = Sql::new(pool, clock, place, limits);
        sql.prepare().await?;
        // Only now is it known to be ours.
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            match only_for_its_owner(Path::new(&name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(explain_io(sql.place(), error));
                }
                _ => {}
            }
        }
        Ok(Self { sql, path })
    }

    /// For tests that make trouble.
    #[cfg(test)]
    pub(super) async fn with_options(
        path: &Path,
        options: SqliteConnectOptions,
        call: Duration,
    ) -> Result<Self, StoreError> {
        let limits = Limits { call, ..LIMITS };
        Self::with(path, Arc::new(SystemClock), options, limits).await
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store for SqliteStore {
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
        format!(
            "{} (shared by the processes of one machine)",
            self.sql.place()
        )
    }

    fn is_shared(&self) -> bool {
        true
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqliteStore").field(&self.path).finish()
    }
}

/// An empty file is an empty database.
fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    match fs::metadata(path) {
        Ok(file) if file.is_file() => Ok(()),
        Ok(_) => Err(io::ErrorKind::IsADirectory.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            publish(path, |file| file.sync_all()).map(drop)
        }
        Err(error) => Err(error),
    }
}

fn explain_io(place: &str, error: io::Error) -> StoreError {
    let text = match error.kind() {
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => format!(
            "`{place}` is not a file; name a file in `ATPROTO_STORE`, as `sqlite:FOLDER/NAME`"
        ),
        _ => format!(
            "`{place}` cannot be made; let this user write there, or name another place in \
             `ATPROTO_STORE`"
        ),
    };
    StoreError::failed(text).with_source(error)
}

impl Dialect for Sqlite {
    /// SQLite has one writer at a time; within a process they line up here, which is fair and costs
    /// nothing while they wait.
    const WRITERS: usize = 1;

    const LOCK: &'static str =
        "SELECT version, expires_at FROM atproto_oauth_rows WHERE kind = $1 AND id = $2";

    const SWEEP: &'static str = "DELETE FROM atproto_oauth_rows WHERE rowid IN \
         (SELECT rowid FROM atproto_oauth_rows WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";

    const IS_PREPARED: &'static str = "SELECT count(*) FROM sqlite_schema \
         WHERE type = 'table' AND name = 'atproto_oauth_schema'";

    const MIGRATIONS: &'static [&'static str] = &[include_str!("sqlite/1.sql")];

    fn begin(_: Duration) -> SqlStr {
        "BEGIN IMMEDIATE".into_sql_str()
    }

    fn begin_migration(call: Duration, _: Duration) -> SqlStr {
        Self::begin(call)
    }

    fn is_contention(error: &dyn DatabaseError) -> bool {
        // Busy (with another process), locked.
        matches!(code(error), 5 | 6)
    }

    fn explain(place: &str, error: &dyn DatabaseError) -> Explained {
        match code(error) {
            13 => Explained::Down(format!(
                "the disk is full, so `{place}` cannot be written; make room"
            )),
            // Out of memory, interrupted, input or output, the protocol of its locks.
            7 | 9 | 10 | 15 => Explained::Down(format!(
                "`{place}` cannot be used now; look at the disk and at the cause"
            )),
            // Permissions, read-only, cannot be opened.
            3 | 8 | 14 => Explained::Failed(format!(
                "`{place}` cannot be written; let this user write it and its folder, or name another \
                 place in `ATPROTO_STORE`"
            )),
            26 => Explained::Failed(format!(
                "`{place}` is not an SQLite database; name another file in `ATPROTO_STORE`"
            )),
            11 => Explained::Failed(format!(
                "`{place}` is damaged; put a copy of it back, or move it away (all accounts have to sign in \
                 again)"
            )),
            _ => Explained::Failed(format!("`{place}` cannot be used; look at the cause")),
        }
    }

    calls!(Sqlite);
}

/// Without what extends it.
fn code(error: &dyn DatabaseError) -> i32 {
    let code = error.code().and_then(|code| code.parse::<i32>().ok());
    code.map_or(0, |code| code & 0xff)
}
