//! The tests of a Rust file that rustfmt has formatted: each with its comments, its name and its body. Read by
//! indentation, as a parser would lose the comments. What belongs to no item, like the head of a file, proves nothing.

use std::collections::BTreeMap;

/// Where a test is: its file from the root of the repository, and its function, or the item that holds a table of
/// cases.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) name: String,
}

struct Item {
    name: String,
    kind: Kind,
    text: String,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Test,
    /// A constant, which may hold the cases of a test in another file.
    Table,
    Other,
}

/// The test code of a file, in pieces. Of a file that is no test file (`declared`: another one declares it as such),
/// only its `#[cfg(test)]` modules.
pub(super) fn tests(path: &str, text: &str, declared: bool) -> Vec<(Place, String)> {
    let lines: Vec<_> = text.lines().collect();
    let mut pieces = Vec::new();
    if declared || is_test_file(path) {
        read(&lines, &mut pieces);
    } else {
        for range in test_modules(&lines) {
            read(&lines[range], &mut pieces);
        }
    }
    let place = |name: &str| Place {
        file: path.to_owned(),
        name: name.to_owned(),
    };
    let mut found = Vec::new();
    for item in &pieces {
        let uses = |user: &&Item| {
            user.kind == Kind::Test && item.kind != Kind::Test && mentions(&user.text, &item.name)
        };
        let users: Vec<_> = pieces.iter().filter(uses).collect();
        // What helps a test proves nothing by itself.
        if users.is_empty() && item.kind != Kind::Other {
            found.push((place(&item.name), joined(&item.text)));
        }
        for user in users {
            found.push((place(&user.name), joined(&item.text)));
        }
    }
    found
}

fn is_test_file(path: &str) -> bool {
    path.starts_with("fuzz/")
        || path
            .split('/')
            .any(|part| part == "tests" || part == "tests.rs")
}

/// Whether `text`, the file `parent`, declares the file `path` as a module of tests, whatever its name.
pub(super) fn declares_test_module(parent: &str, text: &str, path: &str) -> bool {
    let Some(stem) = path.strip_suffix(".rs") else {
        return false;
    };
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    let Some((folder, name)) = stem.rsplit_once('/') else {
        return false;
    };
    let beside = ["mod.rs", "lib.rs", "main.rs"]
        .iter()
        .any(|file| parent == format!("{folder}/{file}"));
    if !beside && parent != format!("{folder}.rs") {
        return false;
    }
    let mut before = "";
    text.lines().any(|line| {
        let found = declared_module(line) == Some(name) && before.trim() == "#[cfg(test)]";
        before = line;
        found
    })
}

/// `a` of `mod a;`.
fn declared_module(line: &str) -> Option<&str> {
    let (_, name) = line.strip_suffix(';')?.rsplit_once("mod ")?;
    Some(name)
}

fn test_modules(lines: &[&str]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for (at, pair) in lines.windows(2).enumerate() {
        if pair[0].trim() == "#[cfg(test)]" && pair[1].contains("mod ") && pair[1].ends_with('{') {
            found.push(at + 2..end_of(lines, at + 1));
        }
    }
    found
}

/// Cuts `lines` into items; what belongs to none is left out.
fn read(lines: &[&str], items: &mut Vec<Item>) {
    let (mut at, mut head) = (0, 0);
    while at < lines.len() {
        let line = lines[at].trim_start();
        if let Some((name, keyword)) = item(line) {
            let end = end_of(lines, at);
            let text = lines[head..=end].join("\n");
            let is_test = |line: &&str| {
                let line = line.trim_start();
                line == "#[test]" || line.starts_with("#[tokio::test")
            };
            let kind = match keyword {
                "fn" if lines[head..at].iter().any(is_test) => Kind::Test,
                "const" | "static" => Kind::Table,
                _ => Kind::Other,
            };
            items.push(Item {
                name: name.to_owned(),
                kind,
                text,
            });
            at = end + 1;
            head = at;
        } else {
            let is_head =
                line.starts_with("///") || line.starts_with("#[") || line.starts_with("// ");
            let is_more = at > head && !line.is_empty() && !line.ends_with(['{', '}', ';']);
            at += 1;
            if !is_head && !is_more {
                head = at;
            }
        }
    }
}

