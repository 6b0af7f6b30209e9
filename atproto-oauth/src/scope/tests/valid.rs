//! Permissions, each with its canonical spelling.

use super::super::permission::Permission;
use super::super::syntax::Syntax;
use super::scope;

/// (conformance line, text, canonical spelling)
const VALID: &[(&str, &str, &str)] = &[
    ("CB-10", "atproto", "atproto"),
    ("SC-12", "transition:generic", "transition:generic"),
    ("SC-12", "transition:email", "transition:email"),
    ("SC-12", "transition:chat.bsky", "transition:chat.bsky"),
    // repo
    ("SC-05", "repo:app.example.post", "repo:app.example.post"),
    ("SC-05", "repo:*", "repo:*"),
    ("SC-02", "repo:*?", "repo:*"),
    ("SC-05", "repo:*?action=delete", "repo:*?action=delete"),
    (
        "SC-02",
        "repo?collection=app.example.post",
        "repo:app.example.post",
    ),
    ("SC-02", "repo?collection=*", "repo:*"),
    (
        "SC-13",
        "repo:a.b.c?action=create&action=update&action=delete",
        "repo:a.b.c",
    ),
    (
        "SC-13",
        "repo:a.b.c?action=delete&action=create",
        "repo:a.b.c?action=create&action=delete",
    ),
    (
        "SC-13",
        "repo:a.b.c?action=create&action=create",
        "repo:a.b.c?action=create",
    ),
    (
        "SC-13",
        "repo?action=update&collection=a.b.c",
        "repo:a.b.c?action=update",
    ),
    (
        "SC-13",
        "repo?collection=a.b.d&collection=a.b.c",
        "repo?collection=a.b.c&collection=a.b.d",
    ),
    (
        "SC-13",
        "repo?collection=a.b.c&collection=a.b.c",
        "repo:a.b.c",
    ),
    ("SC-13", "repo?collection=a.b.c&collection=*", "repo:*"),
    (
        "SC-13",
        "repo?collection=a.b.d&action=create&collection=a.b.c",
        "repo?collection=a.b.c&collection=a.b.d&action=create",
    ),
    ("SC-02", "repo:app.example%2Epost", "repo:app.example.post"),
    ("SC-02", "repo:%2a", "repo:*"),
    (
        "SC-02",
        "repo:%61.b.c?%61ction=cre%61te",
        "repo:a.b.c?action=create",
    ),
    ("SC-05", "repo:app.ex-ample.post", "repo:app.ex-ample.post"),
    ("SC-05", "repo:App.Example.Post", "repo:App.Example.Post"),
    ("SC-05", "repo:a.9.b", "repo:a.9.b"),
    ("SC-05", "repo:a.b.c.d.e.f", "repo:a.b.c.d.e.f"),
    (
        "SC-05",
        "repo:a.b.abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc",
        "repo:a.b.abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc",
    ),
    // rpc
    (
        "SC-06",
        "rpc:app.example.getFeed?aud=*",
        "rpc:app.example.getFeed?aud=*",
    ),
    (
        "SC-06",
        "rpc:app.example.getFeed?aud=did:web:api.example.com%23svc",
        "rpc:app.example.getFeed?aud=did:web:api.example.com%23svc",
    ),
    (
        "SC-10",
        "rpc:app.example.getFeed?aud=did:web:api.example.com#svc",
        "rpc:app.example.getFeed?aud=did:web:api.example.com%23svc",
    ),
    (
        "SC-02",
        "rpc:app.example.getFeed?aud=did%3Aweb%3Aapi.example.com%23svc",
        "rpc:app.example.getFeed?aud=did:web:api.example.com%23svc",
    ),
    (
        "SC-02",
        "rpc?lxm=*&aud=did:web:api.example.com%23svc",
        "rpc:*?aud=did:web:api.example.com%23svc",
    ),
    (
        "SC-13",
        "rpc?aud=did:plc:ewvi7nxzyoun6zhxrhs64oiz%23svc&lxm=a.b.d&lxm=a.b.c",
        "rpc?lxm=a.b.c&lxm=a.b.d&aud=did:plc:ewvi7nxzyoun6zhxrhs64oiz%23svc",
    ),
    (
        "SC-13",
        "rpc?lxm=a.b.c&lxm=*&aud=did:web:x%23s",
        "rpc:*?aud=did:web:x%23s",
    ),
    ("SC-13", "rpc?aud=*&lxm=a.b.c", "rpc:a.b.c?aud=*"),
    (
        "SC-14",
        "rpc:a.b.c?aud=did:web:localhost%253A3000%23svc",
        "rpc:a.b.c?aud=did:web:localhost%253A3000%23svc",
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:x.y:user:z%23s",
        "rpc:a.b.c?aud=did:web:x.y:user:z%23s",
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:x%23a/b?c",
        "rpc:a.b.c?aud=did:web:x%23a/b%3Fc",
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:x%23a%26b%3Dc",
        "rpc:a.b.c?aud=did:web:x%23a%26b%3Dc",
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:example:A_b-c.d%23s",
        "rpc:a.b.c?aud=did:example:A_b-c.d%23s",
    ),
    // blob
    ("SC-07", "blob:*/*", "blob:*/*"),
    ("SC-07", "blob:image/*", "blob:image/*"),
    ("SC-07", "blob:image/png", "blob:image/png"),
    ("SC-13", "blob:IMAGE/Png", "blob:image/png"),
    ("SC-02", "blob?accept=image/*", "blob:image/*"),
    ("SC-02", "blob:image%2Fpng", "blob:image/png"),
    ("SC-07", "blob:image/svg+xml", "blob:image/svg+xml"),
    ("SC-02", "blob:image/svg%2bxml", "blob:image/svg+xml"),
    (
        "SC-13",
        "blob?accept=video/*&accept=text/html",
        "blob?accept=text/html&accept=video/*",
    ),
    (
        "SC-13",
        "blob?accept=image/svg+xml&accept=a/b",
        "blob?accept=a/b&accept=image/svg%2Bxml",
    ),
    (
        "SC-13",
        "blob?accept=image/png&accept=image/*",
        "blob:image/*",
    ),
    (
        "SC-13",
        "blob?accept=image/png&accept=video/*&accept=*/*",
        "blob:*/*",
    ),
    (
        "SC-13",
        "blob?accept=image/png&accept=image/PNG",
        "blob:image/png",
    ),
    (
        "SC-07",
        "blob:application/vnd.a-b_c!d",
        "blob:application/vnd.a-b_c%21d",
    ),
    // account
    ("SC-08", "account:email", "account:email"),
    ("SC-13", "account:email?action=read", "account:email"),
    (
        "SC-08",
        "account:email?action=manage",
        "account:email?action=manage",
    ),
    (
        "SC-08",
        "account:repo?action=manage",
        "account:repo?action=manage",
    ),
    (
        "SC-02",
        "account?action=manage&attr=repo",
        "account:repo?action=manage",
    ),
    ("SC-08", "account:repo", "account:repo"),
    ("SC-08", "account:status", "account:status"),
    // identity
    ("SC-09", "identity:handle", "identity:handle"),
    ("SC-09", "identity:*", "identity:*"),
    ("SC-02", "identity:*?", "identity:*"),
    ("SC-02", "identity?attr=handle", "identity:handle"),
    // include
    (
        "SC-10",
        "include:app.example.authFull",
        "include:app.example.authFull",
    ),
    (
        "SC-10",
        "include?nsid=app.example.authFull",
        "include:app.example.authFull",
    ),
    (
        "SC-10",
        "include:app.example.authFull?aud=did:web:api.example.com%23svc_chat",
        "include:app.example.authFull?aud=did:web:api.example.com%23svc_chat",
    ),
    (
        "SC-10",
        "include:app.example.authFull?aud=did:web:api.example.com#svc_chat",
        "include:app.example.authFull?aud=did:web:api.example.com%23svc_chat",
    ),
    (
        "SC-10",
        "include?aud=did:web:x%23s&nsid=a.b.c",
        "include:a.b.c?aud=did:web:x%23s",
    ),
];

