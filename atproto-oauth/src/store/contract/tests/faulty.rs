//! A store in memory that does one thing wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::types::BoxFuture;

use crate::store::{Change, Commit, Kind, MemoryStore, Row, RowKey, Scan, Store, StoreError};
use crate::types::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    None,
    CutsValues,
    ForgetsGroups,
    ForgetsExpiry,
    IgnoresVersionOfDelete,
    AppliesOneByOne,
    NamesTheWrongChange,
    AlwaysConflicts,
    AlwaysDone,
    HidesErrors,
    RemembersReads,
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
pub(super) struct Faulty(
    Arc<MemoryStore>,
    Fault,
    Mutex<HashMap<RowKey, Option<Row>>>,
    // Two commits in step would hide each other's halves.
    tokio::sync::Mutex<()>,
);

impl Faulty {
    pub(super) fn new(fault: Fault) -> Self {
        Self::over(Arc::default(), fault)
    }

    pub(super) fn over(rows: Arc<MemoryStore>, fault: Fault) -> Self {
        Self(rows, fault, Mutex::default(), tokio::sync::Mutex::default())
    }
}

impl Store for Faulty {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        let (found, key) = (self.0.get(key), key.clone());
        Box::pin(async move {
            let mut found = found.await?;
            if self.1 == Fault::RemembersReads {
                found = self.2.lock().unwrap().entry(key).or_insert(found).clone();
            }
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
                    let _alone = self.3.lock().await;
                    for (index, change) in changes.into_iter().enumerate() {
                        if self.0.commit(vec![change]).await? != Commit::Done {
                            return Ok(Commit::Conflict(index));
                        }
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    Ok(Commit::Done)
                }
                Fault::NamesTheWrongChange => Ok(match self.0.commit(changes).await? {
                    Commit::Conflict(_) => Commit::Conflict(0),
                    Commit::Done => Commit::Done,
                }),
                Fault::AlwaysConflicts => Ok(Commit::Conflict(0)),
                Fault::AlwaysDone => self.0.commit(changes).await.map(|_| Commit::Done),
                Fault::HidesErrors => self.0.commit(changes).await.or(Ok(Commit::Conflict(0))),
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
        true
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
