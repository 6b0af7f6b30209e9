//! Imports point down only and in no circle, and each outside crate has one home; ARCHITECTURE.md has the table.

use std::collections::{BTreeMap, BTreeSet};

use super::files::sources;
use super::imports::{Arrows, Imports, circles};

/// The floors of the library, from the bottom, and what each may import besides itself. A floor that is not here
/// (`serve`, `testing`, the command) uses what is public, and may.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("types", &["error"]),
    ("scope", &["types", "error"]),
    ("jose", &["types", "error"]),
    ("protocol", &["jose", "scope", "types", "error"]),
    ("transport", &["types", "error"]),
    ("store", &["transport", "jose", "scope", "types", "error"]),
    (
        "client",
        &[
            "store",
            "transport",
            "protocol",
            "jose",
            "scope",
            "types",
            "error",
        ],
    ),
    // `jose` for random ids, their hashes and comparisons.
    (
        "web",
        &["client", "store", "jose", "scope", "types", "error"],
    ),
];

/// The only places below `src` that may name a crate.
const HOMES: &[(&str, &[&str])] = &[
    ("axum", &["web/", "serve", "testing/", "lib.rs"]),
    // Only the transport connects (SS-09).
    ("reqwest", &["transport/"]),
    ("rustls", &["transport/"]),
    ("rustls_platform_verifier", &["transport/"]),
    ("hickory_resolver", &["transport/"]),
    ("p256", &["jose/"]),
    ("redb", &["store/embedded"]),
    ("redis", &["store/redis", "store/mod.rs"]),
    ("tokio_rustls", &["store/redis", "transport/"]),
    ("sqlx", &["store/sql"]),
];

#[test]
fn imports_point_down_only() {
    let arrows = library().arrows();
    assert!(
        arrows.len() > 500,
        "only {} arrows were found",
        arrows.len()
    );
    let up = upward(&arrows);
    println!(
        "{} arrows between files, {} of them upward",
        arrows.len(),
        up.len()
    );
    assert!(up.is_empty(), "\n{}", up.join("\n"));
}

#[test]
fn no_files_import_each_other() {
    let macros = Imports::of(&sources("atproto-oauth-macros/src")).arrows();
    assert!(macros.len() > 20, "only {} arrows were found", macros.len());
    let mut found = Vec::new();
    for arrows in [library().arrows(), macros] {
        let circles = circles(&arrows);
        println!(
            "{} arrows between files, {} circles",
            arrows.len(),
            circles.len()
        );
        found.extend(circles.iter().map(|circle| described(circle, &arrows)));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// `crate::error::Error`, not `crate::Error`: names come from where they are defined, not from the roof.
#[test]
fn no_name_is_taken_from_the_root_of_the_crate() {
    let found = library().through_the_root();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn each_outside_crate_is_named_at_home_only() {
    let mut found = Vec::new();
    for (path, source) in sources("atproto-oauth/src") {
        found.extend(strangers(&path, &source));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));

    let count = |path, source| strangers(path, source).len();
    assert_eq!(count("types/did.rs", "// axum::serve"), 0);
    assert_eq!(count("testing/mod.rs", "use axum::Router;"), 0);
    assert_eq!(
        count(
            "transport/tls.rs",
            "rustls::crypto::ring::default_provider()"
        ),
        0
    );
    assert_eq!(count("client/mod.rs", "use axum::Router;"), 1);
    assert_eq!(
        count("client/mod.rs", "let key: p256::ecdsa::SigningKey;"),
        1
    );
    assert_eq!(count("store/memory.rs", "use redb;"), 1);
}

#[test]
fn an_upward_arrow_is_found() {
    let arrow = |from: &str, to: &str| {
        let files = (from.to_owned(), to.to_owned());
        upward(&[(files, BTreeSet::from(["Name".to_owned()]))].into()).len()
    };
    assert_eq!(arrow("types/did.rs", "error.rs"), 0);
    assert_eq!(arrow("types/did.rs", "types/handle.rs"), 0);
    assert_eq!(arrow("testing/mod.rs", "web/app.rs"), 0);
    assert_eq!(arrow("serve.rs", "web/app.rs"), 0);
    assert_eq!(arrow("types/did.rs", "jose/mod.rs"), 1);
    assert_eq!(arrow("error.rs", "types/time.rs"), 1);
    assert_eq!(arrow("store/memory.rs", "client/mod.rs"), 1);
    assert_eq!(arrow("client/mod.rs", "web/app.rs"), 1);
}

fn library() -> Imports {
    let mut files = sources("atproto-oauth/src");
    // The command is a program of its own.
    files.retain(|(path, _)| !path.starts_with("bin/"));
    Imports::of(&files)
}

fn upward(arrows: &Arrows) -> Vec<String> {
    let allowed: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut found = Vec::new();
    for ((from, to), names) in arrows {
        let (floor, below) = (floor_of(from), floor_of(to));
        if floor != below && allowed.get(floor).is_some_and(|may| !may.contains(&below)) {
            found.push(format!("src/{from} takes {names:?} from src/{to}"));
        }
    }
    found
}

fn floor_of(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

fn described(circle: &[String], arrows: &Arrows) -> String {
    let inside = |file: &String| circle.contains(file);
    let lines = arrows
        .iter()
        .filter(|((from, to), _)| inside(from) && inside(to));
    let lines = lines.map(|((from, to), names)| format!("  {from} takes {names:?} from {to}\n"));
    format!(
        "a circle of {} files:\n{}",
        circle.len(),
        lines.collect::<String>()
    )
}

/// What is wrong in one file; `path` is below `src`.
fn strangers(path: &str, source: &str) -> Vec<String> {
    let lines = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (name, homes) in HOMES {
        let named = ["::", ";"]
            .iter()
            .any(|end| names(&code, &format!("{name}{end}")));
        if named && !homes.iter().any(|home| path.starts_with(home)) {
            found.push(format!(
                "src/{path}: `{name}` may be named only in {homes:?}"
            ));
        }
    }
    found
}

/// A path in `code` begins with `word`.
fn names(code: &str, word: &str) -> bool {
    let begins =
        |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
    code.match_indices(word).any(|(at, _)| begins(at))
}
