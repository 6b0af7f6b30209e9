//! Where sessions live: one trait over versioned rows, and its implementations.

use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::types::Timestamp;

/// Keeps versioned rows. Everything the library needs (take once, compare and swap, leases, moving a
/// session to the revocation queue) is built on the atomicity of [`commit`](Self::commit).
///
/// Values are sealed before they come here; a store never sees a token.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// The row under `key`. Expired rows may still be returned; the caller checks.
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>>;

    /// Applies all changes or none, atomically for every process that uses the store, and durably
    /// before it answers. The first change whose expectation fails is reported and nothing is written.
    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>>;

    /// Up to `limit` rows of `kind` in `group`, ordered by id, after the id `after`.
    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>>;

    /// Deletes up to `limit` rows that expired before `now`; says how many.
    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>>;

    /// What it is and what it promises, for the start-up report, without secrets: `file:.atproto/store.redb`.
    fn describe(&self) -> String;

    /// Other processes may change rows too, so nothing may be remembered for long.
    fn is_shared(&self) -> bool;
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A session and its tokens.
    Session,
    /// An authorization request that waits for its callback.
    Pending,
    /// A browser and the sessions it holds.
    Browser,
    /// A session that was signed out and waits to be revoked at its server.
    Revocation,
}

impl Kind {
    /// The stable one-byte form, for stores and for sealing.
    #[must_use]
    pub const fn tag(self) -> u8 {
        match self {
            Self::Session => 1,
            Self::Pending => 2,
            Self::Browser => 3,
            Self::Revocation => 4,
        }
    }
}

/// The name of a row. Ids are at most 2,200 bytes of printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// What it is.
    pub kind: Kind,
    /// Its name, unique within the kind.
    pub id: String,
}

/// A stored value and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// 1 when the row is new, one more at each change.
    pub version: u64,
    /// Rows of one group are listed together; empty: none.
    pub group: String,
    /// From this moment on the row counts as gone.
    pub expires_at: Option<Timestamp>,
    /// Sealed bytes.
    pub value: Bytes,
}

/// One step of a [`Store::commit`].
#[derive(Clone, Debug)]
pub enum Change {
    /// Writes a row. Version 1 expects that there is no row under the key (an expired one counts as
    /// none and is replaced); version n expects that the row there has version n − 1.
    Put(RowKey, Row),
    /// Deletes the row, which must have this version; `None` deletes whatever is there, even nothing.
    Delete(RowKey, Option<u64>),
}

/// What became of a [`Store::commit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// All changes are durable.
    Done,
    /// The change at this index did not meet what it expected; nothing was written.
    Conflict(usize),
}

/// A store failed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    down: bool,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StoreError {
    /// The store cannot be reached now; the same call may succeed later.
    #[must_use]
    pub fn down(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            down: true,
            source: None,
        }
    }

    /// The store refuses or is damaged; trying again does not help.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            down: false,
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same call may succeed later.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.down
    }
}

impl From<StoreError> for crate::Error {
    fn from(error: StoreError) -> Self {
        let kind = if error.down {
            crate::ErrorKind::TemporarilyUnavailable
        } else {
            crate::ErrorKind::SessionStoreFailed
        };
        Self::new(kind, "the session store failed; see the logs").with_source(error)
    }
}