/// The name of the item that begins in `line`, and its keyword.
fn item(mut line: &str) -> Option<(&str, &str)> {
    if let Some(after) = line.strip_prefix("pub") {
        line = after.trim_start_matches(|c| c != ' ').trim_start();
    }
    loop {
        let (keyword, after) = line.split_once([' ', '!'])?;
        match keyword {
            "const" | "async" | "unsafe" if item(after).is_some() => {
                line = after;
                continue;
            }
            "fn" | "const" | "static" | "struct" | "enum" | "trait" | "impl" | "type"
            | "macro_rules" => {}
            _ => return None,
        }
        let after = after.trim_start();
        let end = after
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(after.len());
        return (end > 0).then(|| (&after[..end], keyword));
    }
}

/// The last line of the item that begins at `start`: the first with its indentation that closes it.
fn end_of(lines: &[&str], start: usize) -> usize {
    let first = lines[start];
    if first.ends_with(['}', ';']) {
        return start;
    }
    let indent = first.len() - first.trim_start().len();
    let closes = |line: &&str| {
        let text = line.trim_start();
        line.len() - text.len() == indent
            && (text.starts_with('}') || (text.starts_with([']', ')']) && text.ends_with(';')))
    };
    let mut after = (start + 1)..lines.len();
    after
        .find(|at| closes(&lines[*at]))
        .unwrap_or(lines.len() - 1)
}

fn mentions(text: &str, name: &str) -> bool {
    let of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(of_name) && !text[at + name.len()..].starts_with(of_name)
    })
}

/// Comments that go on in the next line become one line, so that an id may be followed by more in the next.
pub(super) fn joined(text: &str) -> String {
    let mut joined = String::new();
    for line in text.lines() {
        let line = line.trim_start();
        let comment = ["/// ", "//! ", "// "]
            .iter()
            .find_map(|mark| line.strip_prefix(mark));
        match comment {
            Some(comment) => joined.push_str(comment),
            None => joined.push_str(line),
        }
        joined.push(if comment.is_some() { ' ' } else { '\n' });
    }
    joined
}

#[test]
fn tests_are_found_with_their_comments_and_tables() {
    let text = "\
//! About W.

use std::fs;

/// About T.
const TABLE: &[(&str, bool)] = &[
    (\"A\", true),
];

/// About U.
#[tokio::test]
async fn uses_it() {
    for _ in TABLE {
        // About V.
    }
}

fn helper(
    more: bool,
) -> bool {
    // About H.
    more
}

/// About R.
pub(super) const ROWS: [u8; 1] = [1];

proptest! {
    /// About P, which
    /// goes on.
    #[test]
    fn holds(text: String) {
        drop(text);
    }
}
";
    let found = by_word(&tests("tests/a.rs", text, false));
    let expected = [
        ("P", "holds"),
        ("R", "ROWS"),
        ("T", "uses_it"),
        ("U", "uses_it"),
        ("V", "uses_it"),
    ];
    assert_eq!(
        found,
        expected
            .map(|(word, name)| (word.to_owned(), name.to_owned()))
            .into()
    );
    assert!(
        by_word(&tests("src/a.rs", text, false)).is_empty(),
        "no test file"
    );
    assert_eq!(by_word(&tests("src/a.rs", text, true)).len(), 5);
}

#[test]
fn the_head_of_a_file_proves_nothing() {
    for text in [
        "//! About A.\n\n#[test]\nfn a() {}\n",
        "//! About A.\n#[test]\nfn a() {}\n",
        "// About A.\n\nmod a;\n",
        "//! About A.\n\nmod a;\n",
    ] {
        assert!(
            by_word(&tests("tests/a.rs", text, false)).is_empty(),
            "{text}"
        );
    }
}

#[test]
fn tests_beside_the_code_are_those_of_its_test_modules() {
    let text = "\
/// About A.
fn a() {}

#[cfg(test)]
mod tests {
    /// About B.
    #[test]
    #[ignore = \"left out: \\
        it takes long\"]
    fn b() {}
}

/// About C.
fn c() {}
";
    let found = by_word(&tests("src/a.rs", text, false));
    assert_eq!(found, BTreeMap::from([("B".to_owned(), "b".to_owned())]));
    let parent = "#[cfg(test)]\npub(crate) mod page;\nmod other;\n";
    assert!(declares_test_module("src/lib.rs", parent, "src/page.rs"));
    assert!(declares_test_module(
        "src/a.rs",
        parent,
        "src/a/page/mod.rs"
    ));
    assert!(!declares_test_module("src/lib.rs", parent, "src/other.rs"));
    assert!(!declares_test_module("src/lib.rs", parent, "src/a/page.rs"));
}

/// The word after each "About", and whose it is.
#[cfg(test)]
fn by_word(found: &[(Place, String)]) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for (place, text) in found {
        for part in text.split("About ").skip(1) {
            words.insert(part[..1].to_owned(), place.name.clone());
        }
    }
    words
}
