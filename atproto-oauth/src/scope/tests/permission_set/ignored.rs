//! Entries that give nothing.

use serde_json::{Value, json};

use super::{SERVICE, SET, entry, expand, set};

/// SC-11: entries that give nothing, and why. What stands beside them counts.
#[test]
fn sc_11_entries_that_are_ignored() {
    let post = json!(["app.example.feed.post"]);
    let get = json!(["app.example.feed.get"]);
    let long: Vec<_> = (0..400)
        .map(|n| format!("app.example.feed.post{n}"))
        .collect();
    let repo = |members| entry("repo", members);
    let rpc = |members| entry("rpc", members);
    let collection = |value: Value| repo(json!({ "collection": value }));
    for (entry, reason) in [
        (json!("repo:app.example.feed.post"), "not an object"),
        (json!(null), "not an object"),
        (json!({}), "`type`"),
        (json!({ "type": "permission" }), "not known"),
        (json!({ "resource": "repo", "collection": post }), "`type`"),
        (
            json!({ "type": "Permission", "resource": "repo", "collection": post }),
            "`type`",
        ),
        (entry("space", json!({ "collection": post })), "not known"),
        (entry("REPO", json!({ "collection": post })), "not known"),
        (entry("include", json!({ "nsid": SET })), "not known"),
        (entry("atproto", json!({})), "not known"),
        (
            entry("blob", json!({ "accept": ["*/*"] })),
            "cannot give this resource",
        ),
        (
            entry("account", json!({ "attr": "email" })),
            "cannot give this resource",
        ),
        (
            entry("identity", json!({ "attr": "*" })),
            "cannot give this resource",
        ),
        (
            repo(json!({ "collection": post, "maxSize": 1 })),
            "a member",
        ),
        (repo(json!({ "collection": post, "aud": "*" })), "a member"),
        (repo(json!({ "collection": post, "lxm": get })), "a member"),
        (
            repo(json!({ "collection": post, "description": "x" })),
            "a member",
        ),
        (repo(json!({})), "no list of names"),
        (collection(json!([])), "no list of names"),
        (
            collection(json!("app.example.feed.post")),
            "no list of names",
        ),
        (collection(json!(null)), "no list of names"),
        (
            collection(json!(["app.example.feed.post", 1])),
            "no list of names",
        ),
        (collection(json!(["*"])), "cannot give everything"),
        (
            collection(json!(["app.example.feed.post", "*"])),
            "cannot give everything",
        ),
        (collection(json!(["app.example.feed.*"])), "not an NSID"),
        (collection(json!(["app.example.feed.post "])), "not an NSID"),
        (
            collection(json!(["app.example.feed.p%6Fst"])),
            "not an NSID",
        ),
        (
            collection(json!(["app.example.feed.post&action=delete"])),
            "not an NSID",
        ),
        (collection(json!([""])), "not an NSID"),
        // Neither siblings nor parents, nor what only begins alike.
        (
            collection(json!(["app.example.actor.profile"])),
            "neither in the group",
        ),
        (
            collection(json!(["app.example.feed"])),
            "neither in the group",
        ),
        (
            collection(json!(["app.example.post"])),
            "neither in the group",
        ),
        (
            collection(json!(["app.example.feeds.post"])),
            "neither in the group",
        ),
        (
            collection(json!(["app.example.FEED.post"])),
            "neither in the group",
        ),
        (
            collection(json!(["com.atproto.lexicon.schema"])),
            "neither in the group",
        ),
        (
            collection(json!([
                "app.example.feed.post",
                "app.example.actor.profile"
            ])),
            "neither in the group",
        ),
        (collection(json!(long)), "longer than a permission"),
        (
            repo(json!({ "collection": post, "action": [] })),
            "`action`",
        ),
        (
            repo(json!({ "collection": post, "action": "create" })),
            "`action`",
        ),
        (
            repo(json!({ "collection": post, "action": null })),
            "`action`",
        ),
        (
            repo(json!({ "collection": post, "action": ["create", "purge"] })),
            "`action`",
        ),
        (
            repo(json!({ "collection": post, "action": ["*"] })),
            "`action`",
        ),
        (rpc(json!({ "lxm": get })), "neither `aud` nor `inheritAud`"),
        (
            rpc(json!({ "lxm": get, "inheritAud": false })),
            "neither `aud` nor `inheritAud`",
        ),
        (
            rpc(json!({ "lxm": get, "aud": "*", "inheritAud": true })),
            "both",
        ),
        (
            rpc(json!({ "lxm": get, "aud": null, "inheritAud": true })),
            "both",
        ),
        (
            rpc(json!({ "lxm": get, "aud": "did:web:api.example.com#svc", "inheritAud": true })),
            "both",
        ),
        (
            rpc(json!({ "lxm": get, "aud": "did:web:api.example.com#svc" })),
            "cannot choose",
        ),
        (
            rpc(json!({ "lxm": get, "aud": "did:web:api.example.com" })),
            "cannot choose",
        ),
        (rpc(json!({ "lxm": get, "aud": "" })), "cannot choose"),
        (rpc(json!({ "lxm": get, "aud": ["*"] })), "cannot choose"),
        (
            rpc(json!({ "lxm": get, "inheritAud": "true" })),
            "`inheritAud`",
        ),
        (
            rpc(json!({ "lxm": get, "inheritAud": 1, "aud": "*" })),
            "`inheritAud`",
        ),
        (
            rpc(json!({ "lxm": ["*"], "aud": "*" })),
            "cannot give everything",
        ),
        (
            rpc(json!({ "lxm": ["*"], "inheritAud": true })),
            "cannot give everything",
        ),
        (
            rpc(json!({ "lxm": ["app.example.get"], "aud": "*" })),
            "neither in the group",
        ),
        (
            rpc(json!({ "lxm": get, "aud": "*", "collection": post })),
            "a member",
        ),
        (
            rpc(json!({ "lxm": long, "inheritAud": true })),
            "longer than a permission",
        ),
    ] {
        let beside = repo(json!({ "collection": ["app.example.feed.other"] }));
        let set = set(json!([entry, beside]));
        let ignored: Vec<_> = set.ignored().collect();
        let [(0, found)] = ignored.as_slice() else {
            panic!("{entry}: {ignored:?}");
        };
        assert!(found.contains(reason), "{entry}: {found}");
        assert_eq!(
            expand(&set, SERVICE),
            "repo:app.example.feed.other",
            "{entry}"
        );
    }
}
