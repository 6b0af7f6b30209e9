//! What is no permission for services, the account or a permission set.

use super::Group;

pub(super) const SERVICES: &[Group] = &[
    (
        "`rpc` needs a service; add for example `?aud=did:web:api.bsky.app%23bsky_appview`, or \
         `?aud=*`",
        &[("SC-06", "rpc"), ("SC-06", "rpc:a.b.c"), ("SC-06", "rpc:*")],
    ),
    (
        "`rpc` needs a method; write for example `rpc:app.bsky.feed.getTimeline?aud=*`",
        &[("SC-06", "rpc?aud=*"), ("SC-06", "rpc?aud=did:web:x%23s")],
    ),
    (
        "`rpc` must name the method or the service; replace one of the two `*`",
        &[
            ("SC-06", "rpc:*?aud=*"),
            ("SC-06", "rpc?lxm=*&aud=%2A"),
            ("SC-06", "rpc?lxm=a.b.c&lxm=*&aud=*"),
        ],
    ),
    (
        "the method of `rpc` must be a whole NSID or `*`; write for example \
         `rpc:app.bsky.feed.getTimeline?aud=*`",
        &[
            ("SC-06", "rpc:?aud=*"),
            ("SC-06", "rpc:a.b?aud=*"),
            ("SC-06", "rpc:a.b.*?aud=*"),
            ("SC-06", "rpc?lxm=a.b.c&lxm=&aud=*"),
            ("SC-06", "rpc:/xrpc/a.b.c?aud=*"),
        ],
    ),
    (
        "the `aud` of `rpc` must be a DID with a service, or `*`; write for example \
         `did:web:api.bsky.app%23bsky_appview`",
        &[
            ("SC-06", "rpc:a.b.c?aud="),
            ("SC-06", "rpc:a.b.c?aud=**"),
            ("SC-06", "rpc:a.b.c?aud=%23s"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%2523s"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%23b"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%20b"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%22b"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%25z"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%25"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%254"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23%C3%A9"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%25%23a"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x/y%23a"),
            ("SC-06", "rpc:a.b.c?aud=did:web:%23a"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x:%23a"),
            ("SC-06", "rpc:a.b.c?aud=did:web%23a"),
            ("SC-06", "rpc:a.b.c?aud=did::x%23a"),
            ("SC-06", "rpc:a.b.c?aud=did:Web:x%23a"),
            ("SC-06", "rpc:a.b.c?aud=did:m1:x%23a"),
            ("SC-06", "rpc:a.b.c?aud=DID:web:x%23a"),
            ("SC-06", "rpc:a.b.c?aud=did%23a"),
            ("SC-06", "rpc:a.b.c?aud=web:x%23a"),
            ("SC-06", "rpc:a.b.c?aud=https://x.y"),
            ("SC-02", "rpc:a.b.c?aud=did:web:x?lxm=a.b.c"),
            ("SC-06", "rpc:a.b.c?aud=*%20"),
        ],
    ),
    (
        "`rpc` takes one `aud`; write one permission per service",
        &[
            ("SC-06", "rpc:a.b.c?aud=*&aud=*"),
            ("SC-06", "rpc:a.b.c?aud=did:web:x%23s&a%75d=did:web:y%23s"),
        ],
    ),
    (
        "`rpc` has no such parameter; it takes `lxm` and `aud`",
        &[
            ("SC-04", "rpc:a.b.c?aud=*&invalid=x"),
            ("SC-04", "rpc:a.b.c?inheritAud=true"),
            ("SC-04", "rpc:a.b.c?AUD=*"),
        ],
    ),
    (
        "`include` needs a permission set; write for example `include:app.bsky.authFull`",
        &[("SC-10", "include"), ("SC-10", "include?aud=did:web:x%23s")],
    ),
    (
        "the permission set of `include` must be a whole NSID; write for example \
         `include:app.bsky.authFull`",
        &[
            ("SC-10", "include:"),
            ("SC-10", "include:*"),
            ("SC-10", "include:a.b"),
            ("SC-10", "include:a.b.*"),
            ("SC-10", "include?nsid="),
        ],
    ),
    (
        "the `aud` of `include` must be a DID with a service; write for example \
         `did:web:api.bsky.app%23bsky_appview`",
        &[
            ("SC-10", "include:a.b.c?aud=*"),
            ("SC-10", "include:a.b.c?aud="),
            ("SC-10", "include:a.b.c?aud=did:web:x"),
            ("SC-10", "include:a.b.c?aud=did:web:x%23"),
            ("SC-10", "include:a.b.c?aud=svc"),
        ],
    ),
    (
        "`include` takes one permission set and one `aud`; write one permission per set",
        &[
            ("SC-10", "include:a.b.c?aud=did:web:x%23a&aud=did:web:x%23a"),
            ("SC-10", "include?nsid=a.b.c&nsid=a.b.d"),
        ],
    ),
    (
        "`include` has no such parameter; it takes `aud`",
        &[
            ("SC-04", "include:a.b.c?lxm=a.b.c"),
            ("SC-04", "include:a.b.c?inheritAud=true"),
        ],
    ),
    (
        "`account` needs an attribute; write `account:email` or `account:repo`",
        &[("SC-08", "account"), ("SC-08", "account?action=manage")],
    ),
    (
        "there is no such attribute in `account`; write `account:email` or `account:repo`",
        &[
            ("SC-08", "account:"),
            ("SC-08", "account:*"),
            ("SC-08", "account:Email"),
            ("SC-08", "account:handle"),
            ("SC-08", "account?attr="),
        ],
    ),
    (
        "there is no such action in `account`; write `action=manage`, or no `action` to read",
        &[
            ("SC-08", "account:email?action="),
            ("SC-08", "account:email?action=write"),
            ("SC-08", "account:email?action=Manage"),
            ("SC-08", "account:email?action=*"),
        ],
    ),
    (
        "`account` takes one `attr` and one `action`, and `manage` includes `read`; write one permission per attribute",
        &[
            ("SC-08", "account?attr=email&attr=repo"),
            ("SC-08", "account?attr=email&attr=email"),
            ("SC-08", "account:email?action=read&action=manage"),
        ],
    ),
    (
        "`account` has no such parameter; it takes `attr` and `action`",
        &[("SC-04", "account:email?x=y")],
    ),
    (
        "`identity` needs an attribute; write `identity:handle` or `identity:*`",
        &[("SC-09", "identity"), ("SC-09", "identity?")],
    ),
    (
        "there is no such attribute in `identity`; write `identity:handle` or `identity:*`",
        &[
            ("SC-09", "identity:"),
            ("SC-09", "identity:did"),
            ("SC-09", "identity:**"),
            ("SC-09", "identity:Handle"),
        ],
    ),
    (
        "`identity` has no such parameter; write `identity:handle` or `identity:*`",
        &[
            ("SC-09", "identity:*?action=manage"),
            ("SC-09", "identity:handle?action=read"),
        ],
    ),
    (
        "`identity` takes one `attr`; write `identity:handle` or `identity:*`",
        &[("SC-09", "identity?attr=handle&attr=*")],
    ),
];
