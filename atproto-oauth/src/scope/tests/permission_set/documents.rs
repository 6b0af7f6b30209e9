//! Whole documents.

use serde_json::{Value, json};

use super::super::super::PermissionSet;
use super::{SET, entry, expand, lexicon, scope, set};
use crate::error::ErrorKind;

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
        assert!(text.parse::<PermissionSet>().is_err(), "{text:.20}");
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
