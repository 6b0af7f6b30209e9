//! What the attribute says about mistakes: a folder per argument, a file per mistake, and beside it
//! what the compiler prints. `TRYBUILD=overwrite` writes those files anew.
//!
//! A file whose first line is `// errors: 3` holds that many mistakes; every other one holds one.

use std::fs;
use std::path::PathBuf;

#[test]
fn every_mistake_is_reported_in_these_words() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    for folder in folders() {
        cases.compile_fail(format!("{folder}/*.rs"));
    }
}

/// One error for one mistake, and it points into the user's own file.
#[test]
fn never_a_second_error_for_one_mistake() {
    let mut seen = 0;
    for case in folders().iter().flat_map(|folder| files(folder)) {
        let source = fs::read_to_string(&case).unwrap();
        let expected = source
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("// errors: "))
            .map_or(1, |number| number.parse().unwrap());
        let printed = fs::read_to_string(case.with_extension("stderr")).unwrap();
        let errors: Vec<&str> = printed
            .split("\n\n")
            .filter(|part| part.starts_with("error"))
            .collect();
        let name = case.display();
        assert_eq!(errors.len(), expected, "{name}:\n{printed}");
        for error in errors {
            let place = error.lines().nth(1).unwrap_or_default().trim_start();
            assert!(
                place.starts_with(&format!("--> {name}:")),
                "{name}: {error}"
            );
        }
        seen += 1;
    }
    assert!(seen > 90, "only {seen} cases were found");
}

/// The folders of mistakes.
fn folders() -> Vec<String> {
    let entries = fs::read_dir("ui")
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<String> = entries
        .filter(|path| path.is_dir() && !path.ends_with("pass"))
        .map(|path| path.display().to_string())
        .collect();
    folders.sort();
    folders
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
