//! What holds for all sets. A failing case prints its seed and is kept by `proptest`.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::super::super::{PermissionSet, ScopeSet};
use super::{SERVICE, expand, lexicon, scope, set};

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
                prop_assert!(name.after("app.example.feed.").is_some(), "{}", given);
            }
            let audience = permission.audience();
            let is_fine = audience.is_none_or(|aud| aud.is("*") || aud.is("did:web:api.example.com#svc"));
            prop_assert!(is_fine, "{}", given);
        }
        prop_assert_eq!(given.scopes().count(), given.len());
        // Each entry says the same alone as among others.
        let alone = entries.iter().map(|entry| expand(&super::set(json!([entry])), SERVICE));
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
