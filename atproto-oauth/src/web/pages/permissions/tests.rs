use super::{describe, list};

#[test]
fn permissions_are_said_in_plain_words() {
    for (permission, words) in [
        ("atproto", "see which account is yours"),
        ("transition:email", "see your email address"),
        (
            "repo:a.b.c",
            "add, change and delete records of yours: <code>a.b.c</code>",
        ),
        (
            "repo:a.b.c?action=create",
            "add records of yours: <code>a.b.c</code>",
        ),
        (
            "repo?collection=a.b.c&collection=d.e.f&action=delete&action=create",
            "add and delete records of yours: <code>a.b.c</code>, <code>d.e.f</code>",
        ),
        (
            "repo:*?action=update",
            "change records of yours: of any kind",
        ),
        ("blob:image/*", "upload files: <code>image/*</code>"),
        (
            "blob:image/svg%2Bxml",
            "upload files: <code>image/svg+xml</code>",
        ),
        ("blob:*/*", "upload files: of any kind"),
        (
            "rpc:a.b.c?aud=did:web:x.y",
            "use other services in your name: <code>a.b.c</code>",
        ),
        (
            "rpc:*?aud=did:web:x.y",
            "use other services in your name: everything they offer",
        ),
        (
            "account:email?action=manage",
            "see and change your email address",
        ),
        (
            "identity:handle",
            "change your identity: <code>handle</code>",
        ),
        ("identity:*", "change your identity: all of it"),
        (
            "include:a.b.c?aud=did:web:x.y",
            "use a set of permissions: <code>a.b.c</code>",
        ),
        ("unheard:of", "<code>unheard:of</code>"),
        (
            "repo:%3Cb%3E?action=create",
            "add records of yours: <code>&lt;b&gt;</code>",
        ),
    ] {
        assert_eq!(describe(permission), words, "{permission}");
    }
}

#[test]
fn no_permissions_make_no_list() {
    assert_eq!(list(&[]), "");
    assert_eq!(
        list(&["atproto"]),
        "<ul>\n<li>see which account is yours</li>\n</ul>\n"
    );
}