// The compiler reads the same table with the same code.
const _: () = {
    let mut rest = VALID;
    while let [(_, text, canonical), after @ ..] = rest {
        assert!(Permission::parse(text).is_ok());
        assert!(Permission::parse(canonical).is_ok());
        rest = after;
    }
};

#[test]
fn valid_permissions_parse_and_print_unchanged() {
    assert!(VALID.len() >= 60, "{}", VALID.len());
    for (line, text, _) in VALID {
        let parsed = scope(text);
        assert_eq!(parsed.to_string(), *text, "{line}");
        assert_eq!(parsed.as_str(), *text, "{line}");
    }
}

/// SC-13
#[test]
fn sc_13_canonical_form() {
    for (line, text, canonical) in VALID {
        let parsed = scope(text);
        assert_eq!(parsed.canonical(), *canonical, "{line}");
        assert_eq!(parsed, scope(canonical), "{line}");
        assert_eq!(scope(canonical).canonical(), *canonical, "{line}");
    }
}

/// SC-04: unknown resources have a valid syntax, and no meaning.
#[test]
fn sc_04_the_syntax_knows_no_resources() {
    for text in [
        "resource",
        "resource:x?k=v",
        "resource:positional&thing?key=val",
        "service:did:web:com.example#type?key=val",
        "resource:",
        "resource:?",
        "resource:&",
        "resource?",
        ":x",
    ] {
        assert!(Syntax::parse(text).is_ok(), "{text}");
        assert!(Permission::parse(text).is_err(), "{text}");
    }
}

/// SC-02: the first `:` ends the resource, the first `?` the positional part, the first `=` a key.
#[test]
fn sc_02_where_the_parts_end() {
    let syntax = Syntax::split("a:b:c#d?e=f=g?h&e=%26");
    assert_eq!(syntax.resource, b"a");
    assert!(syntax.positional.is_some_and(|text| text.is("b:c#d")));
    let mut values = syntax.values("e", false);
    assert!(values.take().is_some_and(|text| text.is("f=g?h")));
    assert!(values.take().is_some_and(|text| text.is("&")));
    assert!(values.take().is_none());
}

#[test]
fn scopes_go_through_serde_as_text() {
    let parsed = scope("repo:a.b.c?action=update&action=create");
    let json = serde_json::to_string(&parsed).unwrap();
    assert_eq!(json, "\"repo:a.b.c?action=update&action=create\"");
    assert_eq!(serde_json::from_str::<super::Scope>(&json).unwrap(), parsed);
    assert!(serde_json::from_str::<super::Scope>("\"repo:a.*\"").is_err());
}
