use super::*;

const SET: &str = "include:app.example.authBasic";
const HELD: &str = "repo:app.example.post rpc:app.example.get?aud=*";

fn set(text: &str) -> ScopeSet {
    ScopeSet::parse_granted(text).unwrap()
}

fn grant(granted: &str, expanded: &[(&str, &str)]) -> Grant {
    Grant {
        requested: set("atproto include:app.example.authBasic new:thing"),
        granted: set(granted),
        expanded: expanded
            .iter()
            .map(|(include, held)| (include.parse().unwrap(), set(held)))
            .collect(),
    }
}

/// SC-11, SC-16: a set that was looked up counts as granted if all of it was, and no sooner.
#[test]
fn sc_16_a_known_set_is_granted_as_a_whole() {
    for (granted, allowed) in [
        (
            "atproto repo:app.example.post rpc:app.example.get?aud=*",
            true,
        ),
        (
            "rpc?lxm=app.example.get&lxm=app.example.other&aud=* repo:*",
            true,
        ),
        ("transition:generic", true),
        ("atproto include:app.example.authBasic", true),
        ("atproto repo:app.example.post", false),
        (
            "atproto repo:app.example.post?action=create rpc:app.example.get?aud=*",
            false,
        ),
        (
            "atproto repo:app.example.post rpc:app.example.get?aud=did:web:a.example%23s",
            false,
        ),
        (
            "atproto repo:app.example.other rpc:app.example.get?aud=*",
            false,
        ),
        ("atproto", false),
        ("", false),
    ] {
        let grant = grant(granted, &[(SET, HELD)]);
        assert_eq!(grant.allows(&SET.parse().unwrap()), allowed, "{granted}");
        assert_eq!(
            grant.missing().iter().any(|one| one == SET),
            !allowed,
            "{granted}"
        );
    }
}

/// Of a set that is not known, something from its namespace has to do.
#[test]
fn an_unknown_set_is_granted_in_part() {
    let other = [("include:app.example.authFull", HELD)];
    for (granted, allowed) in [
        ("atproto repo:app.example.post", true),
        ("atproto rpc:app.example.deep.get?aud=*", true),
        (
            "atproto rpc:app.example.get?aud=did:web:a.example%23s",
            false,
        ),
        ("atproto repo:app.other.post", false),
        ("atproto repo:*", false),
        ("atproto", false),
    ] {
        for expanded in [&[] as &[_], &other] {
            let grant = grant(granted, expanded);
            assert_eq!(grant.allows(&SET.parse().unwrap()), allowed, "{granted}");
        }
    }
}

/// SC-18: a set stays if a part of it was granted; what a permission of its own gives is no part of it.
#[test]
fn sc_18_a_refused_set_is_not_held() {
    let own = "atproto repo:app.example.post include:app.example.authBasic";
    let whole = "atproto repo:app.example.post rpc:app.example.get?aud=*";
    for (requested, granted, expanded, held) in [
        (own, "atproto repo:app.example.post", HELD, false),
        (own, whole, HELD, true),
        (own, "atproto rpc:app.example.get?aud=*", HELD, true),
        (own, "atproto", HELD, false),
        (
            "atproto include:app.example.authBasic",
            "atproto repo:app.example.post",
            HELD,
            true,
        ),
        // A session that has all of it misses nothing.
        (
            own,
            "atproto repo:app.example.post",
            "repo:app.example.post",
            true,
        ),
    ] {
        let grant = Grant {
            requested: set(requested),
            ..grant(granted, &[(SET, expanded)])
        };
        let found = grant.holds_some_of(&SET.parse().unwrap());
        assert_eq!(found, held, "{requested}, {granted}");
    }
    // Of a set that is not known, something from its namespace has to do.
    let grant = grant("atproto repo:app.example.post", &[]);
    assert!(grant.holds_some_of(&SET.parse().unwrap()));
}

/// SC-10: without a service, a set is a part of what it is with one, and is not granted by less.
#[test]
fn sc_10_a_set_for_a_service_is_that_set() {
    let with = "include:app.example.authBasic?aud=did:web:a.example%23s";
    let held = "repo:app.example.post rpc:app.example.get?aud=did:web:a.example%23s";
    for (granted, allowed) in [(held, true), ("repo:app.example.post", false)] {
        let grant = Grant {
            requested: set(with),
            ..grant(granted, &[(with, held)])
        };
        assert_eq!(grant.allows(&SET.parse().unwrap()), allowed, "{granted}");
        assert_eq!(grant.allows(&with.parse().unwrap()), allowed, "{granted}");
    }
}

/// A set that gives nothing counts as granted in every session: asking again would change nothing.
#[test]
fn never_missing_for_ever() {
    let grant = grant("atproto", &[(SET, "")]);
    assert_eq!(grant.missing(), ["new:thing"]);
}

/// CB-15, SC-17: parts of a set that was asked for, also those that it has had for less long; nothing else.
#[test]
fn sc_17_what_comes_from_a_set_was_asked_for() {
    let granted =
        "atproto repo:app.example.post repo:app.example.newer repo:org.other.post blob:*/*";
    for expanded in [&[] as &[_], &[(SET, "repo:app.example.post")]] {
        let grant = grant(granted, expanded);
        for (scope, allowed) in [
            ("atproto", true),
            ("repo:app.example.post?action=create", true),
            ("repo:app.example.newer", true),
            ("repo:app.example.missing", false),
            ("repo:org.other.post", false),
            ("blob:image/png", false),
            ("include:app.example.authFull", false),
            (
                "include:app.example.authBasic?aud=did:web:a.example%23s",
                false,
            ),
        ] {
            assert_eq!(grant.allows(&scope.parse().unwrap()), allowed, "{scope}");
        }
    }
}
