//! What holds for all texts, said with public items only: `properties.rs` tries it on random ones in
//! every test run, and `fuzz/` on what a fuzzer finds.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use crate::scope::{DeclaredScopes, Scope, ScopeSet};

/// One text, whatever it is.
pub(crate) fn one(text: &str) {
    let Ok(scope) = text.parse::<Scope>() else {
        assert!(!DECLARED.covers(text), "{text:?}");
        return;
    };
    prints_what_was_parsed(text, &scope);
    canonical_is_stable(&scope);
    is_a_set_of_its_own(text, &scope);
    // What the compiler would say, and the program.
    let declared = ScopeSet::parse_granted(&DECLARED.all()).unwrap();
    assert_eq!(DECLARED.covers(text), declared.covers(&scope), "{text}");
}

const DECLARED: DeclaredScopes = DeclaredScopes::new(
    &["atproto", "transition:generic", "repo:*?action=create"],
    &["blob:image/*", "rpc:a.b.c?aud=*", "include:a.b.c"],
);

fn prints_what_was_parsed(text: &str, scope: &Scope) {
    assert_eq!(scope.as_str(), text);
    assert_eq!(scope.to_string(), text);
    assert_eq!(text.parse::<Scope>().unwrap(), *scope);
    let json = serde_json::to_string(scope).unwrap();
    assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    assert_eq!(serde_json::from_str::<Scope>(&json).unwrap(), *scope);
}

/// SC-13
fn canonical_is_stable(scope: &Scope) {
    let canonical: Scope = scope.canonical().parse().unwrap();
    assert_eq!(canonical.canonical(), scope.canonical());
    assert_eq!(canonical.as_str(), scope.canonical());
    assert_eq!(canonical, *scope);
    assert_eq!(canonical.cmp(scope), std::cmp::Ordering::Equal);
    assert_eq!(hash(&canonical), hash(scope));
    assert!(
        canonical.covers(scope) && scope.covers(&canonical),
        "{scope}"
    );
}

fn is_a_set_of_its_own(text: &str, scope: &Scope) {
    let set: ScopeSet = text.parse().unwrap();
    assert_eq!(set.len(), 1);
    assert!(set.contains(text) && set.covers(scope), "{text}");
    assert_eq!(set, ScopeSet::from_iter([scope.clone()]));
    assert!(!ScopeSet::default().covers(scope), "{text}");
}

/// One list, as a server might send it.
pub(crate) fn list(text: &str) {
    let strict = text.parse::<ScopeSet>();
    let Ok(set) = ScopeSet::parse_granted(text) else {
        assert!(strict.is_err(), "{text:?}");
        return;
    };
    let tokens: Vec<_> = text.split(' ').collect();
    assert!(set.iter().all(|one| tokens.contains(&one)), "{text}");
    assert!(set.scopes().all(|one| set.covers(one)), "{text}");
    let all_known = set.scopes().count() == set.len() && !set.is_empty();
    assert_eq!(strict.is_ok(), all_known, "{text}");

    let printed = set.to_string();
    let again = ScopeSet::parse_granted(&printed).unwrap();
    assert_eq!(again.to_string(), printed);
    assert_eq!(again, set);
    let json = serde_json::to_string(&set).unwrap();
    assert_eq!(
        serde_json::from_str::<ScopeSet>(&json).unwrap().to_string(),
        printed
    );
}

/// Three lists beside each other.
pub(crate) fn lists(a: &str, b: &str, c: &str) {
    let read = |text| ScopeSet::parse_granted(text).ok();
    let (Some(a), Some(b), Some(c)) = (read(a), read(b), read(c)) else {
        return;
    };
    let Some(both) = union(&a, &b) else { return };
    covers_grows(&a, &both, &c);
    covers_is_transitive(&a, &b, &c);
    missing_is_what_is_not_covered(&a, &b);
    difference_is_that_of_sets(&a, &b, &both);
}

fn covers_grows(a: &ScopeSet, more: &ScopeSet, c: &ScopeSet) {
    assert!(a.scopes().all(|one| more.covers(one)), "{a} | {more}");
    for wanted in c.scopes().filter(|wanted| a.covers(wanted)) {
        assert!(more.covers(wanted), "{a} | {more} | {wanted}");
    }
    // And alone never more than together.
    for wanted in c.scopes() {
        let alone = a.scopes().any(|held| held.covers(wanted));
        assert!(!alone || a.covers(wanted), "{a} | {wanted}");
    }
}

fn covers_is_transitive(a: &ScopeSet, b: &ScopeSet, c: &ScopeSet) {
    if b.scopes().all(|one| a.covers(one)) {
        for wanted in c.scopes().filter(|wanted| b.covers(wanted)) {
            assert!(a.covers(wanted), "{a} | {b} | {wanted}");
        }
    }
}

/// SC-16
fn missing_is_what_is_not_covered(held: &ScopeSet, requested: &ScopeSet) {
    let missing = held.missing(requested);
    assert!(requested.missing(requested).is_empty(), "{requested}");
    assert_eq!(ScopeSet::default().missing(requested), *requested);
    for one in missing.iter() {
        assert!(requested.contains(one), "{held} | {requested}");
    }
    for one in requested.scopes().filter(|one| held.covers(one)) {
        assert!(
            !missing.scopes().any(|other| other == one),
            "{held} | {one}"
        );
    }
    if let Some(all) = union(held, &missing) {
        assert!(all.missing(requested).is_empty(), "{held} | {requested}");
    }
}

fn difference_is_that_of_sets(a: &ScopeSet, b: &ScopeSet, both: &ScopeSet) {
    let none = ScopeSet::default();
    let only_a = a.difference(b);
    assert_eq!(a.difference(&none), *a);
    assert_eq!(a.difference(a), none);
    assert_eq!(none.difference(a), none);
    assert_eq!(only_a.difference(a), none);
    assert_eq!(only_a.difference(b), only_a);
    assert_eq!(both.difference(b), only_a);
    // What both have, from either side.
    assert_eq!(a.difference(&only_a), b.difference(&b.difference(a)));
    assert_eq!(a == b, only_a.is_empty() && b.difference(a).is_empty());
}

/// `None` where the two are too long together.
fn union(a: &ScopeSet, b: &ScopeSet) -> Option<ScopeSet> {
    let texts: Vec<_> = a.iter().chain(b.iter()).collect();
    ScopeSet::parse_granted(&texts.join(" ")).ok()
}

fn hash(scope: &Scope) -> u64 {
    let mut hasher = DefaultHasher::new();
    scope.hash(&mut hasher);
    hasher.finish()
}
