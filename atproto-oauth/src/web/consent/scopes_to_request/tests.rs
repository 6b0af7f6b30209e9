use super::{literals, was_asked};
use crate::scope::{DeclaredScopes, Scope, ScopeSet};

fn set(text: &str) -> ScopeSet {
    ScopeSet::parse_granted(text).unwrap()
}

fn no_sets(include: &Scope) -> bool {
    panic!("{include} was asked for")
}

const APP: DeclaredScopes = DeclaredScopes::new(
    &["atproto", "repo:com.example.note"],
    &[
        "repo:*",
        "repo:com.example.post?action=create",
        "repo:com.example.post?action=delete",
        "blob:image/*",
        "rpc:chat.bsky.convo.listConvos?aud=*",
        "include:com.example.authBasic",
        "include:com.example.authFull",
    ],
);

/// What is asked for, when `granted` of what was `requested` is there and `missing` is needed.
fn asked(requested: &str, granted: &str, missing: &[&str]) -> String {
    let (requested, granted) = (set(requested), set(granted));
    let in_part = |include: &Scope| {
        let include = ScopeSet::from_iter([include.clone()]);
        granted.missing(&include).is_empty()
    };
    let scope = literals(APP, &requested, &granted, in_part, missing);
    scope
        .strip_prefix("atproto")
        .unwrap()
        .trim_start()
        .to_owned()
}

#[test]
fn asks_for_what_is_granted_and_what_is_missing() {
    let both = "atproto repo:com.example.note";
    let image = ["blob:image/png"];
    for (requested, granted, missing, expected) in [
        // Nothing else than what is missing.
        ("atproto", "atproto", &image[..], "blob:image/*"),
        // What is granted stays.
        (both, both, &image[..], "repo:com.example.note blob:image/*"),
        // What was refused is not asked for again.
        (both, "atproto", &image[..], "blob:image/*"),
        // Not even where a part of it was granted by another name.
        (
            "atproto repo:com.example.note repo:*",
            both,
            &image,
            "repo:com.example.note blob:image/*",
        ),
        // A part of what was asked for stays, as far as it can be said in what is declared.
        (
            both,
            "atproto repo:com.example.note?action=create",
            &image[..],
            "repo:com.example.note blob:image/*",
        ),
        // What was granted and never asked for is not used (CB-15).
        ("atproto", both, &image[..], "blob:image/*"),
        // Declared otherwise at that time.
        (
            "atproto repo:com.example.note?action=create",
            "atproto repo:com.example.note?action=create",
            &image[..],
            "repo:com.example.note blob:image/*",
        ),
    ] {
        assert_eq!(
            asked(requested, granted, missing),
            expected,
            "{requested}, {granted}, {missing:?}"
        );
    }
}

#[test]
fn asks_for_the_narrowest_that_will_do() {
    for (missing, expected) in [
        (
            &["repo:com.example.note?action=create"][..],
            "repo:com.example.note",
        ),
        (
            &["repo:com.example.post?action=create"],
            "repo:com.example.post?action=create",
        ),
        (&["repo:com.example.post?action=update"], "repo:*"),
        (
            &["repo:com.example.post?action=create&action=delete"],
            "repo:*",
        ),
        (&["repo:*?action=create"], "repo:*"),
        (
            &["repo:com.example.note", "blob:image/png", "blob:image/gif"],
            "repo:com.example.note blob:image/*",
        ),
        (
            &["include:com.example.authFull"],
            "include:com.example.authFull",
        ),
    ] {
        assert_eq!(
            asked("atproto", "atproto", missing),
            expected,
            "{missing:?}"
        );
    }
}

#[test]
fn asks_for_several_where_only_several_do() {
    let app = DeclaredScopes::new(
        &["atproto"],
        &[
            "repo:com.example.note?action=create",
            "blob:*/*",
            "repo:com.example.note?action=delete",
            "repo:com.example.note?action=update",
        ],
    );
    let one = set("atproto");
    let missing = ["repo:com.example.note?action=create&action=delete"];
    assert_eq!(
        literals(app, &one, &one, no_sets, &missing),
        "atproto repo:com.example.note?action=create repo:com.example.note?action=delete"
    );
}

