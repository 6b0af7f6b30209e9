//! `docs/limits.md`: every limit, lifetime and retry, from the floors' `policy.rs`.

use std::fmt::Write;

use super::files::{read, root};

const FLOORS: &[(&str, &str)] = &[
    ("types", "Names and what people type"),
    ("scope", "Permissions"),
    ("jose", "Signatures"),
    ("transport", "Connections and DNS"),
    (
        "protocol",
        "What is read from servers, and client assertions",
    ),
    ("store", "Stores and what is kept in them"),
    ("client", "Sign-in, sessions and refresh"),
    ("web", "Routes, cookies and pages"),
    ("serve", "The end of a program"),
];

const PAGE: &str = "docs/limits.md";

#[test]
fn every_limit_is_documented() {
    let mut page = String::from(
        "# Limits\n\nEvery limit, lifetime and retry of the library, with its unit and its reason. Made from the `policy.rs` of \
         each floor; `UPDATE_EXPECT=1 cargo test -p atproto-oauth-tests --test it limits` writes it anew.\n",
    );
    let mut count = 0;
    for (floor, title) in FLOORS {
        let limits = limits(&read(&format!("atproto-oauth/src/{floor}/policy.rs")));
        count += limits.len();
        write!(page, "\n## {title}\n\n| limit | value | |\n|---|---|---|\n").unwrap();
        for limit in limits {
            writeln!(
                page,
                "| `{}` | {} | {} |",
                limit.name, limit.value, limit.doc
            )
            .unwrap();
        }
    }
    assert!(count > 40, "only {count} limits were found");
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
        std::fs::write(root().join(PAGE), &page).unwrap();
    }
    assert_eq!(read(PAGE), page, "`UPDATE_EXPECT=1` writes {PAGE} anew");
}

#[derive(Debug, PartialEq, Eq)]
struct Limit {
    name: String,
    value: String,
    doc: String,
}

/// The documented constants of a file.
fn limits(source: &str) -> Vec<Limit> {
    let (mut found, mut doc) = (Vec::new(), String::new());
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("///") {
            doc.push_str(text);
        } else if let Some((_, rest)) = line
            .split_once("const ")
            .filter(|(before, _)| before.is_empty() || before.starts_with("pub"))
        {
            let mut rest = rest.to_owned();
            while !rest.ends_with(';') {
                rest.push(' ');
                rest.push_str(lines.next().unwrap().trim());
            }
            let (name, rest) = rest.split_once(": ").unwrap();
            if name == "_" {
                continue; // an assertion of the compiler
            }
            let (kind, value) = rest.trim_end_matches(';').split_once(" = ").unwrap();
            assert!(!doc.is_empty(), "`{name}` says nothing about itself");
            let unit = ["bytes", "seconds"]
                .into_iter()
                .find(|unit| doc.contains(unit));
            found.push(Limit {
                name: name.to_owned(),
                value: shown(kind, value, unit),
                doc: std::mem::take(&mut doc).trim().to_owned(),
            });
        } else if !line.starts_with("#[") {
            doc.clear();
        }
    }
    found
}

/// `Duration::from_secs(5)` is `5 s`, `64 << 20` bytes are `64 MiB`.
fn shown(kind: &str, value: &str, unit: Option<&str>) -> String {
    if kind == "Duration" {
        let (unit, number) = value
            .trim_start_matches("Duration::from_")
            .split_once('(')
            .unwrap();
        let number = product(number.trim_end_matches(')'));
        return match unit {
            "millis" => format!("{number} ms"),
            "secs" => format!("{number} s"),
            "mins" => format!("{number} min"),
            "hours" if number.is_multiple_of(24) => format!("{} d", number / 24),
            "hours" => format!("{number} h"),
            other => panic!("a duration in {other}"),
        };
    }
    let number = product(value);
    match number {
        _ if unit == Some("seconds") => format!("{number} s"),
        _ if unit.is_none() => number.to_string(),
        0x10_0000.. if number.is_multiple_of(0x10_0000) => format!("{} MiB", number / 0x10_0000),
        0x400.. if number.is_multiple_of(0x400) => format!("{} KiB", number / 0x400),
        _ => format!("{number} bytes"),
    }
}

/// A number, a product or a shift of numbers.
fn product(text: &str) -> u64 {
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().unwrap();
    match text.split_once("<<") {
        Some((one, bits)) => number(one) << number(bits),
        None => text.split('*').map(number).product(),
    }
}

#[test]
fn a_limit_is_read_with_its_unit() {
    let source = "/// Longest name, in bytes. Why.\npub(crate) const MAX: usize = 2 * 1024;\n\n/// How\n/// long.\n#[cfg(x)]\nconst \
                  LIFE: Duration =\n    Duration::from_hours(24 * 2);\n/// Most.\nconst N: u32 = 1_000;\nconst _: () = assert!(true);\n";
    let limit = |name: &str, value: &str, doc: &str| Limit {
        name: name.into(),
        value: value.into(),
        doc: doc.into(),
    };
    assert_eq!(
        limits(source),
        [
            limit("MAX", "2 KiB", "Longest name, in bytes. Why."),
            limit("LIFE", "2 d", "How long."),
            limit("N", "1000", "Most."),
        ]
    );
}
