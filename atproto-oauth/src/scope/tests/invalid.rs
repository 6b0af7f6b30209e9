//! What is no permission, each with a part of the sentence that says so.

use super::super::Scope;
use super::super::permission::Permission;
use crate::error::ErrorKind;

const NO_RESOURCE: &str = "no such resource";
const COLLECTION: &str = "the collection of `repo`";
const ACTION: &str = "no such action in `repo`";
const METHOD: &str = "the method of `rpc`";
const AUD: &str = "the `aud` of `rpc`";
const MEDIA: &str = "`blob` takes";
const TWICE: &str = "given again after `?`";

/// (conformance line, text, part of the reason)
const INVALID: &[(&str, &str, &str)] = &[
    ("SC-01", "", "it is empty"),
    ("SC-01", " ", "contains a space"),
    ("SC-01", "repo:a.b.c ", "contains a space"),
    ("SC-01", "repo:a.b.c repo:a.b.d", "contains a space"),
    ("SC-01", "repo:\"a.b.c\"", "character"),
    ("SC-01", "repo:a\\b.c.d", "character"),
    ("SC-01", "repo:a.b.c\n", "character"),
    ("SC-01", "repo:a.b.c\0", "character"),
    ("SC-01", "repo:a.b.c\u{7f}", "character"),
    ("SC-01", "resource:positional?key=qu\u{e9}bec", "character"),
    ("SC-01", "emoji:\u{263a}\u{fe0f}", "character"),
    ("SC-14", "repo:%ZZ", "two hexadecimal digits"),
    ("SC-14", "repo:%", "two hexadecimal digits"),
    ("SC-14", "repo:a.b.c%4", "two hexadecimal digits"),
    ("SC-14", "repo:%4%61.b.c", "two hexadecimal digits"),
    ("SC-14", "repo:a.b.c?action=%g0", "two hexadecimal digits"),
    ("SC-14", "repo:%FF.b.c", COLLECTION),
    ("SC-14", "repo:%C3%A9.b.c", COLLECTION),
    ("SC-14", "repo:a.b.c%00", COLLECTION),
    ("SC-04", "resource:x?k=v", NO_RESOURCE),
    ("SC-04", "resource", NO_RESOURCE),
    ("SC-04", ":a.b.c", NO_RESOURCE),
    ("SC-02", "Repo:a.b.c", NO_RESOURCE),
    ("SC-02", "re%70o:a.b.c", NO_RESOURCE),
    ("SC-04", "openid", NO_RESOURCE),
    ("SC-04", "space:a.b.c", NO_RESOURCE),
    ("CB-10", "atproto2", NO_RESOURCE),
    ("CB-10", "ATPROTO", NO_RESOURCE),
    ("CB-10", "atproto:x", "`atproto` has no parameters"),
    ("CB-10", "atproto?", "`atproto` has no parameters"),
    ("SC-12", "transition", "no such transitional"),
    ("SC-12", "transition:", "no such transitional"),
    ("SC-12", "transition:chat", "no such transitional"),
    ("SC-12", "transition:generic?", "no such transitional"),
    ("SC-12", "transition:%67eneric", "no such transitional"),
    // repo
    ("SC-05", "repo", "needs a collection"),
    ("SC-05", "repo?action=create", "needs a collection"),
    ("SC-05", "repo:", COLLECTION),
    ("SC-05", "repo:?action=create", COLLECTION),
    ("SC-05", "repo:app.bsky.*", COLLECTION),
    ("SC-05", "repo:**", COLLECTION),
    ("SC-05", "repo:a.b", COLLECTION),
    ("SC-05", "repo:a.b.", COLLECTION),
    ("SC-05", "repo:.a.b.c", COLLECTION),
    ("SC-05", "repo:a..b", COLLECTION),
    ("SC-05", "repo:9a.b.c", COLLECTION),
    ("SC-05", "repo:a.b.9c", COLLECTION),
    ("SC-05", "repo:a.b.c-d", COLLECTION),
    ("SC-05", "repo:a.-b.c", COLLECTION),
    ("SC-05", "repo:a.b-.c", COLLECTION),
    ("SC-05", "repo:a.b_c.d", COLLECTION),
    ("SC-05", "repo:a.b.c#d", COLLECTION),
    (
        "SC-05",
        "repo:a.b.abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd",
        COLLECTION,
    ),
    ("SC-05", "repo:*?action=*", ACTION),
    ("SC-05", "repo:a.b.c?action=read", ACTION),
    ("SC-05", "repo:a.b.c?action=Create", ACTION),
    ("SC-05", "repo:a.b.c?action=", ACTION),
    ("SC-05", "repo:a.b.c?action=create,update", ACTION),
    (
        "SC-04",
        "repo:a.b.c?actions=create",
        "`repo` has no such parameter",
    ),
    (
        "SC-04",
        "repo:a.b.c?action=create&x=y",
        "`repo` has no such parameter",
    ),
    (
        "SC-04",
        "repo:a.b.c?=create",
        "`repo` has no such parameter",
    ),
    ("SC-02", "repo:a.b.c?action", "has no value"),
    ("SC-02", "repo:a.b.c?action=create&", "has no value"),
    ("SC-02", "repo:a.b.c?&action=create", "has no value"),
    (
        "SC-02",
        "repo:a.b.c?action=create&&action=update",
        "has no value",
    ),
    ("SC-03", "repo:a.b.c?collection=x.y.z", TWICE),
    ("SC-03", "repo:a.b.c?collection=a.b.c", TWICE),
    ("SC-03", "repo:?collection=a.b.c", TWICE),
    ("SC-03", "repo:a.b.c?c%6Fllection=x.y.z", TWICE),
    // rpc
    ("SC-06", "rpc", "needs a service"),
    ("SC-06", "rpc:a.b.c", "needs a service"),
    ("SC-06", "rpc?aud=*", "needs a method"),
    (
        "SC-06",
        "rpc:*?aud=*",
        "must name the method or the service",
    ),
    (
        "SC-06",
        "rpc?lxm=a.b.c&lxm=*&aud=*",
        "must name the method or the service",
    ),
    ("SC-06", "rpc:a.b.*?aud=*", METHOD),
    ("SC-06", "rpc:a.b?aud=*", METHOD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%23", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%23b", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%20b", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%25z", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%25", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%254", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%25%23a", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:%23a", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:web:x:%23a", AUD),
    ("SC-06", "rpc:a.b.c?aud=did::x%23a", AUD),
    ("SC-06", "rpc:a.b.c?aud=did:Web:x%23a", AUD),
    ("SC-06", "rpc:a.b.c?aud=did%23a", AUD),
    ("SC-06", "rpc:a.b.c?aud=web:x%23a", AUD),
    ("SC-06", "rpc:a.b.c?aud=https://x.y", AUD),
    ("SC-06", "rpc:a.b.c?aud=**", AUD),
    ("SC-06", "rpc:a.b.c?aud=", AUD),
    ("SC-02", "rpc:a.b.c?aud=did:web:x?lxm=a.b.c", AUD),
    ("SC-06", "rpc:a.b.c?aud=*&aud=*", "one `aud`"),
    ("SC-03", "rpc:a.b.c?lxm=a.b.d&aud=*", TWICE),
    (
        "SC-04",
        "rpc:a.b.c?aud=*&invalid=x",
        "`rpc` has no such parameter",
    ),
    (
        "SC-04",
        "rpc:a.b.c?inheritAud=true",
        "`rpc` has no such parameter",
    ),
    // blob
    ("SC-07", "blob", "needs a media type"),
    ("SC-07", "blob:", MEDIA),
    ("SC-07", "blob:*", MEDIA),
    ("SC-07", "blob:image", MEDIA),
    ("SC-07", "blob:image/", MEDIA),
    ("SC-07", "blob:/png", MEDIA),
    ("SC-07", "blob:*/png", MEDIA),
    ("SC-07", "blob:*/**", MEDIA),
    ("SC-07", "blob:**/*", MEDIA),
    ("SC-07", "blob:ima*/png", MEDIA),
    ("SC-07", "blob:image/p*", MEDIA),
    ("SC-07", "blob:image/*x", MEDIA),
    ("SC-07", "blob:image/png/x", MEDIA),
    ("SC-07", "blob:text/html;charset=utf-8", MEDIA),
    ("SC-07", "blob:image/svg%20xml", MEDIA),
    ("SC-07", "blob:-image/png", MEDIA),
    (
        "SC-04",
        "blob:image/png?max=5",
        "`blob` has no such parameter",
    ),
    ("SC-03", "blob:image/png?accept=image/gif", TWICE),
    // account
    ("SC-08", "account", "`account` needs an attribute"),
    ("SC-08", "account:", "no such attribute in `account`"),
    ("SC-08", "account:*", "no such attribute in `account`"),
    ("SC-08", "account:handle", "no such attribute in `account`"),
    (
        "SC-08",
        "account:email?action=write",
        "no such action in `account`",
    ),
    (
        "SC-08",
        "account:email?action=*",
        "no such action in `account`",
    ),
    (
        "SC-08",
        "account:email?action=read&action=manage",
        "one `attr` and one `action`",
    ),
    (
        "SC-08",
        "account?attr=email&attr=repo",
        "one `attr` and one `action`",
    ),
    ("SC-03", "account:email?attr=email", TWICE),
    (
        "SC-04",
        "account:email?x=y",
        "`account` has no such parameter",
    ),
    // identity
    ("SC-09", "identity", "`identity` needs an attribute"),
    ("SC-09", "identity:", "no such attribute in `identity`"),
    ("SC-09", "identity:did", "no such attribute in `identity`"),
    (
        "SC-09",
        "identity:*?action=manage",
        "`identity` has no such parameter",
    ),
    ("SC-09", "identity?attr=handle&attr=*", "one `attr`"),
    // include
    ("SC-10", "include", "needs a permission set"),
    ("SC-10", "include:*", "permission set of `include`"),
    ("SC-10", "include:a.b", "permission set of `include`"),
    ("SC-10", "include:a.b.c?aud=*", "the `aud` of `include`"),
    (
        "SC-10",
        "include:a.b.c?aud=did:web:x",
        "the `aud` of `include`",
    ),
    (
        "SC-10",
        "include:a.b.c?aud=did:web:x%23a&aud=did:web:x%23a",
        "one permission set",
    ),
    (
        "SC-10",
        "include?nsid=a.b.c&nsid=a.b.d",
        "one permission set",
    ),
    ("SC-03", "include:a.b.c?nsid=a.b.c", TWICE),
    (
        "SC-04",
        "include:a.b.c?lxm=a.b.c",
        "`include` has no such parameter",
    ),
];

// The compiler reads the same table with the same code.
const _: () = {
    let mut rest = INVALID;
    while let [(_, text, _), after @ ..] = rest {
        assert!(Permission::parse(text).is_err());
        rest = after;
    }
};

#[test]
fn invalid_permissions_are_refused_for_the_right_reason() {
    assert!(INVALID.len() >= 60, "{}", INVALID.len());
    for (line, text, reason) in INVALID {
        let Err(error) = text.parse::<Scope>() else {
            panic!("{line}: `{text}` was accepted");
        };
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{line}");
        assert!(error.to_string().contains(reason), "{line}: {error}");
    }
}

/// Problem, then repair.
#[test]
fn reasons_say_what_to_write() {
    for (line, text, _) in INVALID {
        let reason = Permission::parse(text).err().unwrap_or_default();
        assert!(reason.contains("; "), "{line}: {reason}");
        assert!(!reason.ends_with('.'), "{line}: {reason}");
    }
}
