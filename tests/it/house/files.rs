//! No test file is forgotten.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn no_test_file_is_forgotten() {
    for folder in ["tests/it", "tests/real", "tests/stores"] {
        assert_eq!(
            forgotten(&sources(folder)),
            [""; 0],
            "in {folder}: `mod …;` is missing"
        );
    }
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let main = file("main.rs", "mod a;\nmod b;");
    let b = file("b/mod.rs", "mod a;");
    let known = [
        main.clone(),
        file("a.rs", ""),
        b.clone(),
        file("b/a.rs", ""),
    ];
    assert_eq!(forgotten(&known), [""; 0]);
    assert_eq!(forgotten(&[main, b, file("c.rs", "")]), ["c"]);
}

/// The modules that have more files than declarations.
fn forgotten(files: &[(String, String)]) -> Vec<&str> {
    let declared = |name: &str| {
        let line = format!("mod {name};");
        files
            .iter()
            .flat_map(|(_, text)| text.lines())
            .filter(|l| l.ends_with(&line))
            .count()
    };
    let names: Vec<_> = files.iter().map(|(path, _)| module(path)).collect();
    let count = |name: &str| names.iter().filter(|other| **other == name).count();
    let missing = |name: &&str| *name != "main" && count(name) > declared(name);
    names.iter().copied().filter(missing).collect()
}

fn module(path: &str) -> &str {
    let path = path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
    path.rsplit('/').next().unwrap()
}

/// They would fail on a machine that has only Rust.
#[test]
fn every_test_against_the_reference_server_can_be_left_out() {
    for (path, text) in sources("tests/real") {
        for (at, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("#[tokio::test") || line.trim() == "#[test]" {
                let next = text.lines().nth(at + 1).unwrap().trim_start();
                let number = at + 2;
                assert!(
                    next.starts_with("#[ignore = \"left out: "),
                    "{path}:{number}: {next}"
                );
            }
        }
    }
}

/// Every Rust file below a folder of the repository, with its path from there.
pub(crate) fn sources(folder: &str) -> Vec<(String, String)> {
    let root = root().join(folder);
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// A file of the repository.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}
