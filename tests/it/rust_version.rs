//! The least Rust version is what `docs/policy.md` says: no dependency needs a newer one, and it is the one with which
//! everything is tested.

use std::process::Command;

use serde_json::Value;

use crate::house::files::read;

#[test]
fn the_least_rust_version_is_enough_for_every_dependency_and_is_the_tested_one() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let ours = manifest["workspace"]["package"]["rust-version"]
        .as_str()
        .unwrap();
    let toolchain: toml::Table = read("rust-toolchain.toml").parse().unwrap();
    let tested = toolchain["toolchain"]["channel"].as_str().unwrap();
    assert_eq!(
        version(tested)[..2],
        version(ours)[..2],
        "rust-toolchain.toml"
    );

    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let dependencies = packages
        .iter()
        .filter(|package| !package["source"].is_null());
    let needs = dependencies.filter_map(|package| {
        let needed = package["rust_version"].as_str()?;
        Some((version(needed), package["name"].as_str()?))
    });
    let (most, name) = needs.max().unwrap();
    assert!(most <= version(ours), "{name} needs Rust {most:?}");

    let policy = read("docs/policy.md");
    let [major, minor, _] = most;
    for stated in [
        format!("Rust {ours};"),
        format!("{major}.{minor}. Raising it"),
    ] {
        assert!(
            policy.contains(&stated),
            "docs/policy.md does not say {stated:?}; {name} needs {most:?}"
        );
    }
}

fn version(text: &str) -> [u32; 3] {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

/// Of the packages for this machine, which were fetched to build the tests.
fn metadata() -> Value {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let host = rustc
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .args(["--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
