//! Renewing tokens: one request at a time per session, intent before sending, written before use.
//!
//! A refresh token is good for one use. So before it is spent, the row says that somebody is about to
//! spend it and until when an answer may come; whoever finds such an intent waits it out and reads the
//! row again before trying. Only `invalid_grant` to such a try, with nothing newer in the row, ends a
//! session.

mod keep;
mod rest;
mod spend;
mod timing;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Inner;
use super::live::{Current, Live};
use crate::store::Intent;
use crate::{Error, ErrorKind};
pub(super) use rest::Rest;
pub(super) use timing::session_end;
use timing::{has_life, is_expired, is_expiring, is_over};

/// How long a refresh request may take, with every repetition; shorter than its lease.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long nobody else may try. What is left after the deadline is for writing the answer down, and for clocks
/// that differ.
const LEASE: Duration = Duration::from_secs(20);
const _: () = assert!(DEADLINE.as_secs() + 10 <= LEASE.as_secs());

/// A store that was away may be about to hear the answer to a refresh from whoever could not write it. The next
/// try waits so long for that, which is a few times as long as they pause between their tries.
const RETURNED: Duration = Duration::from_secs(5);

/// A server that rejects even the tokens it has just issued is not asked for more of them before this
/// time is over (TK-14).
const FLOOR: Duration = Duration::from_mins(1);

/// Nor are tokens that expire as soon as they are issued, nor before they are over, unless somebody says
/// otherwise.
pub(super) const PAUSE: Duration = Duration::from_secs(5);

/// The first and the longest wait between two looks at a row that somebody else is renewing.
const LOOK: Duration = Duration::from_millis(50);
const MAX_LOOK: Duration = Duration::from_millis(250);

/// How long a request waits for others, here and elsewhere, however many there are one after the other.
const PATIENCE: Duration = Duration::from_secs(45);

impl Inner {
    /// The session with a token that is good to use: renewed if it is about to expire, or if it is the
    /// one that a server has just `rejected`.
    pub(crate) async fn usable(
        self: &Arc<Self>,
        live: &Arc<Live>,
        rejected: Option<&Arc<Current>>,
    ) -> Result<Arc<Current>, Error> {
        self.hear_of_keys().await;
        live.check()?;
        let current = live.current();
        if !self.is_stale(&current, rejected) {
            return Ok(current);
        }
        // In a task of its own: a caller that goes away must not leave a spent token behind.
        let (inner, shared, forced) = (self.clone(), live.clone(), rejected.is_some());
        let task = tokio::spawn(async move { inner.refresh(&shared, current, forced).await });
        let result = task.await.unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::TemporarilyUnavailable,
                "the refresh broke; try again",
            )
            .with_source(error))
        });
        match result {
            Err(error) if !error.needs_login() && !forced => {
                // It was early; what is there may still do.
                let current = live.current();
                if is_over(&current.record, self.clock.now()) {
                    Err(error)
                } else {
                    Ok(current)
                }
            }
            other => other,
        }
    }

    fn is_stale(&self, current: &Current, rejected: Option<&Arc<Current>>) -> bool {
        let (record, now) = (&current.record, self.clock.now());
        let renewable = record.refresh_token.is_some();
        match rejected {
            // Renewed meanwhile.
            Some(old) => renewable && current.same_token(old),
            None if renewable => {
                let rested = now >= record.refreshed_at.plus(self.min_refresh_interval);
                is_expiring(record, now) && (rested || is_expired(record, now) && has_life(record))
            }
            None => is_expired(record, now),
        }
    }

    /// Renewing a rejected token does not help: the one before was renewed for that, too (TK-14).
    fn is_futile(&self, live: &Live, current: &Current) -> bool {
        let was_forced = live.was_forced.load(Ordering::Relaxed);
        let recent = self.clock.now() < current.record.refreshed_at.plus(FLOOR);
        was_forced && !current.was_accepted() && recent
    }

    /// Takes its turn, then looks again before it does anything (TK-02, TK-03).
    async fn refresh(
        self: &Arc<Self>,
        live: &Arc<Live>,
        mut old: Arc<Current>,
        mut forced: bool,
    ) -> Result<Arc<Current>, Error> {
        let mut patience = Patience::new();
        let turn = timeout_at(patience.limit, live.turn.lock()).await;
        let mut rest = turn.map_err(|_| later(None))?;
        loop {
            live.check()?;
            let (current, now) = (live.current(), self.clock.now());
            if !current.same_token(&old) {
                // One that is only about to expire will do.
                if !is_over(&current.record, now) || !self.is_stale(&current, None) {
                    return Ok(current);
                }
                // Renewed, and over again by now.
                (old, forced) = (current, false);
                continue;
            }
            let left = rest.left(now);
            if left.is_some() && !forced && !is_over(&current.record, now) {
                return Err(later(left));
            }
            let current = if current.unsaved.is_some() {
                self.save_again(live).await?
            } else {
                self.look_again(live).await?
            };
            // Another process may have had more luck.
            if !current.same_token(&old) {
                rest.end();
                continue;
            }
            if left.is_some() || patience.is_over() {
                return Err(later(left));
            }
            if let Some(intent) = current.record.refreshing
                && (intent.deadline > now || self.vault.recovered_within(RETURNED))
                && patience.is_left(&intent)
            {
                if !forced && !is_over(&current.record, now) {
                    return Err(later(Some(now.until(intent.deadline).max(LOOK))));
                }
                patience.wait().await;
                continue;
            }
            if forced && self.is_futile(live, &current) {
                return Ok(current);
            }
            let Some(_going_on) = self.work.begin() else {
                return Err(later(None));
            };
            match self.spend(live, &current, forced).await {
                Ok(Some(current)) => {
                    rest.end();
                    return Ok(current);
                }
                // Somebody else was quicker.
                Ok(None) => patience.wait().await,
                Err(error) => {
                    if !error.needs_login() {
                        rest.begin(self.clock.now(), error.retry_after());
                    }
                    return Err(error);
                }
            }
        }
    }
}

/// Waiting for somebody else's refresh, in another process: it is over in a moment, or at the end of
/// its lease, whatever the clocks say.
struct Patience {
    /// Of all that is waited for.
    limit: Instant,
    holder: Option<[u8; 16]>,
    end: Instant,
    look: Duration,
}

impl Patience {
    fn new() -> Self {
        Self {
            limit: Instant::now() + PATIENCE,
            holder: None,
            end: Instant::now() + LEASE,
            look: LOOK,
        }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.limit
    }

    fn is_left(&mut self, intent: &Intent) -> bool {
        if self.holder != Some(intent.holder) {
            self.holder = Some(intent.holder);
            self.end = Instant::now() + LEASE;
        }
        Instant::now() < self.end
    }

    async fn wait(&mut self) {
        tokio::time::sleep(self.look).await;
        self.look = MAX_LOOK.min(self.look * 2);
    }
}

fn later(wait: Option<Duration>) -> Error {
    Error::new(
        ErrorKind::TemporarilyUnavailable,
        "the session cannot be renewed now; try again in a moment",
    )
    .with_retry_after(wait)
}

#[cfg(test)]
mod tests;
