//! The revocation queue: sessions that were signed out and wait to be revoked at their servers.

use futures_util::{StreamExt, stream};

use super::revoker::Revoker;
use crate::client::policy::{
    QUEUE_PAGE, QUEUE_WARN_AFTER, REVOKE_CONCURRENCY, REVOKE_DOUBLINGS, REVOKE_RETRY,
};
use crate::error::Error;
use crate::store::{Commit, RevocationRecord, Stored};
use crate::types::Timestamp;

impl Revoker {
    /// Tries the revocations that are due and whose client key this process has; another process may have the
    /// others.
    pub(crate) async fn work_queue(&self) -> Result<(), Error> {
        let now = self.sessions.now();
        let (mut after, mut waiting) = (None::<String>, Waiting::default());
        loop {
            let (queue, from) = (RevocationRecord::QUEUE, after.as_deref());
            let page = self
                .sessions
                .vault
                .list::<RevocationRecord>(queue, from, QUEUE_PAGE)
                .await?;
            page.items.iter().for_each(|one| waiting.add(&one.record));
            let can = |one: &Stored<RevocationRecord>| {
                one.record.next_at <= now && self.sessions.keys.client_key(&one.record.auth).is_ok()
            };
            let due = page.items.into_iter().filter(can);
            stream::iter(due)
                .for_each_concurrent(REVOKE_CONCURRENCY, |one| async move {
                    if let Some((record, version)) = self.claim(one, now).await {
                        self.revoke_entry(record, Some(version)).await;
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

    /// Moves the entry's next attempt, so that one of several processes makes it.
    async fn claim(
        &self,
        stored: Stored<RevocationRecord>,
        now: Timestamp,
    ) -> Option<(RevocationRecord, u64)> {
        let mut record = stored.record;
        record.attempts = record.attempts.saturating_add(1);
        let wait = REVOKE_RETRY * 2_u32.saturating_pow(record.attempts.min(REVOKE_DOUBLINGS));
        record.next_at = now.plus(wait);
        let change = self
            .sessions
            .vault
            .put(&record, Some(stored.version))
            .ok()?;
        match self.sessions.vault.commit(vec![change]).await {
            Ok(Commit::Done) => Some((record, stored.version + 1)),
            Ok(Commit::Conflict(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "a revocation was not tried");
                None
            }
        }
    }
}

/// The entries of the queue, for the log.
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

    /// Warns if the oldest entry has waited for long.
    fn report(&self, now: Timestamp) {
        let waited = self.oldest.map(|oldest| oldest.until(now));
        if let Some(waited) = waited.filter(|waited| *waited >= QUEUE_WARN_AFTER) {
            tracing::warn!(
                waiting = self.count,
                oldest_secs = waited.as_secs(),
                "sessions that were signed out wait for their servers"
            );
        }
    }
}
