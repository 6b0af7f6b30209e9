//! What stands behind an `include:`.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::super::{PermissionSet, ScopeSet};
use super::scope;
use crate::ErrorKind;

const SET: &str = "app.example.feed.authBasic";
const SERVICE: &str = "include:app.example.feed.authBasic?aud=did:web:api.example.com%23svc";

fn lexicon(entries: Value) -> Value {
    json!({
        "$type": "com.atproto.lexicon.schema",
        "lexicon": 1,
        "id": SET,
        "defs": { "main": { "type": "permission-set", "permissions": entries } },
    })
}

fn set(entries: Value) -> PermissionSet {
    PermissionSet::from_lexicon(&lexicon(entries)).unwrap()
}

fn expand(set: &PermissionSet, include: &str) -> String {
    set.expand(&scope(include)).unwrap().to_string()
}

/// An entry with `resource` and further members.
fn entry(resource: &str, members: Value) -> Value {
    let mut entry = json!({ "type": "permission", "resource": resource });
    for (name, value) in members.as_object().unwrap() {
        entry[name] = value.clone();
    }
    entry
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

#[test]
fn documents_that_are_no_permission_set() {
    let good = lexicon(json!([]));
    let with = |pointer: &str, value: Value| {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    let entry = entry("repo", json!({ "collection": ["app.example.feed.post"] }));
    for (document, part) in [
        (json!(null), "`id`"),
        (json!([]), "`id`"),
        (with("/id", json!(null)), "`id`"),
        (with("/id", json!("app.example")), "`id`"),
        (with("/id", json!("app.example.feed.auth#main")), "`id`"),
        (with("/lexicon", json!(2)), "version"),
        (with("/lexicon", json!("1")), "version"),
        (with("/lexicon", json!(1.5)), "version"),
        (with("/defs", json!({})), "does not define"),
        (with("/defs/main", json!("x")), "does not define"),
        (with("/defs/main/type", json!("record")), "does not define"),
        (with("/defs/main/permissions", json!({})), "`permissions`"),
        (with("/defs/main/permissions", json!(null)), "`permissions`"),
        (
            with("/defs/main/permissions", json!(vec![entry; 1_001])),
            "more than 1000",
        ),
    ] {
        let error = PermissionSet::from_lexicon(&document).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let message = error.to_string();
        assert!(
            message.contains(part) && message.contains("; "),
            "{document}: {message}"
        );
    }
    for text in ["", "{", "null", "\"include:a.b.c\"", &"[".repeat(100_000)] {
        assert!(text.parse::<PermissionSet>().is_err(), "{:.20}", text);
    }
    let long = format!("{}{}", " ".repeat(PermissionSet::MAX_BYTES), good);
    assert!(
        long.parse::<PermissionSet>()
            .unwrap_err()
            .to_string()
            .contains("256 KiB")
    );
    assert_eq!(
        good.to_string().parse::<PermissionSet>().unwrap().nsid(),
        SET
    );
}

/// SC-10: only the `include:` that names the set is what the set stands for.
#[test]
fn sc_10_a_set_stands_for_its_own_name_only() {
    let set = set(json!([entry(
        "repo",
        json!({ "collection": ["app.example.feed.post"] })
    )]));
    for other in [
        "include:app.example.feed.authFull",
        "include:app.example.authBasic",
        "repo:app.example.feed.authBasic",
        "atproto",
    ] {
        let error = set.expand(&scope(other)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{other}");
    }
    for same in [
        "include:app.example.feed.authBasic",
        "include?nsid=app.example.feed.authBasic",
        "include:app.example.feed.auth%42asic",
        "include:app.example.feed.authBasic?aud=did:web:api.example.com#svc",
    ] {
        assert_eq!(expand(&set, same), "repo:app.example.feed.post", "{same}");
    }
}

#[test]
fn never_more_than_a_scope_can_hold() {
    let names = |n: usize| {
        (0..150)
            .map(|m| format!("app.example.feed.n{n}x{m}"))
            .collect::<Vec<_>>()
    };
    let entries: Vec<_> = (0..10)
        .map(|n| entry("repo", json!({ "collection": names(n) })))
        .collect();
    let set = set(json!(entries));
    assert_eq!(set.ignored().count(), 0);
    let error = set
        .expand(&scope("include:app.example.feed.authBasic"))
        .unwrap_err();
    assert!(error.to_string().contains("32 KiB"), "{error}");
}

#[test]
fn words_for_people() {
    let mut document = lexicon(json!([]));
    let main = &mut document["defs"]["main"];
    main["title"] = json!("Basics");
    main["title:lang"] = json!({ "ja": "\u{57fa}\u{672c}", "pt-BR": "B\u{e1}sico", "xx": 1 });
    main["detail"] = json!(["no text"]);
    main["detail:lang"] = json!({ "de": "Das Wichtigste" });
    let set = PermissionSet::from_lexicon(&document).unwrap();
    assert_eq!(set.title(), Some("Basics"));
    for (language, title) in [
        ("ja", "\u{57fa}\u{672c}"),
        ("ja-JP", "\u{57fa}\u{672c}"),
        ("PT-br", "B\u{e1}sico"),
        ("pt", "Basics"),
        ("xx", "Basics"),
        ("", "Basics"),
    ] {
        assert_eq!(set.title_in(language), Some(title), "{language}");
    }
    assert_eq!(set.detail(), None);
    assert_eq!(set.detail_in("de"), Some("Das Wichtigste"));
    assert_eq!(set.detail_in("en"), None);
}

fn any_value() -> impl Strategy<Value = Value> {
    let text = select(vec![
        "permission",
        "repo",
        "rpc",
        "blob",
        "*",
        "create",
        "app.example.feed.post",
        "app.example.post",
        "app.example.feed.deep.get",
        "did:web:api.example.com#svc",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 0..3).prop_map(Value::from),
            1 => btree_map(any::<String>(), inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

/// Entries that are nearly right, and some that are.
fn any_entry() -> impl Strategy<Value = Value> {
    let members = select(vec![
        "collection",
        "action",
        "lxm",
        "aud",
        "inheritAud",
        "type",
        "resource",
    ]);
    let resource = select(vec!["repo", "rpc"]);
    let names = select(vec![
        "app.example.feed.post",
        "app.example.feed.deep.get",
        "app.example.other.post",
        "*",
    ]);
    let changes = btree_map(members, any_value(), 0..2);
    (resource, vec(names, 1..3), any::<bool>(), changes).prop_map(
        |(resource, names, inherits, changes)| {
            let mut entry = json!({ "type": "permission", "resource": resource });
            if resource == "repo" {
                entry["collection"] = json!(names);
            } else {
                entry["lxm"] = json!(names);
                entry[if inherits { "inheritAud" } else { "aud" }] =
                    if inherits { json!(true) } else { json!("*") };
            }
            for (name, value) in changes {
                entry[name] = value;
            }
            entry
        },
    )
}

proptest! {
    /// SC-11: whatever a set says, it gives nothing but whole names below its own group, at the service of
    /// the `include:` or at any.
    #[test]
    fn sc_11_never_beyond_the_namespace(entries in vec(any_entry(), 0..6)) {
        let set = set(json!(entries));
        let given = set.expand(&scope(SERVICE)).unwrap();
        for permission in given.scopes().map(|scope| scope.permission().unwrap()) {
            let mut names = permission.names();
            while let Some(name) = names.take() {
                prop_assert!(name.starts_with("app.example.feed."), "{}", given);
            }
            let audience = permission.audience();
            let is_fine = audience.is_none_or(|aud| aud.is("*") || aud.is("did:web:api.example.com#svc"));
            prop_assert!(is_fine, "{}", given);
        }
        prop_assert_eq!(given.scopes().count(), given.len());
        // Each entry says the same alone as among others.
        let alone = entries.iter().map(|entry| expand(&super::permission_set::set(json!([entry])), SERVICE));
        let alone = alone.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        prop_assert_eq!(ScopeSet::parse_granted(&alone).unwrap(), given);
    }

    /// A service adds permissions and takes none away.
    #[test]
    fn sc_10_a_service_only_adds(entries in vec(any_entry(), 0..6)) {
        let set = set(json!(entries));
        let without = set.expand(&scope("include:app.example.feed.authBasic")).unwrap();
        let with = set.expand(&scope(SERVICE)).unwrap();
        prop_assert!(with.missing(&without).is_empty());
    }

    #[test]
    fn never_panics_on_any_document(document in any_value(), main in any_value(), list in any_value()) {
        let _ = PermissionSet::from_lexicon(&document);
        let mut good = lexicon(list);
        let _ = PermissionSet::from_lexicon(&good);
        good["defs"]["main"] = main;
        let _ = PermissionSet::from_lexicon(&good);
    }

    #[test]
    fn never_panics_on_any_text(text in any::<String>(), at in any::<proptest::sample::Index>(), byte: u8) {
        let _ = text.parse::<PermissionSet>();
        let mut bytes = lexicon(json!([])).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = String::from_utf8_lossy(&bytes).parse::<PermissionSet>();
    }
}
