//! One row, packed, and the orders in which rows are found.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use bytes::Bytes;

use crate::store::Row;
use crate::types::Timestamp;

/// A row in two allocations. Names and value share one; a group that is the beginning of the id, as
/// an account is of its sessions, takes no room.
pub(super) struct Entry {
    pub(super) version: u64,
    /// `NEVER` for none.
    expires_at: u64,
    id_length: u16,
    group_start: u16,
    group_length: u16,
    bytes: Box<[u8]>,
}

const NEVER: u64 = u64::MAX;

impl Entry {
    pub(super) fn new(id: &str, row: &Row) -> Arc<Self> {
        let end = row.expires_at.map_or(NEVER, |end| end.0);
        Self::pack(id, &row.group, row.version, end, &row.value)
    }

    /// Only to look from there on.
    pub(super) fn probe(group: &str, id: &str) -> Arc<Self> {
        Self::pack(id, group, 0, NEVER, &[])
    }

    fn pack(id: &str, group: &str, version: u64, expires_at: u64, value: &[u8]) -> Arc<Self> {
        // Names are at most 2,200 bytes long.
        let length = |text: &str| u16::try_from(text.len()).unwrap_or(u16::MAX);
        let shares = id.starts_with(group);
        let own_group = if shares { "" } else { group };
        Arc::new(Self {
            version,
            expires_at,
            id_length: length(id),
            group_start: if shares { 0 } else { length(id) },
            group_length: length(group),
            bytes: [id.as_bytes(), own_group.as_bytes(), value].concat().into(),
        })
    }

    pub(super) fn id(&self) -> &[u8] {
        self.part(0, self.id_length.into())
    }

    pub(super) fn group(&self) -> &[u8] {
        self.part(self.group_start.into(), self.group_length.into())
    }

    pub(super) fn ends(&self) -> bool {
        self.expires_at != NEVER
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.ends() && self.expires_at <= now.0
    }

    pub(super) fn row(&self) -> Row {
        let own_group = if self.group_start == 0 {
            0
        } else {
            self.group_length
        };
        let start = usize::from(self.id_length) + usize::from(own_group);
        let value = self.bytes.get(start..).unwrap_or_default();
        Row {
            version: self.version,
            group: text(self.group()),
            expires_at: Some(Timestamp(self.expires_at)).filter(|_| self.ends()),
            value: Bytes::copy_from_slice(value),
        }
    }

    fn part(&self, start: usize, length: usize) -> &[u8] {
        self.bytes.get(start..start + length).unwrap_or_default()
    }
}

/// Names are ASCII.
pub(super) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

pub(super) struct ById(pub(super) Arc<Entry>);
pub(super) struct ByGroup(pub(super) Arc<Entry>);
pub(super) struct ByExpiry(pub(super) Arc<Entry>);

impl Borrow<[u8]> for ById {
    fn borrow(&self) -> &[u8] {
        self.0.id()
    }
}

impl Hash for ById {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id().hash(state);
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Eq for ById {}

/// Ordered by what the closure says.
macro_rules! ordered_by {
    ($index:ident, $order:expr) => {
        impl Ord for $index {
            fn cmp(&self, other: &Self) -> Ordering {
                let order: fn(&Entry, &Entry) -> Ordering = $order;
                order(&self.0, &other.0)
            }
        }

        impl PartialOrd for $index {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for $index {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other).is_eq()
            }
        }

        impl Eq for $index {}
    };
}

ordered_by!(ByGroup, |a, b| (a.group(), a.id())
    .cmp(&(b.group(), b.id())));
ordered_by!(ByExpiry, |a, b| (a.expires_at, a.id())
    .cmp(&(b.expires_at, b.id())));
