//! Lists of permissions.

use super::super::{Scope, ScopeSet};
use super::scope;

fn granted(text: &str) -> ScopeSet {
    ScopeSet::parse_granted(text).unwrap()
}

fn texts(set: &ScopeSet) -> Vec<&str> {
    set.iter().collect()
}

/// CB-10
#[test]
fn cb_10_contains_is_exact() {
    assert!(granted("repo:a.b.c atproto").contains("atproto"));
    for text in [
        "atproto2",
        "repo:a.b.c",
        "atproto:x",
        "ATPROTO",
        "xatproto",
        "",
    ] {
        assert!(!granted(text).contains("atproto"), "{text}");
    }
}

/// SC-01
#[test]
fn sc_01_lists_have_single_spaces_and_allowed_characters() {
    for text in [
        " ",
        "atproto ",
        " atproto",
        "atproto  repo:a.b.c",
        "atproto\trepo:a.b.c",
        "atproto\n",
        "atproto \"x\"",
        "atproto a\\b",
        "atproto \u{e9}",
        "atproto \0",
    ] {
        assert!(ScopeSet::parse_granted(text).is_err(), "{text:?}");
        assert!(text.parse::<ScopeSet>().is_err(), "{text:?}");
    }
}

/// SC-16: what this version does not know is kept as it came, and allows nothing.
#[test]
fn sc_16_unknown_permissions_are_kept_verbatim() {
    let text = "atproto space:a.b.c?x=%ZZ repo:a.b.c?new=1 account:status repo:*";
    let set = granted(text);
    assert_eq!(set.to_string(), text);
    assert_eq!(set.len(), 5);
    assert_eq!(
        set.scopes().map(Scope::as_str).collect::<Vec<_>>(),
        ["atproto", "account:status", "repo:*"]
    );
    assert!(set.covers(&scope("account:status")));
    assert!(!granted("repo:a.b.c?new=1").covers(&scope("repo:a.b.c")));
    assert!(text.parse::<ScopeSet>().is_err());
}

#[test]
fn nothing_is_in_a_set_twice() {
    let set = granted("atproto repo:a.b.c x repo?collection=a.b.c atproto x");
    assert_eq!(texts(&set), ["atproto", "repo:a.b.c", "x"]);
}

#[test]
fn the_empty_text_is_a_grant_of_nothing_but_no_request() {
    assert!(granted("").is_empty());
    assert!("".parse::<ScopeSet>().is_err());
    assert_eq!(granted("").to_string(), "");
}

#[test]
fn long_lists_are_refused() {
    let fits = "a ".repeat(ScopeSet::MAX_BYTES / 2 - 1) + "aa";
    assert_eq!(fits.len(), ScopeSet::MAX_BYTES);
    assert_eq!(granted(&fits).len(), 2);
    assert!(ScopeSet::parse_granted(&(fits + "a")).is_err());
}

#[test]
fn several_permissions_add_up() {
    let set = granted("repo:a.b.c?action=create repo:*?action=update blob:image/png blob:video/*");
    assert!(set.covers(&scope("repo:a.b.c?action=create&action=update")));
    assert!(!set.covers(&scope("repo:a.b.d?action=create&action=update")));
    assert!(!set.covers(&scope("repo:a.b.c")));
    assert!(set.covers(&scope("blob?accept=video/mp4&accept=image/png")));
    assert!(!set.covers(&scope("blob?accept=video/mp4&accept=image/gif")));
}

/// SC-12: together they stand for all methods.
#[test]
fn sc_12_generic_and_chat_are_all_of_rpc() {
    let wanted = scope("rpc:*?aud=did:web:x%23s");
    assert!(granted("transition:generic transition:chat.bsky").covers(&wanted));
    assert!(!granted("transition:generic").covers(&wanted));
    assert!(!granted("transition:chat.bsky").covers(&wanted));
}

/// SC-16
#[test]
fn sc_16_missing_is_what_was_not_granted() {
    let requested: ScopeSet = "atproto repo:a.b.c blob:image/* account:email"
        .parse()
        .unwrap();
    let set = granted("atproto repo:* blob:image/png transition:email");
    assert_eq!(texts(&set.missing(&requested)), ["blob:image/*"]);
    assert!(requested.missing(&requested).is_empty());
    assert_eq!(set.missing(&granted("atproto new:x")).to_string(), "new:x");
    assert!(granted("new:x").missing(&granted("new:x")).is_empty());
}

