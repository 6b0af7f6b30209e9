//! Which permissions to ask for, so that nothing is lost and nothing is asked for in vain.

use crate::scope::{DeclaredScopes, Scope, ScopeSet};

const CHAT: &str = "transition:chat.bsky";
const GENERIC: &str = "transition:generic";

/// The declared permissions to ask for: those that are granted already, and for what is missing the
/// narrowest that covers it, or several where only several do. A permission set stays if the session
/// `holds_some_of` it.
pub(super) fn literals(
    declared: DeclaredScopes,
    requested: &ScopeSet,
    granted: &ScopeSet,
    holds_some_of: impl Fn(&Scope) -> bool,
    missing: &[&str],
) -> String {
    let all = [declared.scopes(), declared.optional()].concat();
    let is_granted = |literal: &str| {
        let permission = parsed(literal).filter(|_| requested.contains(literal));
        permission.is_some_and(|one| match one.included() {
            Some(_) => holds_some_of(&one),
            None => granted.covers(&one),
        })
    };
    let mut list: Vec<&str> = all
        .iter()
        .copied()
        .filter(|literal| *literal == "atproto" || is_granted(literal))
        .collect();
    // What was granted in part, or asked for in other words by an application that declared others then.
    let kept = granted.scopes().filter(|one| requested.covers(one));
    for need in kept.map(Scope::as_str).chain(missing.iter().copied()) {
        add(&mut list, &all, need);
    }
    if list.contains(&CHAT) {
        list.push(GENERIC);
    }
    let chosen = |literal: &&str| list.contains(literal);
    let in_order: Vec<&str> = all.iter().copied().filter(chosen).collect();
    in_order.join(" ")
}

/// All that is missing was asked for, so asking again by itself would be a circle.
pub(super) fn was_asked(requested: &ScopeSet, missing: &[&str]) -> bool {
    missing.iter().all(|permission| {
        requested.contains(permission)
            || parsed(permission).is_some_and(|permission| requested.covers(&permission))
    })
}

/// Adds what covers `need`, unless it is covered.
fn add<'a>(list: &mut Vec<&'a str>, declared: &[&'a str], need: &str) {
    let Some(wanted) = parsed(need) else {
        return;
    };
    if list.contains(&need) || set(list).covers(&wanted) {
        return;
    }
    let covering = declared.iter().copied().filter_map(|literal| {
        let scope = parsed(literal)?;
        (literal == need || scope.covers(&wanted)).then_some((literal, scope))
    });
    let narrower = |best: (&'a str, Scope), next: (&'a str, Scope)| {
        let is_narrower = best.1.covers(&next.1) && !next.1.covers(&best.1);
        if is_narrower { next } else { best }
    };
    if let Some((literal, _)) = covering.reduce(narrower) {
        list.push(literal);
        return;
    }
    let before = list.len();
    for literal in declared {
        if parsed(literal).is_some_and(|more| set(list).gains(&wanted, &more)) {
            list.push(literal);
        }
    }
    // A later one may have made an earlier one needless.
    let mut n = before;
    while n < list.len() {
        let one = list.remove(n);
        if !set(list).covers(&wanted) {
            list.insert(n, one);
            n += 1;
        }
    }
}

fn parsed(text: &str) -> Option<Scope> {
    text.parse().ok()
}

fn set(literals: &[&str]) -> ScopeSet {
    literals.iter().filter_map(|text| parsed(text)).collect()
}

#[cfg(test)]
mod tests;
