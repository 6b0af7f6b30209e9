//! Permissions that an application may not declare, though servers may grant them.

use super::super::permission::Permission;
use super::super::require::require;
use super::super::{DeclaredScopes, Scope};

const STATUS: &str = "the specification knows no such attribute, though some servers grant it; \
    write `account:email` or `account:repo`";
const PLUS: &str = "some servers read a `+` after `?` as a space; write `%2B`";
const DID: &str = "the DID of the `aud` cannot be looked up; write `did:web:` and a host without \
    path or port, or `did:plc:` and its 24 characters";

/// (conformance line, text, reason)
const REFUSED: &[(&str, &str, &str)] = &[
    ("SC-08", "account:status", STATUS),
    ("SC-08", "account:status?action=manage", STATUS),
    ("SC-08", "account?attr=st%61tus", STATUS),
    ("SC-07", "blob?accept=image/svg+xml", PLUS),
    ("SC-07", "blob?accept=image/png&accept=image/svg+xml", PLUS),
    ("SC-06", "rpc:a.b.c?aud=did:web:x%23a+b", PLUS),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:plc:ewvi7nxzyoun6zhxrhs64oi%23s",
        DID,
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:plc:ewvi7nxzyoun6zhxrhs64oizz%23s",
        DID,
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:plc:ewvi7nxzyoun6zhxrhs64oi1%23s",
        DID,
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:plc:EWVI7NXZYOUN6ZHXRHS64OIZ%23s",
        DID,
    ),
    ("SC-06", "rpc:a.b.c?aud=did:web:x.y:user:z%23s", DID),
    ("SC-06", "rpc:a.b.c?aud=did:web:x.y%253A8080%23s", DID),
    ("SC-06", "rpc:a.b.c?aud=did:web:localhost%253A%23s", DID),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:localhost%253A65536%23s",
        DID,
    ),
    (
        "SC-06",
        "rpc:a.b.c?aud=did:web:localhost%253A99999999999%23s",
        DID,
    ),
    ("SC-06", "rpc:a.b.c?aud=did:web:localhost%253A80x%23s", DID),
    ("SC-06", "rpc:a.b.c?aud=did:web:localhost:80%23s", DID),
    ("SC-06", "rpc:a.b.c?aud=did:web:127.0.0.1%23s", DID),
    ("SC-06", "rpc:a.b.c?aud=did:web:x..y%23s", DID),
    ("SC-06", "rpc:a.b.c?aud=did:web:x.-y%23s", DID),
    ("SC-06", "rpc:a.b.c?aud=did:web:x_y%23s", DID),
    ("SC-06", "rpc:a.b.c?aud=did:web:x.%23s", DID),
    ("SC-10", "include:a.b.c?aud=did:web:x:y%23s", DID),
];

const ACCEPTED: &[&str] = &[
    "account:email?action=read",
    "blob:image/svg+xml",
    "blob?accept=image/svg%2Bxml",
    "rpc:a.b.c?aud=*",
    "rpc:a.b.c?aud=did:plc:ewvi7nxzyoun6zhxrhs64oiz%23s",
    "rpc:a.b.c?aud=did:web:api.example.com%23s",
    "rpc:a.b.c?aud=did:web:X9.y-z.c0m%23s",
    "rpc:a.b.c?aud=did:web:localhost%23s",
    "rpc:a.b.c?aud=did:web:localhost%253A65535%23s",
    "include:a.b.c?aud=did:web:api.example.com%23s",
    // Methods that the protocol may have one day.
    "rpc:a.b.c?aud=did:example:A_b-c.d%23s",
];

const _: () = {
    let mut rest = REFUSED;
    while let [(_, text, _), after @ ..] = rest {
        assert!(Permission::parse(text).is_ok());
        assert!(Permission::parse_declared(text).is_err());
        rest = after;
    }
    let mut rest = ACCEPTED;
    while let [text, after @ ..] = rest {
        require(None, "App", text);
        rest = after;
    }
};

/// SC-06, SC-07, SC-08, SC-10
#[test]
fn what_servers_read_otherwise_is_not_declared() {
    for (line, text, reason) in REFUSED {
        assert!(text.parse::<Scope>().is_ok(), "{line}: {text}");
        assert_eq!(
            Permission::parse_declared(text).err(),
            Some(*reason),
            "{line}: {text}"
        );
    }
    for text in ACCEPTED {
        assert_eq!(Permission::parse_declared(text).err(), None, "{text}");
    }
}

#[test]
fn the_program_is_told_what_the_compiler_says() {
    let declared = DeclaredScopes::new(&["atproto", "account:status"], &[]);
    let error = declared.validate().unwrap_err().to_string();
    assert!(error.ends_with(STATUS), "{error}");
}