/// What has something in common with what is missing, and fills nothing of it, is not asked for.
#[test]
fn never_asks_for_what_does_not_help() {
    for (declared, granted, missing, expected) in [
        (
            &[
                "rpc:*?aud=did:web:x%23s",
                "rpc:a.b.c?aud=*",
                "rpc:a.b.d?aud=*",
            ][..],
            "atproto",
            "rpc?lxm=a.b.c&lxm=a.b.d&aud=*",
            "atproto rpc:a.b.c?aud=* rpc:a.b.d?aud=*",
        ),
        (
            &[
                "repo:a.b.c?action=create",
                "repo:a.b.c?action=create&action=update",
                "repo:a.b.c?action=delete",
            ],
            "atproto repo:a.b.c?action=create",
            "repo:a.b.c?action=create&action=delete",
            "atproto repo:a.b.c?action=create repo:a.b.c?action=delete",
        ),
        // The second makes the first needless.
        (
            &[
                "repo:a.b.c?action=create",
                "repo:a.b.c?action=create&action=update",
                "repo:a.b.c?action=delete",
            ],
            "atproto",
            "repo:a.b.c",
            "atproto repo:a.b.c?action=create&action=update repo:a.b.c?action=delete",
        ),
    ] {
        let app = DeclaredScopes::new(&["atproto"], declared);
        assert_eq!(
            literals(app, &set(granted), &set(granted), no_sets, &[missing]),
            expected,
            "{missing}"
        );
    }
}

#[test]
fn keeps_a_permission_set_that_the_server_wrote_out() {
    let requested = "atproto include:com.example.authBasic";
    let granted = "atproto repo:com.example.thing?action=create";
    assert_eq!(
        asked(requested, granted, &["blob:image/png"]),
        "blob:image/* include:com.example.authBasic"
    );
    assert_eq!(
        asked(requested, "atproto", &["blob:image/png"]),
        "blob:image/*",
        "none of it was granted"
    );
}

/// A permission of one's own below the namespace of a set is not that set.
#[test]
fn never_asks_again_for_a_refused_set() {
    let requested = set("atproto repo:com.example.note include:com.example.authBasic");
    let granted = set("atproto repo:com.example.note");
    for (holds, expected) in [
        (false, "atproto repo:com.example.note blob:image/*"),
        (
            true,
            "atproto repo:com.example.note blob:image/* include:com.example.authBasic",
        ),
    ] {
        let missing = ["blob:image/png"];
        let asked = literals(APP, &requested, &granted, |_| holds, &missing);
        assert_eq!(asked, expected);
    }
}

/// SC-12: the one is nothing without the other, and servers refuse it alone.
#[test]
fn sc_12_never_the_chat_without_the_rest() {
    let app = DeclaredScopes::new(
        &["atproto"],
        &["transition:generic", "transition:chat.bsky"],
    );
    let one = set("atproto");
    for missing in ["transition:chat.bsky", "rpc:chat.bsky.convo.getLog?aud=*"] {
        assert_eq!(
            literals(app, &one, &one, no_sets, &[missing]),
            "atproto transition:generic transition:chat.bsky"
        );
    }
    let missing = ["repo:com.example.note"];
    assert_eq!(
        literals(app, &one, &one, no_sets, &missing),
        "atproto transition:generic"
    );
}

#[test]
fn knows_what_was_asked_for() {
    let requested = set("atproto repo:com.example.note include:com.example.authBasic");
    for (missing, expected) in [
        (&["repo:com.example.note?action=create"][..], true),
        (&["include:com.example.authBasic"], true),
        (&["include:com.example.authFull"], false),
        (&["blob:image/png"], false),
        (&["repo:com.example.note", "blob:image/png"], false),
    ] {
        assert_eq!(was_asked(&requested, missing), expected, "{missing:?}");
    }
}