/// CB-14, SC-10: servers grant what a permission set holds, and not the set.
#[test]
fn cb_14_an_expanded_permission_set_is_not_missing() {
    let requested: ScopeSet = "atproto include:app.example.authFull".parse().unwrap();
    for (text, missing) in [
        ("atproto repo:app.example.feed.post", false),
        (
            "atproto rpc?lxm=app.example.getFeed&lxm=app.example.feed.get&aud=*",
            false,
        ),
        ("atproto include:app.example.authFull", false),
        ("atproto", true),
        ("atproto repo:*", true),
        ("atproto repo:app.other.post", true),
        ("atproto repo:app.examples.post", true),
        ("atproto repo:app.example2.feed.post", true),
        ("atproto blob:*/*", true),
        ("atproto include:app.example.other", true),
    ] {
        let found = granted(text).missing(&requested);
        assert_eq!(!found.is_empty(), missing, "{text}");
    }
    assert!(!granted("repo:app.example.post").covers(&scope("include:app.example.authFull")));
}

/// SC-11: a permission set hands its service down.
#[test]
fn sc_11_an_expansion_is_for_the_same_service() {
    let requested: ScopeSet = "include:a.b.authFull?aud=did:web:x%23s".parse().unwrap();
    for (text, missing) in [
        ("rpc:a.b.get?aud=did:web:x%23s", false),
        ("rpc:a.b.get?aud=*", false),
        ("repo:a.b.post", false),
        ("rpc:a.b.get?aud=did:web:y%23s", true),
        ("rpc:*?aud=did:web:x%23s", true),
    ] {
        assert_eq!(
            !granted(text).missing(&requested).is_empty(),
            missing,
            "{text}"
        );
    }
    let without: ScopeSet = "include:a.b.authFull".parse().unwrap();
    assert!(
        !granted("rpc:a.b.get?aud=did:web:x%23s")
            .missing(&without)
            .is_empty()
    );
}

/// SC-11: same group or children, neither siblings nor parents.
#[test]
fn sc_11_namespace_authority() {
    let requested: ScopeSet = "include:app.example.feed.authOnlyPost".parse().unwrap();
    for (text, within) in [
        ("repo:app.example.feed.post", true),
        ("repo:app.example.feed.deep.er.post", true),
        ("repo:app.example.actor.profile", false),
        ("repo:app.example.feed", false),
        (
            "repo?collection=app.example.feed.post&collection=app.example.actor.profile",
            false,
        ),
    ] {
        assert_eq!(
            granted(text).missing(&requested).is_empty(),
            within,
            "{text}"
        );
    }
}

#[test]
fn difference_compares_one_by_one() {
    let old = granted("atproto repo:* x");
    let new = granted("atproto repo:a.b.c repo?collection=* x y");
    assert_eq!(texts(&new.difference(&old)), ["repo:a.b.c", "y"]);
    assert!(old.difference(&new).is_empty());
}

#[test]
fn sets_are_equal_in_any_order() {
    assert_eq!(
        granted("atproto repo:a.b.c"),
        granted("repo?collection=a.b.c atproto")
    );
    assert_ne!(granted("atproto repo:a.b.c"), granted("atproto"));
}

#[test]
fn sets_are_collected_from_scopes() {
    let set: ScopeSet = ["atproto", "repo:a.b.c", "atproto"]
        .map(scope)
        .into_iter()
        .collect();
    assert_eq!(set.to_string(), "atproto repo:a.b.c");
}

#[test]
fn sets_go_through_serde_as_granted_text() {
    let set = granted("atproto new:x");
    let json = serde_json::to_string(&set).unwrap();
    assert_eq!(json, "\"atproto new:x\"");
    assert_eq!(serde_json::from_str::<ScopeSet>(&json).unwrap(), set);
    assert!(serde_json::from_str::<ScopeSet>("\"a  b\"").is_err());
}
