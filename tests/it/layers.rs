//! Imports point down only, and each outside crate has one home; the table is in ARCHITECTURE.md.

use std::collections::BTreeMap;

use crate::files::{read, sources};

/// What a layer may import besides itself. Whoever is not here uses what is public, and may.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("types", &["error"]),
    ("scope", &["types", "error"]),
    ("jose", &["types", "error"]),
    ("protocol", &["jose", "scope", "types", "error"]),
    ("transport", &["types", "error"]),
    (
        "store",
        &["transport", "protocol", "jose", "scope", "types", "error"],
    ),
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
    // SS-09: nobody connects but the transport.
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
    let lib = read("atproto-oauth/src/lib.rs");
    let mut found = Vec::new();
    for (path, source) in sources("atproto-oauth/src") {
        found.extend(complaints(&path, &source, &shortcuts(&lib)));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_bad_arrow_is_found() {
    let lib = "pub use error::{Error, ErrorKind};\npub use client::OAuthClient;\n";
    let found = |path, source| complaints(path, source, &shortcuts(lib)).len();

    assert_eq!(
        found(
            "types/did.rs",
            "use crate::error::Error;\nuse crate::types::Handle;"
        ),
        0
    );
    assert_eq!(found("types/did.rs", "use crate::Error;"), 0);
    assert_eq!(
        found(
            "types/did.rs",
            "/// Like [`crate::web::App`].\n// axum::serve"
        ),
        0
    );
    assert_eq!(
        found("testing/mod.rs", "use crate::web::App;\nuse axum::Router;"),
        0
    );
    assert_eq!(
        found(
            "transport/tls.rs",
            "rustls::crypto::ring::default_provider()"
        ),
        0
    );

    assert_eq!(found("types/did.rs", "use crate::jose::sha256;"), 1);
    assert_eq!(
        found("error.rs", "fn at() -> crate::types::Timestamp {}"),
        1
    );
    assert_eq!(found("types/did.rs", "use crate::OAuthClient;"), 1);
    assert_eq!(found("types/did.rs", "use crate::Unheard;"), 1);
    let group = "use crate::{\n    error::Error,\n    store::{Row, Store},\n    web::Page,\n};";
    assert_eq!(found("transport/mod.rs", group), 2);
    assert_eq!(
        found("types/a/b.rs", "use super::super::super::store::Row;"),
        1
    );
    assert_eq!(found("client/mod.rs", "use axum::Router;"), 1);
    assert_eq!(
        found("client/mod.rs", "let key: p256::ecdsa::SigningKey;"),
        1
    );
    assert_eq!(found("store/memory.rs", "use redb;"), 1);
}

/// What is wrong in one file; `path` is below `src`.
fn complaints(path: &str, source: &str, shortcuts: &BTreeMap<String, String>) -> Vec<String> {
    let code: Vec<_> = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let layer = path.split(['/', '.']).next().unwrap();
    let mut found = Vec::new();

    if let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == layer) {
        let up = "super::".repeat(path.split('/').count().max(2));
        let roots = ["crate::", &up].map(|root| after(&code, root));
        for name in roots.concat().into_iter().flat_map(heads) {
            let home = shortcuts.get(name).map_or(name, String::as_str);
            if home != layer && !allowed.contains(&home) {
                found.push(format!(
                    "src/{path}: `{layer}` may not import `{home}` ({name})"
                ));
            }
        }
    }
    for (name, homes) in HOMES {
        let named = ["::", ";"]
            .iter()
            .any(|end| !after(&code, &format!("{name}{end}")).is_empty());
        if named && !homes.iter().any(|home| path.starts_with(home)) {
            found.push(format!(
                "src/{path}: `{name}` may be named only in {homes:?}"
            ));
        }
    }
    found
}

/// What follows each `word` that begins a path.
fn after<'a>(code: &'a str, word: &str) -> Vec<&'a str> {
    let begins =
        |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
    code.match_indices(word)
        .filter(|(at, _)| begins(*at))
        .map(|(at, _)| &code[at + word.len()..])
        .collect()
}

/// The first name of a path, or of each path in a group.
fn heads(path: &str) -> Vec<&str> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![word(path)];
    };
    let (mut depth, mut heads, mut fresh) = (0_i32, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                heads.push(word(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap()
}

/// The names that `lib.rs` lifts to the root, and the layers they come from.
fn shortcuts(lib: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for path in after(lib, "pub use ") {
        let Some((layer, rest)) = path.split_once("::") else {
            continue;
        };
        if layer == "crate" {
            continue; // the prelude lifts what is at the root already
        }
        names.extend(
            heads(rest)
                .into_iter()
                .map(|name| (name.to_owned(), layer.to_owned())),
        );
    }
    names
}
