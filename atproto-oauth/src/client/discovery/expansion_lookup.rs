//! Looks up permission sets beside a sign-in or a refresh, which never wait long for them.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::Discovery;
use crate::client::policy::MAX_SETS;
use crate::scope::{Scope, ScopeSet};
use crate::store::Expanded;

/// Lookups in flight, one for each set. One that is not waited for any more goes on and fills the cache.
pub(crate) struct ExpansionLookup {
    discovery: Arc<Discovery>,
    lookups: Vec<(Scope, JoinHandle<Option<ScopeSet>>)>,
}

impl ExpansionLookup {
    /// Starts to look up the permission sets among `requested`; mostly there are none.
    pub(crate) fn start(discovery: &Arc<Discovery>, requested: &str) -> Self {
        let requested = ScopeSet::parse_granted(requested).unwrap_or_default();
        let includes = requested
            .scopes()
            .filter(|scope| scope.included().is_some());
        let lookup = |include: &Scope| {
            let (discovery, set) = (discovery.clone(), include.clone());
            let task = tokio::spawn(async move { discovery.look_up_expansion(&set).await });
            (include.clone(), task)
        };
        Self {
            discovery: discovery.clone(),
            lookups: includes.take(MAX_SETS).map(lookup).collect(),
        }
    }

    /// What the sets hold, as far as it is known within `wait`, or was known before.
    pub(crate) async fn within(self, wait: Duration) -> Vec<Expanded> {
        let (end, mut known) = (Instant::now() + wait, Vec::new());
        for (include, lookup) in self.lookups {
            let held = match timeout_at(end, lookup).await {
                Ok(done) => done.ok().flatten(),
                Err(_) => self.discovery.known_expansion(&include),
            };
            known.extend(held.map(|held| Expanded {
                include: include.as_str().into(),
                permissions: held.to_string().into(),
            }));
        }
        known
    }
}

/// Updates the stored expansions of permission sets with newer ones. An expansion stays as it was where all of its
/// scopes are `granted` and not all of the newer one: a set that grew takes no permission away.
pub(crate) fn update_expanded(known: &mut Vec<Expanded>, newer: Vec<Expanded>, granted: &str) {
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
            update_expanded(
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
