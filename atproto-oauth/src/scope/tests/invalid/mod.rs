//! What is no permission, each with the sentence that says why.

mod records;
mod services;
mod syntax;

use super::super::Scope;
use super::super::permission::Permission;
use crate::error::ErrorKind;

/// (reason, what is refused for it: (conformance line, text))
type Group = (&'static str, &'static [(&'static str, &'static str)]);

const TABLES: [&[Group]; 3] = [syntax::SYNTAX, records::RECORDS, services::SERVICES];

/// (line, text, reason)
fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let groups = TABLES.into_iter().flatten();
    groups.flat_map(|(reason, texts)| texts.iter().map(|(line, text)| (*line, *text, *reason)))
}

/// What the compiler says of each text, in order.
const COMPILED: [Option<&str>; 300] = {
    let (mut found, mut n) = ([None; 300], 0);
    let mut tables: &[&[Group]] = &TABLES;
    while let [table, more @ ..] = tables {
        let mut groups = *table;
        while let [(_, texts), after @ ..] = groups {
            let mut texts = *texts;
            while let [(_, text), after @ ..] = texts {
                found[n] = reason_of(text);
                n += 1;
                texts = after;
            }
            groups = after;
        }
        tables = more;
    }
    found
};

const fn reason_of(text: &str) -> Option<&'static str> {
    match Permission::parse(text) {
        Ok(_) => None,
        Err(reason) => Some(reason),
    }
}

#[test]
fn the_table_does_not_shrink() {
    let mut texts: Vec<_> = all().map(|(_, text, _)| text).collect();
    assert!(texts.len() >= 268, "{}", texts.len());
    assert!(texts.len() <= COMPILED.len(), "{}", texts.len());
    texts.sort_unstable();
    let twice = texts.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None);
    let groups: usize = TABLES.map(<[_]>::len).into_iter().sum();
    assert_eq!(groups, 37);
}

#[test]
fn invalid_permissions_are_refused_for_the_right_reason() {
    for (line, text, reason) in all() {
        let Err(error) = text.parse::<Scope>() else {
            panic!("{line}: `{text}` was accepted");
        };
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{line}");
        let message = error.to_string();
        let (shown, said) = message.split_once("` is not a permission: ").unwrap();
        assert_eq!(said, reason, "{line}: {text}");
        assert!(shown.starts_with('`'), "{line}: {message}");
    }
}

/// The compiler and the program run the same code, and find the same.
#[test]
fn the_compiler_finds_the_same_reasons() {
    for ((line, text, reason), compiled) in all().zip(COMPILED) {
        let text = String::from(text);
        assert_eq!(compiled, Some(reason), "{line}: {text}");
        assert_eq!(reason_of(&text), compiled, "{line}: {text}");
    }
}

/// Problem, then repair.
#[test]
fn reasons_say_what_to_write() {
    for (reason, _) in TABLES.into_iter().flatten() {
        assert!(reason.contains("; "), "{reason}");
        assert!(!reason.ends_with('.'), "{reason}");
    }
}
