//! Limits, timeouts and retries of the stores and of what is kept in them.

#[cfg(any(
    test,
    feature = "postgres",
    feature = "redis",
    feature = "sqlite",
    feature = "testing"
))]
use std::time::Duration;

/// How long a call waits for a connection to an SQL database, a new one or a free one. Longer than a busy pool
/// needs, shorter than a person waits.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) const SQL_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a call to PostgreSQL may take, with every repetition. Every page waits for it.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES_CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// Most connections of one process to PostgreSQL, unless the address says otherwise. Servers have a hundred for all
/// clients.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES_CONNECTIONS: u32 = 10;

/// How long a PostgreSQL connection may be idle before it is checked. Checking each time would cost a round trip a
/// call.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES_CHECK_AFTER: Duration = Duration::from_secs(1);

/// How long the check of an idle PostgreSQL connection may take. A silent one makes way for another while the
/// caller still waits.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES_CHECK_TIMEOUT: Duration = Duration::from_secs(1);

/// How long an idle PostgreSQL connection is kept. Closed before a firewall on the way forgets it.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES_IDLE_TIMEOUT: Duration = Duration::from_mins(4);

/// Most connections to PostgreSQL that an address may ask for. More than servers allow is a mistake.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES_MAX_CONNECTIONS: u32 = 1_000;

/// Longest timeout that the address of a PostgreSQL server may set, in seconds. People give up a page sooner.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES_MAX_TIMEOUT: u32 = 60;

/// How long a call to an SQLite file may take, with every repetition. Processes write one after the other.
#[cfg(feature = "sqlite")]
pub(super) const SQLITE_CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Most connections of one process to an SQLite file. Reads run beside each other; writes never do.
#[cfg(feature = "sqlite")]
pub(super) const SQLITE_CONNECTIONS: u32 = 8;

/// How long an SQLite connection waits for another process by itself. Its waits grow fast and are not fair, so the
/// call is repeated after this.
#[cfg(feature = "sqlite")]
pub(super) const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_millis(25);

/// Size that SQLite's log is cut to when it grew larger, in bytes. A long reader lets it grow; the disk gets it
/// back.
#[cfg(feature = "sqlite")]
pub(super) const SQLITE_LOG_BYTES: u64 = 64 << 20;

/// How long a migration of the tables may take, with waiting for a process that runs one. Large tables take longer
/// than a call.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) const MIGRATION_TIMEOUT: Duration = Duration::from_mins(10);

/// Most rows that one SQL transaction sweeps or one step scans. A long transaction holds up the others.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) const SQL_BATCH: usize = 1_000;

/// Shortest pause before an SQL transaction that conflicted is repeated. Short, as a person waits.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) const SQL_CONFLICT_PAUSE: Duration = Duration::from_micros(500);

/// How much is added to that pause, from 0 to 255 times at random. Two transactions that conflicted do not conflict
/// again.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) const SQL_CONFLICT_SPREAD: Duration = Duration::from_micros(30);

/// How long connecting to Redis may take. A person waits for it.
#[cfg(feature = "redis")]
pub(super) const REDIS_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long one answer of Redis may take, with the wait for the command's turn. A server that writes to its disk
/// first is slow.
#[cfg(feature = "redis")]
pub(super) const REDIS_ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Shortest time between two attempts to connect to Redis; meanwhile callers get the last error. Otherwise each
/// would wait for a server that is down.
#[cfg(feature = "redis")]
pub(super) const REDIS_RECONNECT_PAUSE: Duration = Duration::from_millis(250);

/// Most commands that wait to be sent to Redis. More callers wait for room.
#[cfg(feature = "redis")]
pub(super) const REDIS_QUEUE: usize = 1_000;

/// Most bytes that may arrive from Redis before an answer is complete. The largest answer is a page of 100 rows of
/// 256 KiB.
#[cfg(feature = "redis")]
pub(super) const REDIS_MAX_UNREAD: usize = 64 << 20;

/// Most rows that Redis handles in one script. The server does nothing else meanwhile.
#[cfg(feature = "redis")]
pub(super) const REDIS_BATCH: usize = 100;

