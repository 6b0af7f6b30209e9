//! Which permission contains which.

use super::super::covers::covers;
use super::super::permission::Permission;
use super::scope;

/// (conformance line, held, wanted, covered)
const PAIRS: &[(&str, &str, &str, bool)] = &[
    ("SC-05", "repo:a.b.c", "repo:a.b.c", true),
    ("SC-05", "repo:a.b.c", "repo:a.b.c?action=create", true),
    ("SC-05", "repo:a.b.c?action=create", "repo:a.b.c", false),
    (
        "SC-05",
        "repo:a.b.c?action=create",
        "repo:a.b.c?action=update",
        false,
    ),
    ("SC-05", "repo:*", "repo:a.b.c", true),
    (
        "SC-05",
        "repo:*?action=delete",
        "repo:a.b.c?action=delete",
        true,
    ),
    ("SC-05", "repo:*?action=delete", "repo:a.b.c", false),
    ("SC-05", "repo:a.b.c", "repo:*", false),
    ("SC-05", "repo:a.b.c", "repo:a.b.cd", false),
    ("SC-05", "repo:a.b.cd", "repo:a.b.c", false),
    ("SC-05", "repo:a.b.c", "repo:a.b.C", false),
    (
        "SC-05",
        "repo?collection=a.b.c&collection=a.b.d",
        "repo:a.b.d",
        true,
    ),
    (
        "SC-05",
        "repo:a.b.d",
        "repo?collection=a.b.c&collection=a.b.d",
        false,
    ),
    ("SC-02", "repo:a.b.%63", "repo:%61.b.c", true),
    (
        "SC-06",
        "rpc:a.b.c?aud=*",
        "rpc:a.b.c?aud=did:web:x%23s",
        true,
    ),
    (
        "SC-06",
        "rpc:*?aud=did:web:x%23s",
        "rpc:a.b.c?aud=did:web:x%23s",
        true,
    ),
    (
        "SC-06",
        "rpc:*?aud=did:web:x%23s",
        "rpc:a.b.c?aud=did:web:x%23t",
        false,
    ),
    ("SC-06", "rpc:*?aud=did:web:x%23s", "rpc:a.b.c?aud=*", false),
    ("SC-06", "rpc:a.b.c?aud=*", "rpc:*?aud=did:web:x%23s", false),
    (
        "SC-10",
        "rpc:a.b.c?aud=did:web:x#s",
        "rpc:a.b.c?aud=did:web:x%23s",
        true,
    ),
    ("SC-07", "blob:*/*", "blob:image/*", true),
    ("SC-07", "blob:image/*", "blob:image/png", true),
    ("SC-07", "blob:image/*", "blob:imagery/png", false),
    ("SC-07", "blob:image/*", "blob:*/*", false),
    ("SC-07", "blob:image/png", "blob:image/*", false),
    ("SC-07", "blob:image/png", "blob:IMAGE/PNG", true),
    (
        "SC-07",
        "blob:image/*",
        "blob?accept=image/png&accept=text/html",
        false,
    ),
    (
        "SC-08",
        "account:email?action=manage",
        "account:email",
        true,
    ),
    (
        "SC-08",
        "account:email",
        "account:email?action=manage",
        false,
    ),
    ("SC-08", "account:email", "account:email?action=read", true),
    ("SC-08", "account:email", "account:repo", false),
    ("SC-09", "identity:*", "identity:handle", true),
    ("SC-09", "identity:handle", "identity:*", false),
    ("SC-10", "include:a.b.c", "include:a.b.c", true),
    ("SC-10", "include:a.b.c", "include:a.b.d", false),
    (
        "SC-10",
        "include:a.b.c?aud=did:web:x%23s",
        "include:a.b.c",
        true,
    ),
    (
        "SC-10",
        "include:a.b.c",
        "include:a.b.c?aud=did:web:x%23s",
        false,
    ),
    (
        "SC-10",
        "include:a.b.c?aud=did:web:x#s",
        "include:a.b.c?aud=did:web:x%23s",
        true,
    ),
    ("SC-10", "include:a.b.c", "repo:a.b.d", false),
    ("SC-12", "transition:generic", "repo:*", true),
    ("SC-12", "transition:generic", "blob:*/*", true),
    ("SC-12", "transition:generic", "rpc:a.b.c?aud=*", true),
    (
        "SC-12",
        "transition:generic",
        "rpc:chat.bsky.convo.getLog?aud=*",
        false,
    ),
    (
        "SC-12",
        "transition:generic",
        "rpc:chat.bskyish.getLog?aud=*",
        true,
    ),
    (
        "SC-12",
        "transition:generic",
        "rpc:*?aud=did:web:x%23s",
        false,
    ),
    ("SC-12", "transition:generic", "account:email", false),
    ("SC-12", "transition:generic", "identity:handle", false),
    ("SC-12", "transition:generic", "include:a.b.c", false),
    ("SC-12", "transition:generic", "transition:chat.bsky", false),
    ("SC-12", "transition:generic", "transition:email", false),
    (
        "SC-12",
        "transition:chat.bsky",
        "rpc:chat.bsky.convo.getLog?aud=*",
        true,
    ),
    ("SC-12", "transition:chat.bsky", "rpc:a.b.c?aud=*", false),
    (
        "SC-12",
        "transition:chat.bsky",
        "repo:chat.bsky.actor",
        false,
    ),
    ("SC-12", "transition:email", "account:email", true),
    (
        "SC-12",
        "transition:email",
        "account:email?action=manage",
        false,
    ),
    ("SC-12", "transition:email", "account:repo", false),
    ("SC-12", "account:email", "transition:email", false),
    ("SC-12", "repo:*", "transition:generic", false),
    ("CB-10", "atproto", "atproto", true),
    ("CB-10", "atproto", "repo:a.b.c", false),
    ("CB-10", "transition:generic", "atproto", false),
];

#[test]
fn cb_14_permissions_are_compared_by_meaning() {
    for (line, held, wanted, covered) in PAIRS {
        let found = scope(held).covers(&scope(wanted));
        assert_eq!(found, *covered, "{line}: {held} covers {wanted}");
    }
}

// The compiler compares the same pairs with the same code.
const _: () = {
    let mut rest = PAIRS;
    while let [(_, held, wanted, covered), after @ ..] = rest {
        match (Permission::parse(held), Permission::parse(wanted)) {
            (Ok(held), Ok(wanted)) => assert!(covers(&held, &wanted) == *covered),
            _ => panic!("not a permission"),
        }
        rest = after;
    }
};
