//! The grant of a session: requested and granted scopes, and the permission sets between the two.

use crate::scope::{Scope, ScopeSet};
use crate::store::SessionRecord;

/// The permissions of a session, read from its record.
pub(super) struct Grant {
    requested: ScopeSet,
    granted: ScopeSet,
    /// Each `include:` whose set was looked up, and what that held.
    expanded: Vec<(Scope, ScopeSet)>,
}

impl Grant {
    pub(super) fn of(record: &SessionRecord) -> Self {
        let read = |text: &str| ScopeSet::parse_granted(text).unwrap_or_default();
        let expanded = record.expanded.iter();
        let expanded = expanded.filter_map(|set| {
            let include = set.include.parse().ok()?;
            Some((include, ScopeSet::parse_granted(&set.permissions).ok()?))
        });
        Self {
            requested: read(&record.requested),
            granted: read(&record.granted),
            expanded: expanded.collect(),
        }
    }

    /// Whether the scope was both asked for and granted.
    pub(super) fn allows(&self, wanted: &Scope) -> bool {
        self.was_requested(wanted) && self.was_granted(wanted)
    }

    /// Whether the set was granted, or at least one scope of it that no other requested scope covers.
    pub(super) fn holds_some_of(&self, include: &Scope) -> bool {
        let others = self.requested.scopes().filter(|one| *one != include);
        let others: ScopeSet = others.cloned().collect();
        let is_of_the_set = |one: &Scope| self.granted.covers(one) && !others.covers(one);
        let known = self.expansion_of(include);
        self.was_granted(include) || known.is_some_and(|held| held.scopes().any(is_of_the_set))
    }

    /// What was asked for and not granted.
    pub(super) fn missing(&self) -> Vec<String> {
        let is_missing = |text: &&str| match text.parse::<Scope>() {
            Ok(scope) => !self.was_granted(&scope),
            Err(_) => !self.granted.contains(text),
        };
        let missing = self.requested.iter().filter(is_missing);
        missing.map(str::to_owned).collect()
    }

    /// Sets change, so what can come from a set that was asked for was asked for, too (AT Protocol Permissions:
    /// Permission Sets).
    fn was_requested(&self, wanted: &Scope) -> bool {
        let mut asked = self.requested.scopes();
        let is_part = |set: &Scope| can_come_from(set, &only(wanted));
        self.requested.covers(wanted) || (wanted.included().is_none() && asked.any(is_part))
    }

    fn was_granted(&self, wanted: &Scope) -> bool {
        if self.granted.covers(wanted) {
            return true;
        }
        match self.expansion_of(wanted) {
            Some(held) => held.scopes().all(|scope| self.granted.covers(scope)),
            None => can_come_from(wanted, &self.granted),
        }
    }

    /// What the set held when it was looked up, perhaps for a service that `include` does not name.
    fn expansion_of(&self, include: &Scope) -> Option<&ScopeSet> {
        let same = self.expanded.iter().find(|(set, _)| set == include);
        let more = || self.expanded.iter().find(|(set, _)| set.covers(include));
        same.or_else(more).map(|(_, held)| held)
    }
}

/// `set` is an `include:`, and some of `permissions` can come from what it names.
fn can_come_from(set: &Scope, permissions: &ScopeSet) -> bool {
    set.included().is_some() && permissions.missing(&only(set)).is_empty()
}

fn only(scope: &Scope) -> ScopeSet {
    ScopeSet::from_iter([scope.clone()])
}

#[cfg(test)]
mod tests;
