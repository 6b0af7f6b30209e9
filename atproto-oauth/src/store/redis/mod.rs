//! Rows in a Redis or Valkey server, for several processes.

mod address;
mod connection;
mod durability;
mod error;
mod scan;
mod script;
mod watched_stream;

use std::fmt;
use std::sync::Arc;

use crate::types::BoxFuture;
use redis::Value;

use self::address::Address;
use self::connection::{Connection, WaitBudget};
use self::script::{PREFIX, Programs};
use super::row_bytes::{pack, unpack};
use super::{Change, Commit, Kind, Row, RowKey, Scan, Store, StoreError, check};
use crate::store::policy::REDIS_BATCH;
use crate::types::{Clock, SystemClock, Timestamp};

/// A [`Store`] in a Redis 7 (or later) or Valkey server: `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`,
/// with TLS `rediss://…`, whose `?ca=FILE` names further root certificates.
///
/// # What it promises
///
/// A commit is one script, so other processes see all of it or nothing. Its durability is a setting of the
/// server: with `appendonly yes` and `appendfsync always` it is on the disk before it is answered, and
/// with `maxmemory-policy noeviction` it is never evicted. [`open`](Self::open) checks these settings, and reports
/// in the log and at start-up which are missing.
///
/// Replication is asynchronous, so a failover may lose the last commits, whatever the settings:
///
/// - A lost refresh: the store holds an older refresh token, which no other client can use. The next refresh gets
///   `invalid_grant`, the row is deleted, and the session [needs a login](crate::Error::needs_login). A process that
///   has read the newer row refuses the older one; after a minute the session needs a login there, too.
/// - A lost sign-in: the browser's cookie names no session.
/// - A lost sign-out: the session was revoked at its authorization server, unless that was down, and no browser
///   has its cookie any more.
///
/// # What it needs
///
/// One primary. A Redis Cluster is refused, because a commit changes several keys and they must be in one
/// place; replicas and Sentinels are refused, too. Keys begin with `atproto:`, so a server may be shared.
/// Rows expire by the clock of the processes, as in every store, and are deleted by [`sweep`](Store::sweep):
/// they have no TTL, which the server's clock would decide, and which would leave indexes behind.
///
/// One connection serves all callers. It is made again when it breaks; meanwhile calls fail as
/// [`StoreError::is_down`], each within seconds. A call that fails so is not repeated by itself.
pub struct RedisStore {
    connection: Connection,
    programs: Programs,
    clock: Arc<dyn Clock>,
    shortcomings: Vec<&'static str>,
}

