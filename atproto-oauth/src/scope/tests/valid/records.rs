//! Sign-in, records, and what records are named by.

use super::Row;

pub(super) const RECORDS: &[Row] = &[
    ("CB-10", "atproto", &[]),
    ("SC-12", "transition:generic", &[]),
    ("SC-12", "transition:email", &[]),
    ("SC-12", "transition:chat.bsky", &[]),
    (
        "SC-02",
        "repo:app.example.post",
        &[
            "repo:app.example.post?",
            "repo?collection=app.example.post",
            "repo:app.example%2Epost",
            "repo:app.example%2epost",
            "repo:%61pp.example.pos%74",
            "repo?collection=%61pp.example.pos%74",
            "repo?%63ollectio%6E=app.example.post",
            "repo:%61%70%70%2E%65%78%61%6D%70%6C%65%2E%70%6F%73%74",
            "repo?collection=app.example.post&collection=app.example.post",
            "repo?collection=app.example.post&collection=%61pp.example.post",
        ],
    ),
    (
        "SC-13",
        "repo:a.b.c",
        &[
            "repo:a.b.c?action=create&action=update&action=delete",
            "repo:a.b.c?action=delete&action=update&action=create",
            "repo:a.b.c?action=delete&action=create&action=delete&action=update",
            "repo?action=update&collection=a.b.c&action=delete&action=create",
            "repo:a.b.c?%61ction=%63reate&action=updat%65&actio%6e=de%6Cete",
        ],
    ),
    (
        "SC-05",
        "repo:*",
        &[
            "repo:*?",
            "repo:%2A",
            "repo:%2a",
            "repo?collection=*",
            "repo?collection=%2A",
            "repo?collection=*&collection=*",
            "repo?collection=a.b.c&collection=*",
            "repo?collection=*&collection=a.b.c&collection=a.b.d",
            "repo:*?action=update&action=create&action=delete",
        ],
    ),
    (
        "SC-05",
        "repo:*?action=delete",
        &[
            "repo?action=delete&collection=*",
            "repo:*?action=delete&action=delete",
            "repo?collection=a.b.c&action=delete&collection=*",
        ],
    ),
    (
        "SC-05",
        "repo:a.b.c?action=create",
        &[
            "repo:a.b.c?action=create&action=create",
            "repo:%61.b.c?%61ction=cre%61te",
        ],
    ),
    (
        "SC-05",
        "repo:a.b.c?action=update",
        &["repo?action=update&collection=a.b.c"],
    ),
    ("SC-05", "repo:a.b.c?action=delete", &[]),
    (
        "SC-13",
        "repo:a.b.c?action=create&action=update",
        &["repo:a.b.c?action=update&action=create"],
    ),
    (
        "SC-13",
        "repo:a.b.c?action=create&action=delete",
        &["repo:a.b.c?action=delete&action=create"],
    ),
    (
        "SC-13",
        "repo:a.b.c?action=update&action=delete",
        &["repo?action=delete&collection=a.b.c&action=update&action=delete"],
    ),
    (
        "SC-13",
        "repo?collection=a.b.c&collection=a.b.d",
        &[
            "repo?collection=a.b.d&collection=a.b.c",
            "repo?collection=a.b.d&collection=a.b.c&collection=a.b.d",
            "repo?collection=a.b.d&collection=a.b%2Ec",
        ],
    ),
    (
        "SC-13",
        "repo?collection=a.b.c&collection=a.b.d&action=create",
        &["repo?collection=a.b.d&action=create&collection=a.b.c"],
    ),
    // Case matters, and capitals come first.
    (
        "SC-02",
        "repo?collection=a.b.C&collection=a.b.c",
        &["repo?collection=a.b.c&collection=a.b.C"],
    ),
    ("SC-05", "repo:App.Example.Post", &[]),
    ("SC-05", "repo:a.b.c9", &[]),
    ("SC-05", "repo:a1.b.c", &[]),
    ("SC-05", "repo:a.9.b", &[]),
    ("SC-05", "repo:a.0-0.b", &[]),
    ("SC-05", "repo:app.ex-ample.post", &[]),
    ("SC-05", "repo:a--b.c.d", &[]),
    ("SC-05", "repo:xn--a.b.c", &[]),
    ("SC-05", "repo:a.b.c.d.e.f", &[]),
    (
        "SC-05",
        "repo:a.b.abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc",
        &[],
    ),
    (
        "SC-05",
        "repo:abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc.b.c",
        &[],
    ),
];
