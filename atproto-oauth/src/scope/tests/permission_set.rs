//! What stands behind an `include:`.

mod documents;
mod ignored;
mod properties;

use serde_json::{Value, json};

use super::super::PermissionSet;
use super::scope;

const SET: &str = "app.example.feed.authBasic";
const SERVICE: &str = "include:app.example.feed.authBasic?aud=did:web:api.example.com%23svc";

fn lexicon(entries: Value) -> Value {
    let mut lexicon = json!({
        "$type": "com.atproto.lexicon.schema",
        "lexicon": 1,
        "id": SET,
        "defs": { "main": { "type": "permission-set" } },
    });
    lexicon["defs"]["main"]["permissions"] = entries;
    lexicon
}

fn set(entries: Value) -> PermissionSet {
    PermissionSet::from_lexicon(&lexicon(entries)).unwrap()
}

fn expand(set: &PermissionSet, include: &str) -> String {
    set.expand(&scope(include)).unwrap().to_string()
}

/// An entry with `resource` and further members.
fn entry(resource: &str, mut members: Value) -> Value {
    members["type"] = "permission".into();
    members["resource"] = resource.into();
    members
}

/// SC-10, SC-11: entries that give something, without a service and with one. The spelling is the one of
/// the reference server.
#[test]
fn sc_11_entries_that_count() {
    let repo = |members| entry("repo", members);
    let rpc = |members| entry("rpc", members);
    for (entry, without, with) in [
        (
            repo(json!({ "collection": ["app.example.feed.post"] })),
            "repo:app.example.feed.post",
            "repo:app.example.feed.post",
        ),
        // Children, recursively.
        (
            repo(json!({ "collection": ["app.example.feed.deep.er.post"] })),
            "repo:app.example.feed.deep.er.post",
            "repo:app.example.feed.deep.er.post",
        ),
        (
            repo(json!({ "collection": ["app.example.feed.post", "app.example.feed.like"] })),
            "repo?collection=app.example.feed.like&collection=app.example.feed.post",
            "repo?collection=app.example.feed.like&collection=app.example.feed.post",
        ),
        (
            repo(
                json!({ "collection": ["app.example.feed.post"], "action": ["update", "create"] }),
            ),
            "repo:app.example.feed.post?action=create&action=update",
            "repo:app.example.feed.post?action=create&action=update",
        ),
        (
            repo(json!({
                "collection": ["app.example.feed.post"],
                "action": ["create", "update", "delete"],
            })),
            "repo:app.example.feed.post",
            "repo:app.example.feed.post",
        ),
        (
            rpc(json!({ "lxm": ["app.example.feed.get"], "aud": "*" })),
            "rpc:app.example.feed.get?aud=*",
            "rpc:app.example.feed.get?aud=*",
        ),
        // The parameter is optional, and false is what it is without it. The reference server does not
        // grant such an entry.
        (
            rpc(json!({ "lxm": ["app.example.feed.get"], "aud": "*", "inheritAud": false })),
            "rpc:app.example.feed.get?aud=*",
            "rpc:app.example.feed.get?aud=*",
        ),
        // Without a service to inherit, nothing.
        (
            rpc(json!({ "lxm": ["app.example.feed.get"], "inheritAud": true })),
            "",
            "rpc:app.example.feed.get?aud=did:web:api.example.com%23svc",
        ),
        (
            rpc(json!({
                "lxm": ["app.example.feed.put", "app.example.feed.get"],
                "inheritAud": true,
            })),
            "",
            "rpc?lxm=app.example.feed.get&lxm=app.example.feed.put\
             &aud=did:web:api.example.com%23svc",
        ),
    ] {
        let set = set(json!([entry]));
        assert_eq!(set.ignored().count(), 0, "{entry}");
        assert_eq!(
            expand(&set, "include:app.example.feed.authBasic"),
            without,
            "{entry}"
        );
        assert_eq!(expand(&set, SERVICE), with, "{entry}");
    }
}
