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

/// Puts what is newly known in place of what was known before. A set that grew takes nothing away: where only what it
/// held before is `granted`, that goes on counting as the set.
pub(super) fn renew(known: &mut Vec<Expanded>, newer: Vec<Expanded>, granted: &str) {
    let granted = ScopeSet::parse_granted(granted).unwrap_or_default();
    let is_granted = |set: &Expanded| {
        let held = ScopeSet::parse_granted(&set.permissions).unwrap_or_default();
        granted.missing(&held).is_empty()
    };
    for new in newer {
        match known.iter_mut().find(|old| old.include == new.include) {
            Some(old) if is_granted(old) && !is_granted(&new) => {}
            Some(old) => *old = new,
            None => known.push(new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(include: &str, permissions: &str) -> Expanded {
        Expanded {
            include: include.into(),
            permissions: permissions.into(),
        }
    }

    /// SC-17: what a session has counts, not what the set came to hold since.
    #[test]
    fn a_set_that_grew_takes_nothing_away() {
        let (one, two) = ("repo:com.example.one", "repo:com.example.two");
        let both = format!("{one} {two}");
        let name = "include:com.example.all";
        for (was, is, granted, known) in [
            (one, &*both, one, one),
            (one, &both, &both, &both),
            (&both, one, &both, one),
            (&both, one, one, one),
            (one, two, "atproto", two),
        ] {
            let mut sets = vec![set("include:com.example.other", one), set(name, was)];
            renew(
                &mut sets,
                vec![set(name, is), set("include:com.example.new", two)],
                granted,
            );
            let expected = [
                set("include:com.example.other", one),
                set(name, known),
                set("include:com.example.new", two),
            ];
            assert_eq!(sets, expected, "{was} {is} {granted}");
        }
    }
}
