//! Rollback detection: the versions this process has read, so that an older one is noticed.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::store::policy::ROLLBACK_GUARD_HALF;
use crate::store::{Change, Kind, RowKey};

/// Remembers the latest version of the rows that were used last, bounded: when the young half is
/// full the old half is forgotten. A row whose version went back since is a sign of tampering (a
/// restored copy) or of a store that answers with stale reads.
#[derive(Debug, Default)]
pub(super) struct RollbackGuard {
    versions: Mutex<Versions>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Versions {
    young: HashMap<u64, SeenVersion>,
    old: HashMap<u64, SeenVersion>,
    moment: u64,
}

#[derive(Clone, Copy, Debug)]
struct SeenVersion {
    /// The latest version; `GONE` or `UNKNOWN` when the row was deleted here.
    version: u64,
    /// When it was recorded.
    moment: u64,
}

/// When a read started, in the order of events of this process.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadStart(u64);

const GONE: u64 = u64::MAX;
/// Any process may create it again.
const UNKNOWN: u64 = 0;
/// The version of a row after a change, recorded once the change is committed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    row: u64,
    version: u64,
}

impl RollbackGuard {
    /// Marks the start of a read. Only versions recorded before it count against its answer, because a write may
    /// overtake the read.
    pub(super) fn read_start(&self) -> ReadStart {
        ReadStart(self.versions(|versions| versions.moment))
    }

    /// Whether `version` of a row, read after `start`, is as new as what was known at `start`; if so
    /// it is noted.
    pub(super) fn check_and_record(&self, key: &RowKey, version: u64, start: ReadStart) -> bool {
        let row = self.hash_of(key);
        self.versions(|versions| {
            let accepted = versions.allows(row, version, start);
            if accepted {
                versions.keep(row, version);
            }
            accepted
        })
    }

    /// As [`check_and_record`](Self::check_and_record), without a note: a pass over all rows would push out those that are
    /// used.
    pub(super) fn check(&self, key: &RowKey, version: u64, start: ReadStart) -> bool {
        let row = self.hash_of(key);
        self.versions(|versions| versions.allows(row, version, start))
    }

    /// The version that `change` leaves behind.
    pub(super) fn prepare(&self, change: &Change) -> Written {
        let version = match change {
            Change::Put(_, row) => row.version,
            // Another process may queue newer tokens of the same session.
            Change::Delete(key, _) if key.kind == Kind::Revocation => UNKNOWN,
            Change::Delete(..) => GONE,
        };
        Written {
            row: self.hash_of(change.key()),
            version,
        }
    }

    /// Records changes that were committed.
    pub(super) fn record(&self, notes: &[Written]) {
        self.versions(|versions| notes.iter().for_each(|note| versions.note(*note)));
    }

    fn hash_of(&self, key: &RowKey) -> u64 {
        self.hasher.hash_one(key)
    }

    fn versions<T>(&self, use_it: impl FnOnce(&mut Versions) -> T) -> T {
        use_it(&mut self.versions.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Versions {
    fn allows(&self, row: u64, version: u64, start: ReadStart) -> bool {
        let known = self.find(row).filter(|mark| mark.moment <= start.0);
        known.is_none_or(|mark| mark.version <= version)
    }

    fn find(&self, row: u64) -> Option<SeenVersion> {
        self.young.get(&row).or_else(|| self.old.get(&row)).copied()
    }

    fn note(&mut self, note: Written) {
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
            SeenVersion {
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
        let guard = RollbackGuard::default();
        let before = guard.read_start();
        assert!(guard.check_and_record(&key(1), 5, before));
        for overtaken in [4, 1] {
            assert!(
                guard.check_and_record(&key(1), overtaken, before),
                "it may have started earlier"
            );
        }
        assert!(!guard.check_and_record(&key(1), 4, guard.read_start()));
        assert!(guard.check_and_record(&key(1), 5, guard.read_start()));
        assert!(guard.check_and_record(&key(1), 6, guard.read_start()));
        assert!(guard.check_and_record(&key(2), 1, guard.read_start()));
    }

    #[test]
    fn a_deleted_row_does_not_come_back_unless_it_is_created_again() {
        let guard = RollbackGuard::default();
        let delete = Change::Delete(key(1), None);
        guard.record(&[guard.prepare(&delete)]);
        assert!(!guard.check_and_record(&key(1), 9, guard.read_start()));
        guard.record(&[Written {
            row: guard.hash_of(&key(1)),
            version: 1,
        }]);
        assert!(guard.check_and_record(&key(1), 1, guard.read_start()));
    }

    /// One process has revoked a session; another one has fresh tokens of it, and queues them.
    #[test]
    fn a_revocation_may_be_queued_again_by_another_process() {
        let guard = RollbackGuard::default();
        let key = RowKey {
            kind: Kind::Revocation,
            id: "1".into(),
        };
        assert!(guard.check_and_record(&key, 3, guard.read_start()));
        guard.record(&[guard.prepare(&Change::Delete(key.clone(), None))]);
        assert!(guard.check_and_record(&key, 1, guard.read_start()));
        assert!(guard.check_and_record(&key, 2, guard.read_start()));
        assert!(!guard.check_and_record(&key, 1, guard.read_start()));
    }

    #[test]
    fn its_memory_is_bounded() {
        let guard = RollbackGuard::default();
        for number in 0..3 * ROLLBACK_GUARD_HALF {
            assert!(guard.check_and_record(&key(number), 2, guard.read_start()));
            assert!(
                guard.check(&key(number), 1, ReadStart(0)),
                "it may have started earlier"
            );
            assert!(!guard.check(&key(number), 1, guard.read_start()));
        }
        let size = guard.versions(|versions| versions.young.len() + versions.old.len());
        assert!(size <= 2 * ROLLBACK_GUARD_HALF, "{size}");
        assert!(
            !guard.check_and_record(&key(3 * ROLLBACK_GUARD_HALF - 1), 1, guard.read_start()),
            "the latest are kept"
        );
    }
}
