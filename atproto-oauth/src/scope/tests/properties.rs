//! What holds for all texts. A failing case prints its seed and is kept by `proptest`.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::permission::Permission;
use super::super::{DeclaredScopes, Scope, ScopeSet};
use super::model::{Meant, allowed, meant, spell};
use super::scope;

fn spelled() -> impl Strategy<Value = (Meant, String)> {
    (meant(), any::<u64>()).prop_map(|(meant, dice)| {
        let text = spell(&meant, dice);
        (meant, text)
    })
}

/// Texts that look like permissions, and now and then are some.
fn nearly() -> impl Strategy<Value = String> {
    "(repo|rpc|blob|account|identity|include|transition|[a-z]{0,3})[:?]\
     [a-z.*/%?=&#:+0-9-]{0,12}(\\?(collection|action|aud|lxm|accept|attr|nsid)=[ -~é]{0,12}){0,3}"
}

/// One change somewhere.
fn changed(text: &str, at: usize, to: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = at % bytes.len();
    bytes[at] = to;
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #[test]
    fn parsing_and_printing_change_nothing((meant, text) in spelled()) {
        let parsed = scope(&text);
        prop_assert_eq!(parsed.to_string(), text.clone(), "{:?}", meant);
        let again = scope(parsed.as_str());
        prop_assert_eq!(&again, &parsed);
        prop_assert_eq!(again.canonical(), parsed.canonical());
    }

    /// SC-13: canonical spellings are permissions of the same meaning, and stay as they are.
    #[test]
    fn sc_13_canonical_is_stable((_, text) in spelled()) {
        let parsed = scope(&text);
        let canonical = scope(parsed.canonical());
        prop_assert_eq!(canonical.canonical(), parsed.canonical());
        prop_assert_eq!(canonical.as_str(), parsed.canonical());
        prop_assert!(parsed.covers(&canonical) && canonical.covers(&parsed));
    }

    /// SC-13: equal is what means the same.
    #[test]
    fn sc_13_equal_means_the_same((a, text_a) in spelled(), (b, text_b) in spelled()) {
        let same = allowed(&a) == allowed(&b);
        prop_assert_eq!(scope(&text_a) == scope(&text_b), same, "{} {}", text_a, text_b);
    }

    /// CB-14: `covers` is "everything that is allowed there is allowed here".
    #[test]
    fn cb_14_covers_is_exact((held, text) in spelled(), (wanted, wanted_text) in spelled()) {
        let contained = allowed(&wanted).is_subset(&allowed(&held));
        let found = scope(&text).covers(&scope(&wanted_text));
        prop_assert_eq!(found, contained, "{} covers {}", text, wanted_text);
    }

    #[test]
    fn cb_14_sets_cover_exactly(held in vec(spelled(), 0..6), (wanted, text) in spelled()) {
        let all: BTreeSet<_> = held.iter().flat_map(|(meant, _)| allowed(meant)).collect();
        let contained = allowed(&wanted).is_subset(&all);
        let texts: Vec<_> = held.iter().map(|(_, text)| text.as_str()).collect();
        let set = ScopeSet::parse_granted(&texts.join(" ")).unwrap();
        prop_assert_eq!(set.covers(&scope(&text)), contained, "{} covers {}", set, text);
        // What the compiler would say of the same permissions.
        let leaked = texts.iter().map(|text| &*Box::leak(Box::<str>::from(*text))).collect();
        let declared = DeclaredScopes::new(Vec::leak(leaked), &[]);
        prop_assert_eq!(declared.covers(&text), contained);
    }

    #[test]
    fn covers_is_reflexive_and_grows((_, text) in spelled(), more in vec(spelled(), 0..4)) {
        let wanted = scope(&text);
        prop_assert!(wanted.covers(&wanted));
        let mut texts = vec![text];
        texts.extend(more.into_iter().map(|(_, text)| text));
        let set = ScopeSet::parse_granted(&texts.join(" ")).unwrap();
        prop_assert!(set.covers(&wanted));
        prop_assert!(set.missing(&set).is_empty() && set.difference(&set).is_empty());
    }

    #[test]
    fn covers_is_transitive(a in spelled(), b in spelled(), c in spelled()) {
        let (a, b, c) = (scope(&a.1), scope(&b.1), scope(&c.1));
        prop_assert!(!a.covers(&b) || !b.covers(&c) || a.covers(&c));
    }

    /// SC-14
    #[test]
    fn sc_14_never_panics_on_any_text(text in any::<String>()) {
        try_everything(&text);
    }

    #[test]
    fn sc_14_never_panics_on_any_bytes(bytes in vec(any::<u8>(), 0..200)) {
        try_everything(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn sc_14_never_panics_on_what_is_nearly_a_permission(text in nearly()) {
        try_everything(&text);
    }

    #[test]
    fn sc_14_never_panics_on_a_changed_permission(
        (_, text) in spelled(), at in any::<usize>(), to in any::<u8>(),
    ) {
        try_everything(&changed(&text, at, to));
    }

    /// What was read as a list is read again as the same list.
    #[test]
    fn lists_print_what_was_parsed(texts in vec(prop_oneof![nearly(), spelled().prop_map(|s| s.1)], 0..6)) {
        let text = texts.join(" ");
        if let Ok(set) = ScopeSet::parse_granted(&text) {
            let printed = set.to_string();
            let again = ScopeSet::parse_granted(&printed).unwrap();
            prop_assert_eq!(again.to_string(), printed);
            prop_assert!(set.iter().all(|one| texts.iter().any(|text| text.split(' ').any(|t| t == one))));
        }
    }
}

fn try_everything(text: &str) {
    let granted = ScopeSet::parse_granted(text);
    assert!(granted.is_ok() || text.parse::<ScopeSet>().is_err());
    let parsed = text.parse::<Scope>();
    assert_eq!(parsed.is_ok(), Permission::parse(text).is_ok());
    let generic = scope("transition:generic");
    if let Ok(parsed) = &parsed {
        assert!(parsed.covers(parsed));
        assert!(granted.is_ok_and(|granted| granted.covers(parsed)));
        assert_eq!(&scope(parsed.canonical()), parsed);
        let transitional = parsed.as_str().starts_with("transition:");
        assert!(!(transitional && parsed.covers(&generic)) || parsed == &generic);
    }
    assert!(DeclaredScopes::new(&["atproto"], &[]).covers(text) == (text == "atproto"));
}
