//! What the attribute says about mistakes: a folder per argument, a file per mistake, and beside it
//! what the compiler prints. `TRYBUILD=overwrite` writes those files anew.
//!
//! A file whose first line is `// errors: 3` holds that many mistakes; every other one holds one.

use std::fs;
use std::io;
use std::path::PathBuf;

#[test]
fn every_mistake_is_reported_in_these_words() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    for folder in folders().unwrap() {
        cases.compile_fail(format!("{folder}/*.rs"));
    }
}

/// One error for one mistake, and it points into the user's own file.
#[test]
fn never_a_second_error_for_one_mistake() {
    let cases = cases().unwrap();
    assert!(cases.len() > 90, "only {} cases were found", cases.len());
    for case in cases {
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
    }
}

/// The folders of mistakes.
fn folders() -> io::Result<Vec<String>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir("ui")? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("pass") {
            folders.push(path.display().to_string());
        }
    }
    folders.sort();
    Ok(folders)
}

/// The programs in them.
fn cases() -> io::Result<Vec<PathBuf>> {
    let mut cases = Vec::new();
    for folder in folders()? {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                cases.push(path);
            }
        }
    }
    cases.sort();
    Ok(cases)
}
