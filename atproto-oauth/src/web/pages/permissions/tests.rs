use super::{describe, list};

#[test]
fn permissions_are_said_in_plain_words() {
    for (permission, words) in [
        ("atproto", "see which account is yours"),
        (
            "transition:generic",
            "read and change what your account holds: posts, likes, follows, settings of apps",
        ),
        ("transition:email", "see your email address"),
        ("transition:chat.bsky", "read and send your direct messages"),
        (
            "repo:a.b.c",
            "add, change and delete records of the kind <code>a.b.c</code> in your account",
        ),
        (
            "repo:a.b.c?action=create",
            "add records of the kind <code>a.b.c</code> in your account",
        ),
        (
            "repo?collection=a.b.c&collection=d.e.f&action=delete&action=create",
            "add and delete records of the kinds <code>a.b.c</code> and <code>d.e.f</code> in your account",
        ),
        (
            "repo:*?action=update",
            "change records of every kind in your account",
        ),
        (
            "rpc:a.b.c?aud=did:web:x.y%23main",
            "use <code>a.b.c</code> at <code>x.y</code> in your name",
        ),
        (
            "rpc?lxm=a.b.c&lxm=a.b.d&lxm=a.b.e&aud=*",
            "use <code>a.b.c</code>, <code>a.b.d</code> and <code>a.b.e</code> at any service in your name",
        ),
        (
            "rpc:*?aud=did:plc:aaaaaaaaaaaaaaaaaaaaaaaa%23main",
            "use everything at <code>did:plc:aaaaaaaaaaaaaaaaaaaaaaaa#main</code> in your name",
        ),
        (
            "rpc:*?aud=did:web:localhost%253A3000%23main",
            "use everything at <code>did:web:localhost%3A3000#main</code> in your name",
        ),
        ("blob:image/*", "upload images"),
        (
            "blob:image/svg%2Bxml",
            "upload files of the type <code>image/svg+xml</code>",
        ),
        (
            "blob?accept=video/*&accept=a/b&accept=c/d&accept=audio/*",
            "upload sounds, videos and files of the types <code>a/b</code> and <code>c/d</code>",
        ),
        ("blob:text/*", "upload texts"),
        ("blob:*/*", "upload files of any kind"),
        ("account:email", "see your email address"),
        (
            "account:email?action=manage",
            "see and change your email address",
        ),
        ("account:repo", "see what everybody can see in your account"),
        (
            "account?attr=repo&action=manage",
            "replace everything that your account holds",
        ),
        ("account:status", "see whether your account is active"),
        (
            "account:status?action=manage",
            "see and change whether your account is active",
        ),
        ("identity:handle", "change your handle"),
        (
            "identity:*",
            "change your handle and everything else about your identity",
        ),
        (
            "include:a.b.c",
            "do what the list <code>a.b.c</code> allows",
        ),
        (
            "include:a.b.c?aud=did:web:x.y%23main",
            "do what the list <code>a.b.c</code> allows at <code>x.y</code>",
        ),
        ("unheard:of", "<code>unheard:of</code>"),
        ("", "<code></code>"),
    ] {
        assert_eq!(describe(permission), words, "{permission}");
    }
}

/// What is no permission is text, and nothing but text.
#[test]
fn never_markup_from_a_permission() {
    for permission in [
        "repo:%3Cb%3E?action=create",
        "repo:<b>",
        "blob:image/<script>alert(1)</script>",
        "rpc:a.b.c?aud=did:web:x.y%22%3E%3Cb%3E",
        "include:\"onclick='x'",
        "account:<i>",
        "\u{202e}repo:a.b.c\0",
    ] {
        let words = describe(permission);
        let inside = words
            .strip_prefix("<code>")
            .and_then(|rest| rest.strip_suffix("</code>"))
            .unwrap();
        assert!(
            !inside.contains(['<', '>', '"', '\'', '\0', '\u{202e}']),
            "{words}"
        );
    }
}

#[test]
fn many_names_are_counted() {
    let names: Vec<String> = (0..40).map(|n| format!("collection=a.b.c{n}")).collect();
    let words = describe(&format!("repo?{}", names.join("&")));
    assert_eq!(words.matches("<code>").count(), 12, "{words}");
    assert!(words.contains(" and 28 more in your account"), "{words}");
}

#[test]
fn no_permissions_make_no_list() {
    assert_eq!(list(&[]), "");
    assert_eq!(
        list(&["atproto"]),
        "<ul>\n<li>see which account is yours</li>\n</ul>\n"
    );
}
