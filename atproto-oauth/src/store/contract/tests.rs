//! The checks themselves: each finds a store that is wrong in one way.

use futures_util::future::BoxFuture;

use super::*;
use crate::store::{Change, Commit, Kind, MemoryStore, Row, RowKey, Scan};
use crate::types::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    CutsValues,
    ForgetsGroups,
    ForgetsExpiry,
    IgnoresVersionOfDelete,
    AppliesOneByOne,
    NamesTheWrongChange,
    AlwaysConflicts,
    ListsFromTheStart,
    ListsBackwards,
    ListsOtherGroups,
    CannotScan,
    ScansOneStep,
    ScansForever,
    ScansOtherKinds,
    ScansGroupsOnly,
    SweepsNothing,
    SweepsTooMuch,
    SweepsForever,
}

#[derive(Debug)]
struct Faulty(MemoryStore, Fault);

impl Store for Faulty {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        let found = self.0.get(key);
        Box::pin(async move {
            let mut found = found.await?;
            if let Some(row) = found.as_mut().filter(|_| self.1 == Fault::CutsValues) {
                row.value.truncate(255);
            }
            Ok(found)
        })
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        let changes: Vec<_> = changes
            .into_iter()
            .map(|change| self.spoil(change))
            .collect();
        Box::pin(async move {
            match self.1 {
                Fault::AppliesOneByOne => {
                    for (index, change) in changes.into_iter().enumerate() {
                        if self.0.commit(vec![change]).await? != Commit::Done {
                            return Ok(Commit::Conflict(index));
                        }
                    }
                    Ok(Commit::Done)
                }
                Fault::NamesTheWrongChange => Ok(match self.0.commit(changes).await? {
                    Commit::Conflict(_) => Commit::Conflict(0),
                    Commit::Done => Commit::Done,
                }),
                Fault::AlwaysConflicts => Ok(Commit::Conflict(0)),
                _ => self.0.commit(changes).await,
            }
        })
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        let after = after.filter(|_| self.1 != Fault::ListsFromTheStart);
        let kind = match self.1 {
            Fault::ListsOtherGroups => Kind::Revocation,
            _ => kind,
        };
        let page = self.0.list(kind, group, after, limit);
        Box::pin(async move {
            let mut page = page.await?;
            if self.1 == Fault::ListsBackwards {
                page.reverse();
            }
            Ok(page)
        })
    }

    fn scan(
        &self,
        kind: Kind,
        from: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        if self.1 == Fault::CannotScan {
            return Box::pin(async { Err(StoreError::failed("cannot")) });
        }
        let kind = match self.1 {
            Fault::ScansOtherKinds => Kind::Pending,
            _ => kind,
        };
        let step = self.0.scan(kind, from, limit);
        Box::pin(async move {
            let mut step = step.await?;
            match self.1 {
                Fault::ScansOneStep => step.next = None,
                Fault::ScansForever => step.next = Some("0:".into()),
                Fault::ScansGroupsOnly => step.rows.retain(|(_, row)| !row.group.is_empty()),
                _ => {}
            }
            Ok(step)
        })
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        match self.1 {
            Fault::SweepsNothing => Box::pin(async { Ok(0) }),
            Fault::SweepsTooMuch => self.0.sweep(now, usize::MAX),
            Fault::SweepsForever => Box::pin(async { Ok(1) }),
            _ => self.0.sweep(now, limit),
        }
    }

    fn describe(&self) -> String {
        "faulty".into()
    }

    fn is_shared(&self) -> bool {
        false
    }
}

impl Faulty {
    fn spoil(&self, change: Change) -> Change {
        match (self.1, change) {
            (Fault::ForgetsGroups, Change::Put(key, row)) => {
                let group = String::new();
                Change::Put(key, Row { group, ..row })
            }
            (Fault::ForgetsExpiry, Change::Put(key, row)) => {
                let expires_at = None;
                Change::Put(key, Row { expires_at, ..row })
            }
            (Fault::IgnoresVersionOfDelete, Change::Delete(key, _)) => Change::Delete(key, None),
            (_, change) => change,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_found() {
    for fault in [
        Fault::CutsValues,
        Fault::ForgetsGroups,
        Fault::ForgetsExpiry,
        Fault::IgnoresVersionOfDelete,
        Fault::AppliesOneByOne,
        Fault::NamesTheWrongChange,
        Fault::AlwaysConflicts,
        Fault::ListsFromTheStart,
        Fault::ListsBackwards,
        Fault::ListsOtherGroups,
        Fault::CannotScan,
        Fault::ScansOneStep,
        Fault::ScansForever,
        Fault::ScansOtherKinds,
        Fault::ScansGroupsOnly,
        Fault::SweepsNothing,
        Fault::SweepsTooMuch,
        Fault::SweepsForever,
    ] {
        let store: Arc<dyn Store> = Arc::new(Faulty(MemoryStore::new(), fault));
        assert!(
            check_all(&store).await.is_err(),
            "{fault:?} was not noticed"
        );
    }
    let store: Arc<dyn Store> = Arc::new(Faulty(MemoryStore::new(), Fault::None));
    check_all(&store).await.unwrap();
}

/// Looking and then deleting is no take (CB-02): the checks with many callers find it.
#[tokio::test(flavor = "multi_thread")]
async fn a_race_is_found() {
    let store: Arc<dyn Store> = Arc::new(Faulty(MemoryStore::new(), Fault::IgnoresVersionOfDelete));
    assert!(take_once(&store).await.is_err());
    let store: Arc<dyn Store> = Arc::new(Faulty(MemoryStore::new(), Fault::AlwaysConflicts));
    assert!(increments_once_each(&store).await.is_err());
}
