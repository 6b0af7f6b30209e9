//! PostgreSQL's statements and errors.

use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr};
use tokio::sync::Semaphore;

use super::super::dialect::Explained;
use super::super::dialect::{Dialect, calls};

/// One process at a time makes tables; the number is arbitrary, so that no other program uses it.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(6147831026553072491)";

/// Off is raised; what is between off and on is the operator's choice.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', true) \
     WHERE current_setting('synchronous_commit') = 'off'";

impl Dialect for Postgres {
    const WRITERS: usize = Semaphore::MAX_PERMITS;

    const LOCK: &'static str =
        "SELECT version, expires_at FROM atproto_oauth_rows WHERE kind = $1 AND id = $2 FOR UPDATE";

    // By the place of the rows, so that it never looks through the whole table, whatever the planner
    // expects; rows that another transaction is changing wait for the next time. A place is one of each
    // partition, so the outer condition has to be there, too.
    const SWEEP: &'static str = "DELETE FROM atproto_oauth_rows WHERE ctid = ANY (ARRAY( \
         SELECT ctid FROM atproto_oauth_rows WHERE expires_at <= $1 \
         ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)) AND expires_at <= $1";

    const IS_PREPARED: &'static str = "SELECT count(*) FROM pg_catalog.pg_class \
         WHERE oid = to_regclass('atproto_oauth_schema')";

    const MIGRATIONS: &'static [&'static str] = &[include_str!("1.sql")];

    /// Each transaction reads what was committed when it got its locks, and ends by itself when its
    /// process stops in the middle of it.
    fn begin(limit: Duration) -> SqlStr {
        let limit = limit.as_millis();
        AssertSqlSafe(format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
             SET LOCAL statement_timeout = {limit}; \
             SET LOCAL idle_in_transaction_session_timeout = {limit}; \
             {DURABLE}"
        ))
        .into_sql_str()
    }

    /// A process that stops in the middle of it ends as soon as in any other.
    fn begin_migration(call: Duration, limit: Duration) -> SqlStr {
        let (begin, limit) = (Self::begin(call), limit.as_millis());
        let whole = format!(
            "{}; SET LOCAL statement_timeout = {limit}; {MIGRATION_LOCK}",
            begin.as_str()
        );
        AssertSqlSafe(whole).into_sql_str()
    }

    fn is_contention(error: &dyn DatabaseError) -> bool {
        // Could not be ordered, deadlock.
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    fn explain(place: &str, error: &dyn DatabaseError) -> Explained {
        let code = error.code().unwrap_or_default();
        match &*code {
            "53100" => Explained::Down(format!(
                "the disk of `{place}` is full, so nothing can be written; make room"
            )),
            "53300" => Explained::Down(format!(
                "`{place}` has no connection left; raise its `max_connections`, or lower `pool_size` in \
                 `ATPROTO_STORE`"
            )),
            "25006" => Explained::Down(format!(
                "`{place}` takes no writes; it is a standby, or made read-only: name the primary"
            )),
            "57014" | "55P03" | "25P03" => Explained::Down(format!(
                "`{place}` did not come to an end in time; look which transaction holds its rows"
            )),
            "28000" | "28P01" => Explained::Failed(format!(
                "`{place}` does not accept this user and password; look at those in `ATPROTO_STORE`, and \
                 at its `pg_hba.conf`"
            )),
            "3D000" => Explained::Failed(format!(
                "there is no such database as in `{place}`; make it with `createdb`, or name another in \
                 `ATPROTO_STORE`"
            )),
            "42501" | "3F000" => Explained::Failed(format!(
                "in `{place}` this user may not do what is needed; let it make tables once, and then \
                 select, insert, update and delete in them"
            )),
            "42P01" => Explained::Failed(format!(
                "the tables in `{place}` are gone; restart the application to make new ones"
            )),
            _ if is_passing(&code) => Explained::Down(format!(
                "`{place}` cannot be used now; look at its log and at the cause"
            )),
            _ => Explained::Failed(format!("`{place}` cannot be used; look at the cause")),
        }
    }

    calls!(Postgres);
}

/// Connections, resources, operators who intervene (a shutdown, a restart), and trouble with the disk.
fn is_passing(code: &str) -> bool {
    ["08", "53", "57", "58"].contains(&code.get(..2).unwrap_or_default())
}
