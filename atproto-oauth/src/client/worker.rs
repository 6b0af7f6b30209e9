//! What a client does in the background, for as long as it lives.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::Inner;
use crate::Error;
use crate::store::{Commit, RevocationRecord, StoreError, Stored};
use crate::types::Timestamp;

/// How often the queue is looked at, and expired rows are swept.
const PERIOD: Duration = Duration::from_mins(1);

/// The store is asked about the keys as often as [`store_staleness`](crate::OAuthClientBuilder::store_staleness)
/// says, but no more often than this when nobody needs it.
const OFTEN: Duration = Duration::from_secs(1);

/// Sessions of the queue that are read at a time.
const PAGE: usize = 100;

/// Sessions that are revoked at the same time. One server that does not answer must not hold up the
/// others.
const AT_ONCE: usize = 16;

/// How long one look at the queue may take.
const PASS: Duration = Duration::from_mins(5);

/// When an entry has waited for so long, the log says so.
const LONG: Duration = Duration::from_hours(1);

/// Rows that are swept at a time.
const SWEEP: usize = 10_000;

impl Inner {
    /// Works the queue, sweeps and looks after the client's keys, now and every minute; apart from each
    /// other, as the queue waits for servers.
    pub(super) fn start_worker(self: &Arc<Self>) {
        every(PERIOD, self, |inner: Arc<Inner>| async move {
            match tokio::time::timeout(PASS, inner.work_queue()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the revocation queue was not worked"),
                Err(_) => tracing::warn!("the revocation queue is long; going on later"),
            }
        });
        every(PERIOD, self, |inner: Arc<Inner>| async move {
            if let Err(error) = inner.sweep().await {
                tracing::warn!(%error, "expired rows were not swept");
            }
        });
        every(PERIOD, self, |inner: Arc<Inner>| async move {
            if let Err(error) = inner.look_after_keys().await {
                tracing::warn!(%error, "the client's keys were not looked after");
            }
        });
        if let Some(staleness) = self.staleness.filter(|_| !self.identity.keys.is_empty()) {
            let often = staleness.clamp(OFTEN, PERIOD);
            every(often, self, |inner: Arc<Inner>| async move {
                inner.hear_of_keys().await;
            });
        }
    }

    /// Deletes what has expired, all of it.
    async fn sweep(&self) -> Result<(), StoreError> {
        while self.vault.sweep(SWEEP).await? >= SWEEP {}
        Ok(())
    }

    /// Tries what is due, and what this process has the key for: another one may have it (CA-06).
    async fn work_queue(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let (mut after, mut waiting) = (None::<String>, Waiting::default());
        loop {
            let (queue, from) = (RevocationRecord::QUEUE, after.as_deref());
            let page = self
                .vault
                .list::<RevocationRecord>(queue, from, PAGE)
                .await?;
            page.items.iter().for_each(|one| waiting.add(&one.record));
            let can = |one: &Stored<RevocationRecord>| {
                one.record.next_at <= now && self.client_key(&one.record.auth).is_ok()
            };
            let due = page.items.into_iter().filter(can);
            stream::iter(due)
                .for_each_concurrent(AT_ONCE, |one| async move {
                    if let Some((record, version)) = self.claim(one, now).await {
                        self.work_revocation(record, Some(version)).await;
                    }
                })
                .await;
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        waiting.report(now);
        Ok(())
    }

    /// Moves the entry's next date, so that of several processes one tries it.
    async fn claim(
        &self,
        stored: Stored<RevocationRecord>,
        now: Timestamp,
    ) -> Option<(RevocationRecord, u64)> {
        let mut record = stored.record;
        record.attempts = record.attempts.saturating_add(1);
        let wait = PERIOD * 2_u32.saturating_pow(record.attempts.min(8));
        record.next_at = now.plus(wait);
        let change = self.vault.put(&record, Some(stored.version)).ok()?;
        match self.vault.commit(vec![change]).await {
            Ok(Commit::Done) => Some((record, stored.version + 1)),
            Ok(Commit::Conflict(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "a revocation was not tried");
                None
            }
        }
    }
}

/// The entries of the queue.
#[derive(Default)]
struct Waiting {
    count: usize,
    oldest: Option<Timestamp>,
}

impl Waiting {
    fn add(&mut self, record: &RevocationRecord) {
        let oldest = self.oldest.get_or_insert(record.created_at);
        *oldest = (*oldest).min(record.created_at);
        self.count += 1;
    }

    /// Servers that are down for a moment are nothing to speak of.
    fn report(&self, now: Timestamp) {
        let waited = self.oldest.map(|oldest| oldest.until(now));
        if let Some(waited) = waited.filter(|waited| *waited >= LONG) {
            tracing::warn!(
                waiting = self.count,
                oldest_secs = waited.as_secs(),
                "sessions that were signed out wait for their servers"
            );
        }
    }
}

/// Does `work` now and once in each `period`, for as long as the client lives.
fn every<F>(period: Duration, inner: &Arc<Inner>, work: impl Fn(Arc<Inner>) -> F + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    let weak = Arc::downgrade(inner);
    tokio::spawn(async move {
        let mut period = tokio::time::interval(period);
        period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            period.tick().await;
            let Some(inner) = Weak::upgrade(&weak) else {
                return;
            };
            work(inner).await;
        }
    });
}
