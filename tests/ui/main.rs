//! What the macros say about mistakes: a folder per argument, a file per cause with all its mistakes, and beside
//! it what the compiler prints. `TRYBUILD=overwrite` writes those files anew.
//!
//! The first line of a file counts its mistakes: `// mistakes: 3`. The compiler reports one error for each of them.
//! Where it reports more, the second line says how many and why: `// errors: 12, the compiler misses each item`.
//! Mistakes whose errors the compiler reports in different passes stand in different files, because the errors of
//! an early pass hide those of a later one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[test]
fn every_mistake_is_reported_in_these_words() {
    let cases = trybuild::TestCases::new();
    for folder in folders().unwrap() {
        cases.compile_fail(format!("{folder}/*.rs"));
    }
}

/// One error for one mistake, and it points into the user's own file.
#[test]
fn never_a_second_error_for_one_mistake() {
    let mut cases = cases(folders().unwrap()).unwrap();
    cases.extend(self::cases(vec!["features/ui".to_owned()]).unwrap());
    let mut mistakes = 0;
    for case in cases {
        let name = case.display();
        let source = fs::read_to_string(&case).unwrap();
        let stated = Stated::in_source(&source)
            .unwrap_or_else(|| panic!("{name}: it does not begin with `// mistakes: …`"));
        mistakes += stated.mistakes;
        let printed = fs::read_to_string(case.with_extension("stderr")).unwrap();
        let errors: Vec<&str> = printed
            .split("\n\n")
            .filter(|part| part.starts_with("error"))
            .collect();
        assert_eq!(errors.len(), stated.errors, "{name}:\n{printed}");
        for error in errors {
            let place = error.lines().nth(1).unwrap_or_default().trim_start();
            assert!(
                place.starts_with(&format!("--> {}:", from_its_package(&case).display())),
                "{name}: {error}"
            );
        }
    }
    assert!(mistakes >= 390, "only {mistakes} mistakes are left");
}

/// What the first lines of a program say about it.
struct Stated {
    mistakes: usize,
    errors: usize,
}

impl Stated {
    fn in_source(source: &str) -> Option<Self> {
        let mut lines = source.lines();
        let mistakes = lines.next()?.strip_prefix("// mistakes: ")?.parse().ok()?;
        let errors = match lines.next().and_then(|l| l.strip_prefix("// errors: ")) {
            Some(rest) => {
                let (errors, reason) = rest.split_once(", ")?;
                (!reason.is_empty()).then(|| errors.parse().ok())??
            }
            None => mistakes,
        };
        Some(Self { mistakes, errors })
    }
}

/// What the compiler proves is worth something in a whole program: without its permission the example does
/// not compile, and the documentation quotes what is said then.
#[test]
fn an_example_without_its_permission_does_not_compile() {
    const PERMISSION: &str =
        "    optional_scopes = [\"repo:xyz.statusphere.status?action=create\"],\n";
    let example = fs::read_to_string("../examples/statusphere/src/main.rs").unwrap();
    assert_eq!(example.matches(PERMISSION).count(), 1);
    let style = "include_str!(\"style.css\")";
    assert_eq!(example.matches(style).count(), 1);
    let from_here = "include_str!(\"../../../examples/statusphere/src/style.css\")";
    let without = example.replace(PERMISSION, "").replace(style, from_here);
    let without = format!("// mistakes: 1\n{without}");
    let file = "ui/requires/statusphere.rs";
    if std::env::var_os("TRYBUILD").is_some_and(|how| how == "overwrite") {
        fs::write(file, &without).unwrap();
    }
    assert_eq!(fs::read_to_string(file).unwrap(), without);
    let printed = fs::read_to_string("ui/requires/statusphere.stderr").unwrap();
    let said = printed.lines().next().unwrap();
    assert!(said.contains("does not declare"), "{said}");
    let documented = fs::read_to_string("../atproto-oauth-macros/src/derive_mistakes.md").unwrap();
    assert!(documented.contains(said), "{said}");
}

/// The folders of mistakes.
fn folders() -> io::Result<Vec<String>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir("ui")? {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path.display().to_string());
        }
    }
    folders.sort();
    Ok(folders)
}

/// As the compiler names it, which runs in the folder of each package.
fn from_its_package(case: &Path) -> &Path {
    case.strip_prefix("features").unwrap_or(case)
}

/// The programs in them.
fn cases(folders: Vec<String>) -> io::Result<Vec<PathBuf>> {
    let mut cases = Vec::new();
    for folder in folders {
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
