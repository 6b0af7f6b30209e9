//! Permissions, each with its canonical spelling.

mod account;
mod records;
mod services;

use super::super::covers::covers;
use super::super::permission::Permission;
use super::super::syntax::Syntax;
use super::scope;

/// (conformance line, canonical spelling, other spellings)
type Row = (&'static str, &'static str, &'static [&'static str]);

const TABLES: [&[Row]; 3] = [records::RECORDS, services::SERVICES, account::ACCOUNT];

/// (line, text, canonical spelling)
fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLES
        .into_iter()
        .flatten()
        .flat_map(|(line, canonical, others)| {
            let texts = [*canonical].into_iter().chain(others.iter().copied());
            texts.map(|text| (*line, text, *canonical))
        })
}

// The compiler reads the same tables with the same code.
const _: () = {
    let mut tables: &[&[Row]] = &TABLES;
    while let [table, more @ ..] = tables {
        let mut rows = *table;
        while let [(_, canonical, others), after @ ..] = rows {
            assert!(mean_the_same(canonical, canonical));
            let mut texts = *others;
            while let [text, after @ ..] = texts {
                assert!(mean_the_same(text, canonical));
                texts = after;
            }
            rows = after;
        }
        tables = more;
    }
};

const fn mean_the_same(a: &str, b: &str) -> bool {
    match (Permission::parse(a), Permission::parse(b)) {
        (Ok(a), Ok(b)) => covers(&a, &b) && covers(&b, &a),
        _ => false,
    }
}

#[test]
fn the_table_does_not_shrink() {
    let mut texts: Vec<_> = all().map(|(_, text, _)| text).collect();
    assert!(texts.len() >= 170, "{}", texts.len());
    texts.sort_unstable();
    let twice = texts.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None);
}

#[test]
fn valid_permissions_parse_and_print_unchanged() {
    for (line, text, canonical) in all() {
        let parsed = scope(text);
        assert_eq!(parsed.to_string(), text, "{line}");
        assert_eq!(parsed.as_str(), text, "{line}");
        assert!(mean_the_same(text, canonical), "{line}: {text}");
    }
}

/// SC-13
#[test]
fn sc_13_canonical_form() {
    for (line, text, canonical) in all() {
        let parsed = scope(text);
        assert_eq!(parsed.canonical(), canonical, "{line}");
        assert_eq!(parsed, scope(canonical), "{line}");
        assert_eq!(scope(canonical).canonical(), canonical, "{line}");
    }
}

/// SC-13: each row is a meaning of its own.
#[test]
fn sc_13_different_rows_are_different() {
    let rows: Vec<_> = TABLES
        .into_iter()
        .flatten()
        .map(|row| scope(row.1))
        .collect();
    for (n, one) in rows.iter().enumerate() {
        let same = rows[n + 1..].iter().find(|other| *other == one);
        assert_eq!(same, None);
    }
}

/// SC-04: unknown resources have a valid syntax, and no meaning.
#[test]
fn sc_04_the_syntax_knows_no_resources() {
    for text in [
        "resource",
        "resource:x?k=v",
        "resource:positional&thing?key=val",
        "service:did:web:com.example#type?key=val",
        "resource:",
        "resource:?",
        "resource:&",
        "resource?",
        ":x",
    ] {
        assert!(Syntax::parse(text).is_ok(), "{text}");
        assert!(Permission::parse(text).is_err(), "{text}");
    }
}

/// SC-02: the first `:` ends the resource, the first `?` the positional part, the first `=` a key.
#[test]
fn sc_02_where_the_parts_end() {
    let syntax = Syntax::split("a:b:c#d?e=f=g?h&e=%26");
    assert_eq!(syntax.resource, b"a");
    assert!(syntax.positional.is_some_and(|text| text.is("b:c#d")));
    let mut values = syntax.values("e", false);
    assert!(values.take().is_some_and(|text| text.is("f=g?h")));
    assert!(values.take().is_some_and(|text| text.is("&")));
    assert!(values.take().is_none());
}

#[test]
fn scopes_go_through_serde_as_text() {
    let parsed = scope("repo:a.b.c?action=update&action=create");
    let json = serde_json::to_string(&parsed).unwrap();
    assert_eq!(json, "\"repo:a.b.c?action=update&action=create\"");
    assert_eq!(serde_json::from_str::<super::Scope>(&json).unwrap(), parsed);
    assert!(serde_json::from_str::<super::Scope>("\"repo:a.*\"").is_err());
}
