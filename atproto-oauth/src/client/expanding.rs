//! Permission sets are looked up beside a sign-in or a refresh, which never wait long for them.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::Inner;
use super::permission_sets::MAX_SETS;
use crate::scope::{Scope, ScopeSet};
use crate::store::Expanded;

/// How long a sign-in waits for sets after everything else is done.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// The look-ups that are under way, one for each set. One that nobody waits for any more goes on, for
/// the next who asks.
pub(super) struct Expanding {
    inner: Arc<Inner>,
    look_ups: Vec<(Scope, JoinHandle<Option<ScopeSet>>)>,
}

impl Expanding {
    /// Starts to look up the permission sets among `requested`; mostly there are none.
    pub(super) fn start(inner: &Arc<Inner>, requested: &str) -> Self {
        let requested = ScopeSet::parse_granted(requested).unwrap_or_default();
        let includes = requested
            .scopes()
            .filter(|scope| scope.included().is_some());
        let look_up = |include: &Scope| {
            let (inner, set) = (inner.clone(), include.clone());
            let task = tokio::spawn(async move { inner.look_up_expansion(&set).await });
            (include.clone(), task)
        };
        Self {
            inner: inner.clone(),
            look_ups: includes.take(MAX_SETS).map(look_up).collect(),
        }
    }

    /// What the sets hold, as far as it is known within `patience`, or was known before.
    pub(super) async fn within(self, patience: Duration) -> Vec<Expanded> {
        let (end, mut known) = (Instant::now() + patience, Vec::new());
        for (include, look_up) in self.look_ups {
            let held = match timeout_at(end, look_up).await {
                Ok(done) => done.ok().flatten(),
                Err(_) => self.inner.known_expansion(&include),
            };
            known.extend(held.map(|held| Expanded {
                include: include.as_str().into(),
                permissions: held.to_string().into(),
            }));
        }
        known
    }
}

/// Puts what is newly known in place of what was known before.
pub(super) fn renew(known: &mut Vec<Expanded>, newer: Vec<Expanded>) {
    known.retain(|old| newer.iter().all(|new| new.include != old.include));
    known.extend(newer);
}