impl RedisStore {
    /// Connects to the server at `address`.
    ///
    /// # Errors
    /// When the address is wrong, the server cannot be reached, does not accept the password, or is none
    /// that can keep the contract. The text says which, and what to do, without the password.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::open_with_clock(address, Arc::new(SystemClock)).await
    }

    /// As [`open`](Self::open), telling expired rows by `clock`.
    ///
    /// # Errors
    /// As there.
    pub async fn open_with_clock(address: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::patient(address, clock, WaitBudget::default()).await
    }

    async fn patient(
        address: &str,
        clock: Arc<dyn Clock>,
        budget: WaitBudget,
    ) -> Result<Self, StoreError> {
        let connection = Connection::new(Address::parse(address)?, budget)?;
        let shortcomings = durability::shortcomings(&connection).await?;
        for shortcoming in &shortcomings {
            tracing::warn!(store = %connection.address(), "{shortcoming}");
        }
        Ok(Self {
            connection,
            programs: Programs::new(),
            clock,
            shortcomings,
        })
    }

    async fn read(&self, name: Vec<u8>) -> Result<Option<Row>, StoreError> {
        let mut command = redis::cmd("GET");
        command.arg(name);
        match self.connection.value(&command).await? {
            Value::Nil => Ok(None),
            Value::BulkString(bytes) => unpack(&bytes).map(Some).ok_or_else(damaged),
            _ => Err(self.confused()),
        }
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<Commit, StoreError> {
        check(&changes)?;
        let now = self.clock.now().0.to_string().into_bytes();
        let mut arguments = vec![PREFIX.into(), now];
        for change in &changes {
            let (expected, row) = match change {
                Change::Put(_, row) => (row.version.checked_sub(1), pack(row)),
                Change::Delete(_, version) => (*version, Vec::new()),
            };
            arguments.push(expected.map_or(Vec::new(), |version| version.to_be_bytes().into()));
            arguments.push(row);
        }
        let keys: Vec<_> = changes.iter().map(|change| name(change.key())).collect();
        let answer = self
            .connection
            .run(&self.programs.commit, &keys, &arguments);
        match self.number(&answer.await?)? {
            0 => Ok(Commit::Done),
            index if index <= changes.len() => Ok(Commit::Conflict(index - 1)),
            _ => Err(self.confused()),
        }
    }

    /// Up to [`REDIS_BATCH`] rows, and the last id there was; fewer only at the end.
    async fn page(
        &self,
        kind: Kind,
        group: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(RowKey, Option<Row>)>, StoreError> {
        let arguments = [
            PREFIX.into(),
            kind.tag().to_string().into(),
            group.into(),
            after.into(),
            limit.to_string().into(),
        ];
        let answer = self
            .connection
            .run(&self.programs.list, &[], &arguments)
            .await?;
        let Value::Array(parts) = answer else {
            return Err(self.confused());
        };
        let mut page: Vec<(RowKey, Option<Row>)> = Vec::new();
        for pair in parts.chunks(2) {
            let [Value::BulkString(id), Value::BulkString(row)] = pair else {
                return Err(self.confused());
            };
            let id = String::from_utf8(id.clone()).map_err(|_| self.confused())?;
            let last = page.last().map_or(after, |(key, _)| key.id.as_str());
            // Otherwise going on after the last one would never end.
            if id.as_str() <= last || page.len() == limit {
                return Err(self.confused());
            }
            page.push((RowKey { kind, id }, unpack(row)));
        }
        Ok(page)
    }

    fn number(&self, answer: &Value) -> Result<usize, StoreError> {
        match answer {
            Value::Int(number) => usize::try_from(*number).map_err(|_| self.confused()),
            _ => Err(self.confused()),
        }
    }

    fn confused(&self) -> StoreError {
        error::confused(self.connection.address())
    }
}

impl Store for RedisStore {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        Box::pin(self.read(name(key)))
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(self.apply(changes))
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        let (group, mut after) = (group.to_owned(), after.unwrap_or_default().to_owned());
        Box::pin(async move {
            let mut rows = Vec::new();
            while rows.len() < limit && !group.is_empty() {
                let wanted = REDIS_BATCH.min(limit - rows.len());
                let page = self.page(kind, &group, &after, wanted).await?;
                let is_last = page.len() < wanted;
                if let Some((key, _)) = page.last() {
                    after.clone_from(&key.id);
                }
                let (before, found) = (rows.len(), page.len());
                for (key, row) in page {
                    if let Some(row) = row {
                        rows.push((key, row));
                    } else {
                        // One that is damaged must not hide the others.
                        tracing::error!(?kind, "{}", damaged());
                    }
                }
                if is_last {
                    break;
                }
                if rows.len() == before && found > 0 {
                    return Err(damaged());
                }
            }
            Ok(rows)
        })
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        let from = from.map(str::to_owned);
        Box::pin(async move { self.step(kind, from.as_deref(), limit).await })
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let mut swept = 0;
            while swept < limit {
                let wanted = REDIS_BATCH.min(limit - swept);
                let numbers = [now.0, u64::try_from(wanted).unwrap_or(u64::MAX)]
                    .map(|number| number.to_string().into());
                let [now, most] = numbers;
                let arguments = [PREFIX.into(), now, most];
                let answer = self
                    .connection
                    .run(&self.programs.sweep, &[], &arguments)
                    .await?;
                let done = self.number(&answer)?;
                if done > wanted {
                    return Err(self.confused());
                }
                swept += done;
                if done < wanted {
                    break;
                }
            }
            Ok(swept)
        })
    }

    fn describe(&self) -> String {
        let mut text = format!("{} (shared by processes)", self.connection.address());
        for shortcoming in &self.shortcomings {
            text.push_str("; ");
            text.push_str(shortcoming);
        }
        text
    }

    fn is_shared(&self) -> bool {
        true
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisStore({})", self.connection.address())
    }
}

fn name(key: &RowKey) -> Vec<u8> {
    format!("{PREFIX}{}:{}", key.kind.tag(), key.id).into_bytes()
}

fn damaged() -> StoreError {
    StoreError::unreadable("a stored row is damaged; it is not used")
}

#[cfg(test)]
mod tests;
