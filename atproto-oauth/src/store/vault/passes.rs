//! Passes over all rows, a step at a time: to look at them, and to seal them anew.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};

use super::open::{label, rolled_back};
use super::{Stored, Vault};
use crate::store::policy::{COUNT_STEP, RESEAL_ATTEMPTS, RESEAL_CONCURRENCY};
use crate::store::vault::rollback_guard::ReadStart;
use crate::store::{
    Change, ClientAuth, Commit, Kind, Record, Row, RowKey, Scan, SessionRecord, StoreError,
};

/// One step of [`Vault::scan`].
#[derive(Clone, Debug)]
pub struct Scanned<R> {
    /// In any order; one that changes during the pass may come twice.
    pub items: Vec<Stored<R>>,
    /// Rows that cannot be read.
    pub unreadable: usize,
    /// For the next step; `None` at the end.
    pub next: Option<String>,
}

/// What one step of a pass over the rows did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resealed {
    /// Rows of this client in the step.
    pub seen: usize,
    /// Rows that were sealed anew, under the first secret.
    pub resealed: usize,
    /// Rows in use, which were left out: sessions whose tokens are being refreshed, or rows that change all the time.
    /// Another pass finds them.
    pub busy: usize,
    /// Rows that a later version of this library wrote, under an older secret. Only that version can seal them
    /// anew.
    pub newer: usize,
    /// Rows that no secret opens. They are left as they are.
    pub unreadable: usize,
    /// For the next step; `None` at the end.
    pub next: Option<String>,
}

/// What became of one row.
enum Sealed {
    /// Nothing was to be done, or there is no such row any more.
    Fine,
    Anew,
    Busy,
    Newer,
    Unreadable,
}

enum Rewrite {
    To(Change),
    Not(Sealed),
}

/// Sessions by the client key they are pinned to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionCounts {
    /// How many there are, by the key's name; of `None` those of a public client.
    pub by_kid: BTreeMap<Option<String>, u64>,
    /// Sessions that cannot be read, whose key is not known here.
    pub unreadable: usize,
}

