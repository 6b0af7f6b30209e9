//! The public surface: every public item of the crate in one line, and nothing of it in foreign types.
//!
//! The listing is made from rustdoc's JSON, which a stable compiler gives with `RUSTC_BOOTSTRAP=1`; `UPDATE_EXPECT=1`
//! writes it anew.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use super::files::{read, root};

const LISTING: &str = "docs/public-api.txt";

/// Whose types may stand in a signature of ours, beside the standard library's. The trait of a stream is one:
/// the standard library has none yet.
const FOREIGN: &[&str] = &[
    "axum",
    "axum_core",
    "bytes",
    "futures_core",
    "http",
    "serde",
    "serde_core",
    "url",
];

#[test]
#[ignore = "left out: documents the crate in a build folder of its own; `tests/run surface` does it"]
fn every_public_item_is_listed() {
    let found = public_items().join("\n") + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
        std::fs::write(root().join(LISTING), &found).unwrap();
    }
    let (found, listed): (BTreeSet<_>, String) = (found.lines().collect(), read(LISTING));
    let listed: BTreeSet<_> = listed.lines().collect();
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "the public surface differs from {LISTING}; `UPDATE_EXPECT=1` writes it\nnew: {new:#?}\ngone: {gone:#?}"
    );
}

#[test]
fn no_foreign_type_stands_in_a_public_signature() {
    let listed = read(LISTING);
    let wrong: Vec<_> = listed
        .lines()
        .filter(|item| !strangers(item).is_empty())
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(
        strangers("pub fn atproto_oauth::A::b(&self) -> &secrecy::SecretString"),
        ["secrecy"]
    );
    assert_eq!(
        strangers("pub fn atproto_oauth::A::b(http::Method) -> core::option::Option<url::Url>"),
        [""; 0]
    );
}

/// Steps of the protocol, records and codecs are inside.
#[test]
fn no_inner_room_is_public() {
    let listed = read(LISTING);
    let inner = |item: &&str| {
        let rooms = [
            "protocol",
            "jose::sign",
            "jose::verify",
            "store::vault",
            "Record",
            "Sealer",
            "Interner",
            "Vault",
        ];
        rooms.iter().any(|room| {
            item.contains(&format!("atproto_oauth::{room}"))
                || item.contains(&format!("store::{room}"))
        })
    };
    let wrong: Vec<_> = listed.lines().filter(inner).collect();
    assert!(listed.lines().count() > 100, "the listing is nearly empty");
    for item in ["::ClientKey::from_jwk(", "::Prompt::Login"] {
        assert!(
            listed.contains(item),
            "{item}: what is exported from an inner room is listed"
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn public_items() -> Vec<String> {
    let json = rustdoc_json();
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .unwrap();
    api.items().map(ToString::to_string).collect()
}

fn rustdoc_json() -> PathBuf {
    let folder =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    // In a folder of its own: the variable would have everything else built anew.
    let folder = folder.join("surface");
    let built = Command::new(env!("CARGO"))
        .args([
            "rustdoc",
            "--quiet",
            "--package",
            "atproto-oauth",
            "--lib",
            "--no-default-features",
            "--locked",
            "--features",
        ])
        .arg(features().join(","))
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .current_dir(root())
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &folder)
        .env_remove("RUSTDOCFLAGS")
        .status()
        .unwrap();
    assert!(built.success(), "rustdoc failed");
    folder.join("doc/atproto_oauth.json")
}

/// All but `internals`, behind which what is public without it would not be shown.
fn features() -> Vec<String> {
    let manifest: toml::Table = read("atproto-oauth/Cargo.toml").parse().unwrap();
    let features = manifest["features"].as_table().unwrap().keys();
    let features = features.filter(|name| *name != "internals" && *name != "default");
    features.cloned().collect()
}

/// The crates that an item names and must not.
fn strangers(item: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let begins = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    for path in item.split(begins) {
        if let Some((krate, _)) = path.split_once("::")
            && !krate.is_empty()
            && ![
                "atproto_oauth",
                "atproto_oauth_macros",
                "core",
                "alloc",
                "std",
                "Self",
            ]
            .contains(&krate)
            && !FOREIGN.contains(&krate)
            && krate.starts_with(|c: char| c.is_lowercase())
            // Who tests an application writes what a server answers with `json!`.
            && !(krate == "serde_json" && item.contains("atproto_oauth::testing::"))
        {
            found.push(krate);
        }
    }
    found
}
