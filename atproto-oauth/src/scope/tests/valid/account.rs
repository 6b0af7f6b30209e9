//! Files, and the account itself.

use super::Row;

pub(super) const ACCOUNT: &[Row] = &[
    (
        "SC-07",
        "blob:*/*",
        &[
            "blob:*/*?",
            "blob:%2A%2F%2A",
            "blob:*%2f*",
            "blob?accept=*/*",
            "blob?accept=*/*&accept=*/*",
            "blob?accept=image/png&accept=video/*&accept=*/*",
        ],
    ),
    (
        "SC-07",
        "blob:image/*",
        &[
            "blob:IMAGE/*",
            "blob?accept=image/*",
            "blob?accept=image/png&accept=image/*",
            "blob?accept=image/*&accept=IMAGE/PNG",
        ],
    ),
    (
        "SC-07",
        "blob:image/png",
        &[
            "blob:IMAGE/Png",
            "blob:image%2Fpng",
            "blob?%61ccep%74=image/png",
            "blob?accept=image/png&accept=image/PNG",
        ],
    ),
    (
        "SC-02",
        "blob:image/svg+xml",
        &[
            "blob:image/svg%2Bxml",
            "blob:image/svg%2bxml",
            "blob?accept=image/svg+xml",
            "blob?accept=image/svg%2Bxml",
        ],
    ),
    (
        "SC-13",
        "blob?accept=a/b&accept=image/svg%2Bxml",
        &["blob?accept=image/svg+xml&accept=a/b"],
    ),
    (
        "SC-13",
        "blob?accept=text/html&accept=video/*",
        &[
            "blob?accept=video/*&accept=text/html",
            "blob?accept=video/mp4&accept=text/html&accept=video/*&accept=Video/WebM",
        ],
    ),
    // What media types may hold besides letters and digits.
    (
        "SC-07",
        "blob:application/vnd.a-b_c%21d",
        &["blob:application/vnd.a-b_c!d"],
    ),
    (
        "SC-07",
        "blob:a/b%23c%24d%26e%5Ef",
        &["blob:a/b#c$d&e^f", "blob?accept=a/b#c$d%26e^f"],
    ),
    ("SC-07", "blob:9/9", &[]),
    ("SC-07", "blob:a-/a-", &[]),
    (
        "SC-08",
        "account:email",
        &[
            "account:email?",
            "account:email?action=read",
            "account?attr=email",
            "account?action=read&attr=email",
            "account:%65mail?actio%6E=rea%64",
        ],
    ),
    (
        "SC-08",
        "account:email?action=manage",
        &[
            "account?attr=email&action=manage",
            "account:emai%6C?action=m%61nage",
        ],
    ),
    ("SC-08", "account:repo", &["account?attr=repo&action=read"]),
    (
        "SC-08",
        "account:repo?action=manage",
        &["account?action=manage&attr=repo"],
    ),
    ("SC-08", "account:status", &["account:status?action=read"]),
    ("SC-08", "account:status?action=manage", &[]),
    (
        "SC-09",
        "identity:handle",
        &[
            "identity:handle?",
            "identity?attr=handle",
            "identity:%68andle",
        ],
    ),
    (
        "SC-09",
        "identity:*",
        &[
            "identity:*?",
            "identity:%2a",
            "identity?attr=*",
            "identity?att%72=%2A",
        ],
    ),
];