impl Vault {
    /// One step through all records of a kind, whatever their group: about `limit` of them. `None` starts;
    /// go on from [`Scanned::next`]. Rows that cannot be read are counted.
    ///
    /// A pass reads every row. It is for the background and for operators, never for a request.
    ///
    /// # Errors
    /// What the store says, also if it cannot be read through.
    pub async fn scan<R: Record>(
        &self,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Scanned<R>, StoreError> {
        let start = self.0.rollback_guard.read_start();
        let scanned = self.0.store.scan(R::KIND, from, limit.max(1)).await;
        let Scan { rows, next } = self.0.availability.record(scanned)?;
        let mut step = Scanned {
            items: Vec::new(),
            unreadable: 0,
            next,
        };
        for (key, row) in self.own(rows) {
            let opened = self.0.sealer.open(label(&key, &row), &row.value);
            let current = self.0.rollback_guard.check(&key, row.version, start);
            match opened.and_then(|plain| self.parse(&key, &row, &plain)) {
                Ok(stored) if current => step.items.push(stored),
                _ => step.unreadable += 1,
            }
        }
        Ok(step)
    }

    /// How many sessions there are of each client key.
    ///
    /// It reads every session, a few hundred at a time, so it takes as long as there are many. Sessions
    /// that begin or end meanwhile may be counted or not.
    ///
    /// # Errors
    /// As [`scan`](Self::scan).
    pub async fn sessions_by_kid(&self) -> Result<SessionCounts, StoreError> {
        let (mut count, mut from) = (SessionCounts::default(), None::<String>);
        loop {
            let step = self
                .scan::<SessionRecord>(from.as_deref(), COUNT_STEP)
                .await?;
            for session in step.items {
                let kid = match session.record.auth {
                    ClientAuth::None => None,
                    ClientAuth::PrivateKeyJwt { kid, .. } => Some(kid),
                };
                *count.by_kid.entry(kid).or_default() += 1;
            }
            count.unreadable += step.unreadable;
            match step.next {
                Some(next) => from = Some(next),
                None => return Ok(count),
            }
            // A store in this process answers at once; other tasks want their turn.
            tokio::task::yield_now().await;
        }
    }

    /// One step of a pass that seals every row with the first secret: about `limit` rows. `None` starts;
    /// go on from [`Resealed::next`], which may be kept and used by another process.
    ///
    /// Running processes do not notice: a row is written only in place of the version that was read, and
    /// a session whose refresh token is on its way is left for the next pass. Before, every process has to
    /// have both secrets, the new one first. After a pass without [`busy`](Resealed::busy) and
    /// [`newer`](Resealed::newer) rows the old one can go: what cannot be read now could not be read before.
    ///
    /// # Errors
    /// As [`scan`](Self::scan). The same step can be done again.
    pub async fn reseal(&self, from: Option<&str>, limit: usize) -> Result<Resealed, StoreError> {
        let (kind, place) = kind_and_place(from)?;
        let start = self.0.rollback_guard.read_start();
        let scanned = self.0.store.scan(kind, place, limit.max(1)).await;
        let Scan { rows, next } = self.0.availability.record(scanned)?;
        let next = match next {
            Some(place) => Some(format!("{}:{place}", kind.tag())),
            None => after(kind).map(|kind| format!("{}:", kind.tag())),
        };
        let mut step = Resealed {
            next,
            ..Resealed::default()
        };
        let all = stream::iter(self.own(rows)).map(|(key, row)| self.reseal_row(key, row, start));
        let mut all = all.buffer_unordered(RESEAL_CONCURRENCY);
        while let Some(sealed) = all.next().await {
            step.seen += 1;
            match sealed? {
                Sealed::Fine => {}
                Sealed::Anew => step.resealed += 1,
                Sealed::Busy => step.busy += 1,
                Sealed::Newer => step.newer += 1,
                Sealed::Unreadable => step.unreadable += 1,
            }
        }
        Ok(step)
    }

    async fn reseal_row(
        &self,
        key: RowKey,
        mut row: Row,
        mut start: ReadStart,
    ) -> Result<Sealed, StoreError> {
        for _ in 0..RESEAL_ATTEMPTS {
            if self.0.sealer.is_newest(&row.value) {
                return Ok(Sealed::Fine);
            }
            match self.sealed_anew(&key, &row, start) {
                Ok(Rewrite::Not(why)) => return Ok(why),
                Ok(Rewrite::To(change)) => match self.rewrite(change).await? {
                    Commit::Done => return Ok(Sealed::Anew),
                    Commit::Conflict(_) => {}
                },
                Err(error) if error.is_unreadable() => return Ok(Sealed::Unreadable),
                Err(error) => return Err(error),
            }
            // Another process wrote it meanwhile, mostly with the newest secret.
            start = self.0.rollback_guard.read_start();
            let newer = self.0.store.get(&key).await;
            match self.0.availability.record(newer)? {
                Some(newer) if !newer.is_expired(self.now()) => row = newer,
                _ => return Ok(Sealed::Fine),
            }
        }
        Ok(Sealed::Busy)
    }

    /// Commits the change without recording its version in the rollback guard, as
    /// [`RollbackGuard::check`](crate::store::vault::rollback_guard::RollbackGuard::check) does.
    async fn rewrite(&self, change: Change) -> Result<Commit, StoreError> {
        let done = self.0.store.commit(vec![change]).await;
        self.0.availability.record(done)
    }

    /// The same bytes under the first secret, as the next version, if they may change now.
    fn sealed_anew(
        &self,
        key: &RowKey,
        row: &Row,
        start: ReadStart,
    ) -> Result<Rewrite, StoreError> {
        let plain = self.0.sealer.open(label(key, row), &row.value)?;
        // An old version must not become a new one.
        if !self.0.rollback_guard.check(key, row.version, start) {
            return Err(rolled_back());
        }
        if key.kind == Kind::Session {
            let session = match self.parse::<SessionRecord>(key, row, &plain) {
                Ok(stored) => stored.record,
                Err(error) if error.is_unknown() => return Ok(Rewrite::Not(Sealed::Newer)),
                Err(error) => return Err(error),
            };
            let now = self.now();
            if session.refreshing.is_some_and(|one| one.deadline > now) {
                return Ok(Rewrite::Not(Sealed::Busy));
            }
        }
        let mut next = Row {
            version: row.version.saturating_add(1),
            ..row.clone()
        };
        next.value = self.0.sealer.seal(label(key, &next), &plain)?;
        Ok(Rewrite::To(Change::Put(key.clone(), next)))
    }

    /// Keeps the rows of this client that have not expired.
    fn own(&self, mut rows: Vec<(RowKey, Row)>) -> Vec<(RowKey, Row)> {
        let now = self.now();
        rows.retain(|(key, row)| self.own_id(&key.id).is_some() && !row.is_expired(now));
        rows
    }
}

/// Where a step starts: a kind and a place of the store in it.
fn kind_and_place(from: Option<&str>) -> Result<(Kind, Option<&str>), StoreError> {
    let Some(from) = from else {
        return Ok((Kind::Session, None));
    };
    let known = from.split_once(':').and_then(|(tag, place)| {
        let of_tag = |kind: &&Kind| kind.tag().to_string() == tag;
        let kind = Kind::ALL.iter().find(of_tag)?;
        Some((*kind, Some(place).filter(|place| !place.is_empty())))
    });
    known.ok_or_else(|| {
        StoreError::failed("this is no place to go on from; start at the beginning, without one")
    })
}

/// The kind after `kind`.
fn after(kind: Kind) -> Option<Kind> {
    let place = Kind::ALL.iter().position(|one| *one == kind)?;
    Kind::ALL.get(place + 1).copied()
}
