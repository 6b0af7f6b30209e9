//! The versions this process has seen, so that an older one is noticed.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::store::policy::ROLLBACK_GUARD_HALF;
use crate::store::{Change, Kind, RowKey};

/// Remembers the latest version of the rows that were used last, bounded: when the young half is
/// full the old half is forgotten. A row whose version went back since is a sign of tampering (a
/// restored copy) or of a store that answers with stale reads.
#[derive(Debug, Default)]
pub(super) struct Seen {
    memory: Mutex<Memory>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Memory {
    young: HashMap<u64, Mark>,
    old: HashMap<u64, Mark>,
    moment: u64,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    /// The latest version; `GONE` or `UNKNOWN` when the row was deleted here.
    version: u64,
    /// When that was noted.
    moment: u64,
}

/// A point in the order of events of this process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(u64);

const GONE: u64 = u64::MAX;
/// It may be made anew, by anybody.
const UNKNOWN: u64 = 0;
/// What is to be remembered of a change once it is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    row: u64,
    version: u64,
}

impl Seen {
    /// To be taken before a read starts: only what was noted before it counts against its answer,
    /// because a write may overtake it.
    pub(super) fn now(&self) -> Moment {
        Moment(self.memory(|memory| memory.moment))
    }

    /// Whether `version` of a row, read after `start`, is as new as what was known at `start`; if so
    /// it is noted.
    pub(super) fn accepts(&self, key: &RowKey, version: u64, start: Moment) -> bool {
        let row = self.name(key);
        self.memory(|memory| {
            let accepted = memory.allows(row, version, start);
            if accepted {
                memory.keep(row, version);
            }
            accepted
        })
    }

    /// As [`accepts`](Self::accepts), without a note: a pass over all rows would push out those that are
    /// used.
    pub(super) fn allows(&self, key: &RowKey, version: u64, start: Moment) -> bool {
        let row = self.name(key);
        self.memory(|memory| memory.allows(row, version, start))
    }

    /// What `change` will mean.
    pub(super) fn prepare(&self, change: &Change) -> Note {
        let version = match change {
            Change::Put(_, row) => row.version,
            // Fresh tokens of the same session may have to be revoked, too, by whoever has them.
            Change::Delete(key, _) if key.kind == Kind::Revocation => UNKNOWN,
            Change::Delete(..) => GONE,
        };
        Note {
            row: self.name(change.key()),
            version,
        }
    }

    /// The changes are done.
    pub(super) fn done(&self, notes: &[Note]) {
        self.memory(|memory| notes.iter().for_each(|note| memory.note(*note)));
    }

    fn name(&self, key: &RowKey) -> u64 {
        self.hasher.hash_one(key)
    }

    fn memory<T>(&self, use_it: impl FnOnce(&mut Memory) -> T) -> T {
        use_it(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Memory {
    fn allows(&self, row: u64, version: u64, start: Moment) -> bool {
        let known = self.find(row).filter(|mark| mark.moment <= start.0);
        known.is_none_or(|mark| mark.version <= version)
    }

    fn find(&self, row: u64) -> Option<Mark> {
        self.young.get(&row).or_else(|| self.old.get(&row)).copied()
    }

    fn note(&mut self, note: Note) {
        if note.version <= 1 {
            // A row that begins anew, after a deletion or over an expired one.
            self.young.remove(&note.row);
            self.old.remove(&note.row);
        }
        self.keep(note.row, note.version);
    }

    fn keep(&mut self, row: u64, version: u64) {
        let known = self.find(row).filter(|mark| mark.version >= version);
        let mark = known.unwrap_or_else(|| {
            self.moment += 1;
            Mark {
                version,
                moment: self.moment,
            }
        });
        self.young.insert(row, mark);
        if self.young.len() >= ROLLBACK_GUARD_HALF {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> RowKey {
        RowKey {
            kind: Kind::Session,
            id: number.to_string(),
        }
    }

    #[test]
    fn an_older_version_is_refused_and_a_read_that_was_overtaken_is_not() {
        let seen = Seen::default();
        let before = seen.now();
        assert!(seen.accepts(&key(1), 5, before));
        for overtaken in [4, 1] {
            assert!(
                seen.accepts(&key(1), overtaken, before),
                "it may have started earlier"
            );
        }
        assert!(!seen.accepts(&key(1), 4, seen.now()));
        assert!(seen.accepts(&key(1), 5, seen.now()));
        assert!(seen.accepts(&key(1), 6, seen.now()));
        assert!(seen.accepts(&key(2), 1, seen.now()));
    }

    #[test]
    fn a_deleted_row_does_not_come_back_unless_it_is_made_anew() {
        let seen = Seen::default();
        let delete = Change::Delete(key(1), None);
        seen.done(&[seen.prepare(&delete)]);
        assert!(!seen.accepts(&key(1), 9, seen.now()));
        seen.done(&[Note {
            row: seen.name(&key(1)),
            version: 1,
        }]);
        assert!(seen.accepts(&key(1), 1, seen.now()));
    }

    /// One process has revoked a session; another one has fresh tokens of it, and queues them.
    #[test]
    fn a_revocation_may_be_queued_again_by_somebody_else() {
        let seen = Seen::default();
        let key = RowKey {
            kind: Kind::Revocation,
            id: "1".into(),
        };
        assert!(seen.accepts(&key, 3, seen.now()));
        seen.done(&[seen.prepare(&Change::Delete(key.clone(), None))]);
        assert!(seen.accepts(&key, 1, seen.now()));
        assert!(seen.accepts(&key, 2, seen.now()));
        assert!(!seen.accepts(&key, 1, seen.now()));
    }

    #[test]
    fn never_unbounded() {
        let seen = Seen::default();
        for number in 0..3 * ROLLBACK_GUARD_HALF {
            assert!(seen.accepts(&key(number), 2, seen.now()));
            assert!(
                seen.allows(&key(number), 1, Moment(0)),
                "it may have started earlier"
            );
            assert!(!seen.allows(&key(number), 1, seen.now()));
        }
        let size = seen.memory(|memory| memory.young.len() + memory.old.len());
        assert!(size <= 2 * ROLLBACK_GUARD_HALF, "{size}");
        assert!(
            !seen.accepts(&key(3 * ROLLBACK_GUARD_HALF - 1), 1, seen.now()),
            "the latest are kept"
        );
    }
}
