//! Calls of services, and permission sets, which may be for a service.

use super::Row;

pub(super) const SERVICES: &[Row] = &[
    (
        "SC-06",
        "rpc:app.example.getFeed?aud=*",
        &[
            "rpc:app.example.getFeed?aud=%2A",
            "rpc?aud=*&lxm=app.example.getFeed",
            "rpc?lxm=app.example.getFeed&aud=*",
            "rpc?lxm=app.example.getFeed&aud=*&lxm=app.example.getFeed",
            "rpc:app.example.get%46eed?%61ud=*",
        ],
    ),
    (
        "SC-10",
        "rpc:app.example.getFeed?aud=did:web:api.example.com%23svc",
        &[
            "rpc:app.example.getFeed?aud=did:web:api.example.com#svc",
            "rpc:app.example.getFeed?aud=did%3Aweb%3Aapi.example.com%23svc",
            "rpc:app.example.getFeed?aud=did%3aweb%3aapi.example.com%23s%76c",
            "rpc?aud=did:web:api.example.com%23svc&lxm=app.example.getFeed",
        ],
    ),
    (
        "SC-06",
        "rpc:*?aud=did:web:api.example.com%23svc",
        &[
            "rpc?lxm=*&aud=did:web:api.example.com%23svc",
            "rpc?aud=did:web:api.example.com#svc&lxm=%2a",
            "rpc?lxm=a.b.c&lxm=*&aud=did:web:api.example.com%23svc",
        ],
    ),
    (
        "SC-13",
        "rpc?lxm=a.b.c&lxm=a.b.d&aud=did:plc:ewvi7nxzyoun6zhxrhs64oiz%23svc",
        &[
            "rpc?aud=did:plc:ewvi7nxzyoun6zhxrhs64oiz%23svc&lxm=a.b.d&lxm=a.b.c",
            "rpc?lxm=a.b.d&aud=did:plc:ewvi7nxzyoun6zhxrhs64oiz#svc&lxm=a.b.c&lxm=a.b.d",
        ],
    ),
    // The `%` of an encoded port is encoded itself.
    (
        "SC-14",
        "rpc:a.b.c?aud=did:web:localhost%253A3000%23svc",
        &["rpc:a.b.c?aud=did:web:localhost%253A3000#svc"],
    ),
    // Any DID that is well-formed, whatever its method.
    ("SC-06", "rpc:a.b.c?aud=did:web:x.y:user:z%23s", &[]),
    ("SC-06", "rpc:a.b.c?aud=did:web:x.y:8080%23s", &[]),
    ("SC-06", "rpc:a.b.c?aud=did:example:A_b-c.d%23s", &[]),
    ("SC-06", "rpc:a.b.c?aud=did:m:::v%23s", &[]),
    ("SC-06", "rpc:a.b.c?aud=did:m:a%25zz%23s", &[]),
    // What a fragment may hold.
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:x%23a/b%3Fc",
        &["rpc:a.b.c?aud=did:web:x#a/b?c"],
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:x%23a%26b%3Dc",
        &["rpc:a.b.c?aud=did:web:x%23a%26b=c"],
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:x%23-._~%21%24%27%28%29*%2B%2C%3B%3D:%40",
        &["rpc:a.b.c?aud=did:web:x#-._~!$'()*+,;=:@"],
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:x%23a%2541",
        &["rpc:a.b.c?aud=did:web:x#a%2541"],
    ),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%23a%25f0", &[]),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%230", &[]),
    // Permission sets.
    (
        "SC-10",
        "include:app.example.authFull",
        &[
            "include:app.example.authFull?",
            "include?nsid=app.example.authFull",
            "include:app.example.auth%46ull",
            "include?nsi%64=app.example.auth%46ull",
        ],
    ),
    (
        "SC-10",
        "include:app.example.authFull?aud=did:web:api.example.com%23svc_chat",
        &[
            "include:app.example.authFull?aud=did:web:api.example.com#svc_chat",
            "include?aud=did:web:api.example.com%23svc_chat&nsid=app.example.authFull",
            "include?nsid=app.example.authFull&a%75d=did:web:api.example.com%23svc%5Fchat",
        ],
    ),
    ("SC-10", "include:a.b.C", &[]),
];
