//! Rows and changes: what a store keeps.

use bytes::Bytes;

use super::StoreError;
use super::policy::{MAX_CHANGES, MAX_NAME_BYTES, MAX_VALUE_BYTES};
use crate::types::Timestamp;

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
    /// A key of the client, and since when it is published.
    ClientKey,
}

impl Kind {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Session,
        Self::Pending,
        Self::Browser,
        Self::Revocation,
        Self::ClientKey,
    ];

    /// The stable one-byte form, for stores and for sealing.
    #[must_use]
    pub const fn tag(self) -> u8 {
        match self {
            Self::Session => 1,
            Self::Pending => 2,
            Self::Browser => 3,
            Self::Revocation => 4,
            Self::ClientKey => 5,
        }
    }
}

/// The name of a row. Ids are 1 to 2,200 bytes of printable ASCII.
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
    /// Rows of one group are listed together; empty: none. Up to 2,200 bytes of printable ASCII.
    pub group: String,
    /// From this moment on the row counts as gone.
    pub expires_at: Option<Timestamp>,
    /// Sealed bytes, at most 256 KiB.
    pub value: Bytes,
}

impl Row {
    /// It counts as gone.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// One step of a [`Store::scan`](super::Store::scan).
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Rows, in any order.
    pub rows: Vec<(RowKey, Row)>,
    /// What the next step starts from: printable ASCII that only the store can read; `None` at the end.
    pub next: Option<String>,
}

impl Scan {
    /// A step that went through `rows` in the order of their ids, for stores that can: the next one
    /// starts from the last id, if there may be more.
    #[must_use]
    pub fn ordered(rows: Vec<(RowKey, Row)>, limit: usize) -> Self {
        let last = rows.last().filter(|_| rows.len() >= limit);
        let next = last.map(|(key, _)| key.id.clone());
        Self { rows, next }
    }
}

/// One step of a [`Store::commit`](super::Store::commit).
#[derive(Clone, Debug)]
pub enum Change {
    /// Writes a row. Version 1 expects that there is no row under the key (an expired one counts as
    /// none and is replaced); version n expects that the row there has version n − 1.
    Put(RowKey, Row),
    /// Deletes the row, which must have this version; `None` deletes whatever is there, even nothing.
    Delete(RowKey, Option<u64>),
}

impl Change {
    /// The row it is about.
    #[must_use]
    pub fn key(&self) -> &RowKey {
        match self {
            Self::Put(key, _) | Self::Delete(key, _) => key,
        }
    }

    /// Whether the row that is there now (its version, and whether it is expired) is what the change
    /// expects: the one rule that every store has to apply.
    #[must_use]
    pub fn accepts(&self, current: Option<(u64, bool)>) -> bool {
        match (self, current) {
            (Self::Put(_, row), None) => row.version == 1,
            (Self::Put(_, row), Some((_, true))) if row.version == 1 => true,
            (Self::Put(_, row), Some((version, _))) => row.version.checked_sub(1) == Some(version),
            (Self::Delete(_, None), _) => true,
            (Self::Delete(_, Some(_)), None) => false,
            (Self::Delete(_, Some(expected)), Some((version, _))) => *expected == version,
        }
    }
}

/// What became of a [`Store::commit`](super::Store::commit).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// All changes are durable.
    Done,
    /// The change at this index did not meet what it expected; nothing was written.
    Conflict(usize),
}

/// Many databases have signed numbers only.
const MAX_NUMBER: u64 = i64::MAX as u64;

/// Refuses changes that no store takes: a key named twice, version 0, a version or an expiry of more than
/// 63 bits, or a name or a value beyond the limits of [`RowKey`] and [`Row`]. For implementations of
/// [`Store`](super::Store), first thing.
///
/// # Errors
/// [`StoreError::failed`]; trying again does not help.
pub fn check(changes: &[Change]) -> Result<(), StoreError> {
    let refuse = |problem: &str| {
        Err(StoreError::failed(format!(
            "a change to the store {problem}"
        )))
    };
    if changes.len() > MAX_CHANGES {
        return refuse("has more than 1,000 steps; split it");
    }
    for (index, change) in changes.iter().enumerate() {
        let key = change.key();
        if !is_id(&key.id) {
            return refuse("has an id that is not 1 to 2,200 bytes of printable ASCII");
        }
        if changes
            .iter()
            .skip(index + 1)
            .any(|other| other.key() == key)
        {
            return refuse("names one row twice");
        }
        if let Change::Put(_, row) = change {
            if !(1..=MAX_NUMBER).contains(&row.version) {
                return refuse("has an impossible version; versions start at 1");
            }
            if row.expires_at.is_some_and(|end| end.0 > MAX_NUMBER) {
                return refuse("has an expiry that never comes; write `None`");
            }
            if !is_name(&row.group) {
                return refuse("has a group that is not printable ASCII of at most 2,200 bytes");
            }
            if row.value.len() > MAX_VALUE_BYTES {
                return refuse("has a value of more than 256 KiB");
            }
        }
    }
    Ok(())
}

/// It can be the id of a row.
pub(super) fn is_id(id: &str) -> bool {
    !id.is_empty() && is_name(id)
}

fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES && text.bytes().all(|b| matches!(b, 0x20..=0x7e))
}