/// Longest error code of Redis that an error shows, in bytes. Codes are short words; anything else may be data.
#[cfg(feature = "redis")]
pub(super) const REDIS_MAX_CODE: usize = 32;

/// Memory that a `file:` store uses as a cache, in bytes.
#[cfg(feature = "embedded")]
pub(super) const EMBEDDED_CACHE_BYTES: usize = 64 << 20;

/// Most writes that share one transaction of a `file:` store, and so one wait for the disk. No write waits for more
/// to come.
#[cfg(feature = "embedded")]
pub(super) const EMBEDDED_BATCH: usize = 128;

/// Most attempts to take a record that changes meanwhile. More means that something writes it all the time.
pub(super) const TAKE_ATTEMPTS: usize = 8;

/// Most attempts to reseal a row that changes meanwhile. Another pass finds it.
pub(super) const RESEAL_ATTEMPTS: usize = 3;

/// Most rows that are resealed at the same time. Stores gather what they write.
pub(super) const RESEAL_CONCURRENCY: usize = 32;

/// Sessions that one step of a count reads. A step fits into memory and into the time of a call.
pub(super) const COUNT_STEP: usize = 500;

/// Most versions of rows that the rollback guard remembers, in each of its two halves. A bound on memory; the rows
/// used last are kept.
pub(super) const ROLLBACK_GUARD_HALF: usize = 32_768;

/// Most bytes of shared texts that are kept in memory. Servers choose the texts, so everything is forgotten beyond.
pub(super) const MAX_INTERNED_BYTES: usize = 1 << 20;

/// Memory that a shared text costs beside its bytes. An estimate of the table's entry.
pub(super) const INTERNED_ENTRY_BYTES: usize = 64;

/// Shortest secret, in bytes. Each derived key has 32.
pub(super) const MIN_SECRET_BYTES: usize = 32;

/// Fewest different values of the bytes of a secret. 32 random ones have about 30; fewer than 12 are a pattern.
pub(super) const MIN_DIFFERENT_BYTES: usize = 12;

/// Longest secret, in bytes. More adds nothing, and a file given by mistake is refused.
pub(super) const MAX_SECRET_BYTES: usize = 1_024;

/// Most secrets at the same time. A rotation needs two.
pub(super) const MAX_SECRETS: usize = 8;

/// Longest id or group of a row, in bytes. A DID has at most 2,048.
pub(super) const MAX_NAME_BYTES: usize = 2_200;

/// Largest value of a row, in bytes. Far more than any record of the library.
pub(super) const MAX_VALUE_BYTES: usize = 256 * 1024;

/// Most changes of one commit. The library makes a handful; a transaction has to stay short.
pub(super) const MAX_CHANGES: usize = 1_000;

/// Most permission sets of one session's record. A scope has at most 32 sets; more is damage.
pub(super) const MAX_STORED_SETS: u64 = 256;

/// Rows that are read at a time for an operator's list. A store may answer fewer.
pub(super) const ADMIN_PAGE: usize = 100;

/// How long a call of a store's contract may take, and how long a store may take to be back after an outage. A call that
/// takes longer holds up every page.
#[cfg(any(test, feature = "testing"))]
pub(super) const CONTRACT_CALL_LIMIT: Duration = Duration::from_secs(30);

/// How long a process that a store's contract started may be silent. It starts and opens its store first.
#[cfg(any(test, feature = "testing"))]
pub(super) const CONTRACT_CHILD_LIMIT: Duration = Duration::from_mins(1);

/// Pause between two writes of a store's contract during an outage. Other writers have a turn, and a store that is down is
/// not asked all the time.
#[cfg(any(test, feature = "testing"))]
pub(super) const CONTRACT_WRITE_PAUSE: Duration = Duration::from_millis(5);

/// Pause between two questions whether a store is back after an outage. It may have just begun to start.
#[cfg(any(test, feature = "testing"))]
pub(super) const CONTRACT_READ_PAUSE: Duration = Duration::from_millis(20);
