//! What holds for all texts. A failing case prints its seed and is kept by `proptest`.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::permission::Permission;
use super::super::{DeclaredScopes, Scope, ScopeSet};
use super::model::{Meant, allowed, meant, spell};
use super::{laws, scope};

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
    fn sc_13_laws_of_permissions((_, text) in spelled()) {
        prop_assert!(text.parse::<Scope>().is_ok(), "{}", text);
        laws::one(&text);
    }

    /// SC-14
    #[test]
    fn sc_14_laws_of_any_text(text in any::<String>()) {
        laws::one(&text);
        laws::list(&text);
    }

    #[test]
    fn sc_14_laws_of_any_bytes(bytes in vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        laws::one(&text);
        laws::list(&text);
    }

    #[test]
    fn sc_14_laws_of_what_is_nearly_a_permission(text in nearly()) {
        laws::one(&text);
        prop_assert_eq!(text.parse::<Scope>().is_ok(), Permission::parse(&text).is_ok());
    }

    #[test]
    fn sc_14_laws_of_a_changed_permission(
        (_, text) in spelled(), at in any::<usize>(), to in any::<u8>(),
    ) {
        laws::one(&changed(&text, at, to));
    }

    #[test]
    fn sc_16_laws_of_lists(text in list()) {
        laws::list(&text);
    }

    /// CB-14, SC-16
    #[test]
    fn cb_14_laws_of_several_lists(a in list(), b in list(), c in list()) {
        laws::lists(&a, &b, &c);
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

    /// CB-14: what the compiler would say of the same permissions, too.
    #[test]
    fn cb_14_sets_cover_exactly(held in vec(spelled(), 0..6), (wanted, text) in spelled()) {
        let contained = allowed(&wanted).is_subset(&everything(&held));
        let set = granted(&held);
        prop_assert_eq!(set.covers(&scope(&text)), contained, "{} covers {}", set, text);
        let leaked = held.into_iter().map(|(_, text)| &*text.leak()).collect();
        let declared = DeclaredScopes::new(Vec::leak(leaked), &[]);
        prop_assert_eq!(declared.covers(&text), contained);
    }

    /// SC-18: what gains allows something new of what is wanted, and what completes it gains.
    #[test]
    fn sc_18_what_gains_helps(
        held in vec(spelled(), 0..4), (wanted, text) in spelled(), (more, more_text) in spelled(),
    ) {
        let has = everything(&held);
        let gained = granted(&held).gains(&scope(&text), &scope(&more_text));
        let (wanted, more) = (allowed(&wanted), allowed(&more));
        let lacking: BTreeSet<_> = wanted.difference(&has).collect();
        let helps = lacking.iter().any(|one| more.contains(*one));
        let completes = helps && lacking.iter().all(|one| more.contains(*one));
        prop_assert!(!gained || helps, "{} with {} gains of {}", granted(&held), more_text, text);
        prop_assert!(gained || !completes, "{} with {} gains of {}", granted(&held), more_text, text);
    }

    #[test]
    fn covers_is_transitive(a in spelled(), b in spelled(), c in spelled()) {
        let (a, b, c) = (scope(&a.1), scope(&b.1), scope(&c.1));
        prop_assert!(!a.covers(&b) || !b.covers(&c) || a.covers(&c));
    }
}

/// A list of permissions and of what is nearly one.
fn list() -> impl Strategy<Value = String> {
    let token = prop_oneof![3 => spelled().prop_map(|(_, text)| text), 1 => nearly()];
    vec(token, 0..6).prop_map(|texts| texts.join(" "))
}

fn granted(held: &[(Meant, String)]) -> ScopeSet {
    let texts: Vec<_> = held.iter().map(|(_, text)| text.as_str()).collect();
    ScopeSet::parse_granted(&texts.join(" ")).unwrap()
}

fn everything(held: &[(Meant, String)]) -> BTreeSet<String> {
    held.iter().flat_map(|(meant, _)| allowed(meant)).collect()
}
