//! When a session was last used. Requests do not write: a refresh writes it down with its tokens, and a
//! session that is used without one, for nothing but its name, is written down once a day.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Inner;
use super::live::Live;
use crate::store::{Commit, SessionRecord, StoreError, Stored};
use crate::types::Timestamp;

/// How old what is written down may become.
const PERIOD: Duration = Duration::from_hours(24);

/// When this process last tried to write it down.
#[derive(Debug, Default)]
pub(super) struct Use(AtomicU64);

impl Use {
    /// Of all who ask within a period, one is told to try.
    fn is_due(&self, now: Timestamp) -> bool {
        let (tried, relaxed) = (self.0.load(Ordering::Relaxed), Ordering::Relaxed);
        let due = tried == 0 || Timestamp(tried).until(now) >= PERIOD;
        let won = || {
            self.0
                .compare_exchange(tried, now.0, relaxed, relaxed)
                .is_ok()
        };
        due && won()
    }
}

impl Inner {
    /// The session is used now; nobody waits for this.
    pub(super) fn note_use(self: &Arc<Self>, live: &Arc<Live>, record: &SessionRecord) {
        let now = self.clock.now();
        if record.last_used().until(now) < PERIOD || !live.used.is_due(now) {
            return;
        }
        let (inner, live) = (self.clone(), live.clone());
        tokio::spawn(async move {
            if let Err(error) = inner.write_use(&live, now).await {
                tracing::debug!(%error, "the use of a session was not written down");
            }
        });
    }

    /// Not while its tokens are being renewed: that writes it down, too, and comes first.
    async fn write_use(&self, live: &Live, now: Timestamp) -> Result<(), StoreError> {
        let Ok(_turn) = live.turn.try_lock() else {
            return Ok(());
        };
        let current = live.current();
        let is_refreshing = |record: &SessionRecord| {
            let intent = record.refreshing;
            intent.is_some_and(|intent| intent.deadline > now)
        };
        if current.unsaved.is_some() || is_refreshing(&current.record) {
            return Ok(());
        }
        let mut record = current.record.clone();
        record.used_at = Some(now);
        let change = self.vault.put(&record, Some(current.version))?;
        if self.vault.commit(vec![change]).await? == Commit::Done {
            let version = current.version + 1;
            live.adopt(Stored { record, version });
        }
        Ok(())
    }
}
