//! Refresh: one request at a time per session, a lease before sending, tokens written before use.
//!
//! A refresh token is good for one use. So before it is sent, the row gets a lease: which process sends it, and until
//! when an answer may come. A process that finds the lease of another one waits for its end and reads the row again
//! before it tries. Only `invalid_grant` to such a try, with nothing newer in the row, ends a session.

pub(super) mod backoff;
mod expiry;
mod persist;
mod token_request;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::revoker::Revoker;
use super::sessions::Sessions;
use super::state::{SessionState, Snapshot};
use crate::client::discovery::Discovery;
use crate::client::in_flight::InFlight;
use crate::client::policy::{
    FUTILE_REFRESH_PAUSE, LEASE_POLL, MAX_LEASE_POLL, OUTAGE_REFRESH_DELAY, REFRESH_LEASE,
    REFRESH_WAIT,
};
use crate::client::server::context::RequestContext;
use crate::error::Error;
use crate::store::RefreshLease;
pub(crate) use expiry::session_end;
use expiry::{has_life, is_expired, is_expiring, is_over};

/// Refreshes the tokens of sessions.
pub(crate) struct Refresher {
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) discovery: Arc<Discovery>,
    pub(crate) context: Arc<RequestContext>,
    pub(crate) revoker: Arc<Revoker>,
    pub(crate) in_flight: InFlight,
    /// How long a token is used before an early refresh.
    pub(crate) min_interval: Duration,
}

impl Refresher {
    /// The session with a usable token: refreshed if it is about to expire, or if it is the one that a server has just
    /// `rejected`.
    pub(crate) async fn usable(
        self: &Arc<Self>,
        state: &Arc<SessionState>,
        rejected: Option<&Arc<Snapshot>>,
    ) -> Result<Arc<Snapshot>, Error> {
        self.sessions.keys.sync().await;
        state.check()?;
        let current = state.current();
        if !self.is_stale(&current, rejected) {
            return Ok(current);
        }
        // In a task of its own: a caller that goes away must not leave a spent token behind.
        let (refresher, shared, forced) = (self.clone(), state.clone(), rejected.is_some());
        let task = tokio::spawn(async move { refresher.refresh(&shared, current, forced).await });
        let result = task.await.unwrap_or_else(|error| {
            Err(
                Error::temporarily_unavailable("the refresh was interrupted; try again")
                    .with_source(error),
            )
        });
        match result {
            Err(error) if !error.needs_login() && !forced => {
                // An early refresh failed: the old token is used until it expires.
                let current = state.current();
                if is_over(&current.record, self.sessions.now()) {
                    Err(error)
                } else {
                    Ok(current)
                }
            }
            other => other,
        }
    }

    fn is_stale(&self, current: &Snapshot, rejected: Option<&Arc<Snapshot>>) -> bool {
        let (record, now) = (&current.record, self.sessions.now());
        let can_refresh = record.refresh_token.is_some();
        match rejected {
            // Not if it was refreshed meanwhile.
            Some(old) => can_refresh && current.same_token(old),
            None if can_refresh => {
                let rested = now >= record.refreshed_at.plus(self.min_interval);
                is_expiring(record, now) && (rested || is_expired(record, now) && has_life(record))
            }
            None => is_expired(record, now),
        }
    }

    /// Whether another refresh would not help: the last one also replaced a rejected token, and the PDS has accepted
    /// none since.
    fn is_futile(&self, state: &SessionState, current: &Snapshot) -> bool {
        let was_forced = state.was_forced.load(Ordering::Relaxed);
        let recent = self.sessions.now() < current.record.refreshed_at.plus(FUTILE_REFRESH_PAUSE);
        was_forced && !current.was_accepted() && recent
    }

    /// Waits for its turn, then reads the row again before it sends anything (AT Protocol OAuth: Tokens and Session
    /// Lifetime).
    async fn refresh(
        self: &Arc<Self>,
        state: &Arc<SessionState>,
        mut old: Arc<Snapshot>,
        mut forced: bool,
    ) -> Result<Arc<Snapshot>, Error> {
        let mut budget = WaitBudget::new();
        let turn = timeout_at(budget.limit, state.refresh_turn.lock()).await;
        let mut backoff = turn.map_err(|_| later(None))?;
        loop {
            state.check()?;
            let (current, now) = (state.current(), self.sessions.now());
            if !current.same_token(&old) {
                // A token that is only about to expire will do.
                if !is_over(&current.record, now) || !self.is_stale(&current, None) {
                    return Ok(current);
                }
                // Refreshed, and expired again by now.
                (old, forced) = (current, false);
                continue;
            }
            let left = backoff.remaining(now);
            if left.is_some() && !forced && !is_over(&current.record, now) {
                return Err(later(left));
            }
            let current = if current.unsaved.is_some() {
                self.save_again(state).await?
            } else {
                self.sessions.reload(state).await?
            };
            // Another process may have refreshed it.
            if !current.same_token(&old) {
                backoff.reset();
                continue;
            }
            if left.is_some() || budget.is_over() {
                return Err(later(left));
            }
            if let Some(lease) = current.record.refreshing
                && (lease.deadline > now
                    || self.sessions.vault.recovered_within(OUTAGE_REFRESH_DELAY))
                && budget.is_left(&lease)
            {
                if !forced && !is_over(&current.record, now) {
                    return Err(later(Some(now.until(lease.deadline).max(LEASE_POLL))));
                }
                budget.wait().await;
                continue;
            }
            if forced && self.is_futile(state, &current) {
                return Ok(current);
            }
            let Some(_in_flight) = self.in_flight.try_begin() else {
                return Err(later(None));
            };
            match self.send(state, &current, forced).await {
                Ok(Some(current)) => {
                    backoff.reset();
                    return Ok(current);
                }
                // Another process was quicker.
                Ok(None) => budget.wait().await,
                Err(error) => {
                    if !error.needs_login() {
                        backoff.record_failure(self.sessions.now(), error.retry_after());
                    }
                    return Err(error);
                }
            }
        }
    }
}

/// How long to wait for refreshes in other processes: each is over in a moment, or at the end of its lease, whatever
/// the clocks say.
struct WaitBudget {
    /// The end of all waiting.
    limit: Instant,
    holder: Option<[u8; 16]>,
    end: Instant,
    poll: Duration,
}

impl WaitBudget {
    fn new() -> Self {
        Self {
            limit: Instant::now() + REFRESH_WAIT,
            holder: None,
            end: Instant::now() + REFRESH_LEASE,
            poll: LEASE_POLL,
        }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.limit
    }

    fn is_left(&mut self, lease: &RefreshLease) -> bool {
        if self.holder != Some(lease.holder) {
            self.holder = Some(lease.holder);
            self.end = Instant::now() + REFRESH_LEASE;
        }
        Instant::now() < self.end
    }

    async fn wait(&mut self) {
        tokio::time::sleep(self.poll).await;
        self.poll = MAX_LEASE_POLL.min(self.poll * 2);
    }
}

fn later(wait: Option<Duration>) -> Error {
    Error::temporarily_unavailable("the session cannot be refreshed now; try again in a moment")
        .with_retry_after(wait)
}

#[cfg(test)]
mod tests;
