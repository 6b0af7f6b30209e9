//! `docs/limits.md`: every limit, lifetime and retry, from the floors' `policy.rs`; and no limit stands elsewhere.

use std::fmt::Write;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::files::{read, root, sources};

/// The only files below `src` that may hold a limit, from the bottom, and what is in them.
const FLOORS: &[(&str, &str)] = &[
    ("error.rs", "Errors"),
    ("types/policy.rs", "Names and what people type"),
    ("scope/policy.rs", "Permissions"),
    ("jose/policy.rs", "Keys and signatures"),
    ("transport/policy.rs", "Connections and DNS"),
    (
        "protocol/policy.rs",
        "What is read from servers, and client assertions",
    ),
    ("store/policy.rs", "Stores and what is kept in them"),
    ("client/policy.rs", "Sign-in, sessions and refresh"),
    ("web/policy.rs", "Routes, cookies and pages"),
    ("serve/policy.rs", "The end of a program"),
    ("bin/atproto-oauth/policy.rs", "The command"),
    ("testing/policy.rs", "The test network"),
];

/// Where a number that looks like a limit is none: the beginning of the file's path, and why.
const NO_LIMITS: &[(&str, &str)] = &[(
    "store/contract/",
    "asks a store for more and for less than its limits, which are in `store/policy.rs`",
)];

const PAGE: &str = "docs/limits.md";

#[test]
fn every_limit_is_documented() {
    let mut page = String::from(
        "# Limits\n\nEvery limit, lifetime and retry of the library, with its unit and its reason. Made from `error.rs` \
         and the `policy.rs` of each floor; `UPDATE_EXPECT=1 cargo test -p atproto-oauth-tests --all-features --test it limits` \
         writes it anew.\n",
    );
    let mut count = 0;
    for (file, title) in FLOORS {
        let limits = limits(&read(&format!("atproto-oauth/src/{file}")));
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
        } else if let Some((_, rest)) = line.split_once("const ").filter(|(before, rest)| {
            (before.is_empty() || before.starts_with("pub")) && !rest.starts_with("fn ")
        }) {
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
            "micros" => format!("{number} µs"),
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

#[test]
fn no_limit_stands_outside_the_policies() {
    let sources = sources("atproto-oauth/src");
    let tests: Vec<_> = sources
        .iter()
        .flat_map(|(path, text)| Walk::over(path, text).test_modules)
        .collect();
    let mut found = Vec::new();
    for (path, text) in &sources {
        let is_test = tests.iter().any(|module| {
            let rest = path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        });
        let is_policy = FLOORS.iter().any(|(file, _)| file == path);
        if is_test || is_policy || NO_LIMITS.iter().any(|(begin, _)| path.starts_with(begin)) {
            continue;
        }
        let limits = Walk::over(path, text).found;
        found.extend(limits.iter().map(|what| format!("src/{path}: {what}")));
    }
    assert!(
        tests.len() > 50,
        "only {} test modules were found",
        tests.len()
    );
    assert!(
        found.is_empty(),
        "a limit belongs into the floor's `policy.rs`:\n{}",
        found.join("\n")
    );
}

#[test]
fn a_limit_outside_the_policies_is_found() {
    let found = |text: &str| Walk::over("web/app.rs", text).found;
    assert_eq!(
        found("fn a() { b(Duration::from_secs(2 * 60)) }"),
        ["`Duration::from_secs(2 * 60)`"]
    );
    assert_eq!(found("pub const MAX_A: usize = 4 << 10;"), ["`MAX_A`"]);
    assert_eq!(found("impl A { const MIN_A: u64 = 1; }"), ["`MIN_A`"]);
    assert_eq!(
        found("const A_WAIT: std::time::Duration = wait(3);"),
        ["`A_WAIT`"]
    );
    assert_eq!(found("fn a() { text.chars().take(300) }"), ["`take(300)`"]);
    assert_eq!(found("fn a() { if a.len() >= 64 {} }"), ["`len() >= 64`"]);
    assert_eq!(found("fn a() { x.min(8) }"), ["`min(8)`"]);
    for none in [
        "/// `Duration::from_secs(5)`\nconst A: Duration = A_PAUSE;",
        "pub const MAX_BYTES: usize = MAX_SCOPE_LEN;",
        "const MAX_NUMBER: u64 = i64::MAX as u64;",
        "const FORMAT: u8 = 1;",
        "fn a() { Duration::from_secs(later.0 - self.0) }",
        "const fn a<const MAX_A: usize>(seconds: u64) { Duration::from_secs(seconds) }",
        "fn a() { a.iter().take(limit); a.len() == 64; a.len() > 1; n.max(1); }",
        "#[cfg(test)] mod tests { const MAX_A: usize = 4; }",
        "#[cfg(all(test, unix))] fn a() { b(Duration::from_secs(2)) }",
    ] {
        assert_eq!(found(none), [""; 0], "{none}");
    }
    let modules = |path| Walk::over(path, "#[cfg(test)]\nmod tests;\nmod b;").test_modules;
    assert_eq!(modules("web/mod.rs"), ["web/tests"]);
    assert_eq!(modules("web/app.rs"), ["web/app/tests"]);
    assert_eq!(modules("lib.rs"), ["tests"]);
}

/// What one file holds outside its tests.
#[derive(Default)]
struct Walk {
    /// Numbers that look like limits.
    found: Vec<String>,
    /// Modules in files of their own that are for tests alone, as paths below `src` without `.rs`.
    test_modules: Vec<String>,
    /// Where the file's modules are, with `/` at the end.
    folder: String,
}

impl Walk {
    fn over(path: &str, text: &str) -> Self {
        let path_of_module = path.strip_suffix(".rs").unwrap();
        let (parent, name) = path_of_module
            .rsplit_once('/')
            .map_or(("", path_of_module), |(parent, name)| (parent, name));
        let folder = match (parent, name) {
            ("", "lib" | "main") => String::new(),
            (parent, "mod" | "main") => format!("{parent}/"),
            _ => format!("{path_of_module}/"),
        };
        let mut walk = Self {
            folder,
            ..Self::default()
        };
        walk.read(text.parse().unwrap_or_else(|e| panic!("{path}: {e}")));
        walk
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let here = &tokens[at..];
            if let Some(attribute) = attribute(here) {
                at += 2;
                if attribute.starts_with("cfg") && is_for_tests(&attribute) {
                    at += self.leave_out(&tokens[at..]);
                }
                continue;
            }
            self.look(here);
            if let TokenTree::Group(group) = &tokens[at] {
                self.read(group.stream());
            }
            at += 1;
        }
    }

    /// How many tokens the item for tests has that begins here.
    fn leave_out(&mut self, item: &[TokenTree]) -> usize {
        let mut words = Vec::new();
        for (at, token) in item.iter().enumerate() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ';' => {
                    if let [.., keyword, name] = &words[..]
                        && keyword == "mod"
                    {
                        self.test_modules.push(format!("{}{name}", self.folder));
                    }
                    return at + 1;
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return at + 1,
                token => words.push(token.to_string()),
            }
        }
        item.len()
    }

    fn look(&mut self, here: &[TokenTree]) {
        let word = |at: usize| here.get(at).map(ToString::to_string).unwrap_or_default();
        let number = |at: usize| {
            here.get(at)
                .is_some_and(|token| holds_number(token.clone().into()))
        };
        let first = word(0);
        if first == "Duration" && word(1) == ":" && word(3).starts_with("from_") && number(4) {
            self.found
                .push(format!("`Duration::{}{}`", word(3), word(4)));
        }
        if first == "const" && word(2) == ":" && is_name_of_a_limit(&word(1)) {
            let end = |token: &TokenTree| matches!(token.to_string().as_str(), ";" | ",");
            let value = here.iter().take_while(|token| !end(token));
            let value = value.skip_while(|token| token.to_string() != "=");
            if holds_number(value.cloned().collect()) {
                self.found.push(format!("`{}`", word(1)));
            }
        }
        if matches!(first.as_str(), "take" | "min") && is_large(&inside(here.get(1))) {
            self.found.push(format!("`{first}{}`", word(1)));
        }
        if matches!(first.as_str(), "len" | "length" | "count") && word(1) == "()" {
            let (sign, at) = if word(3) == "=" {
                (word(2) + "=", 4)
            } else {
                (word(2), 3)
            };
            if matches!(sign.as_str(), "<" | ">" | "<=" | ">=") && is_large(&word(at)) {
                self.found.push(format!("`{first}() {sign} {}`", word(at)));
            }
        }
    }
}

/// The attribute that begins here, as text.
fn attribute(here: &[TokenTree]) -> Option<String> {
    let [TokenTree::Punct(sign), TokenTree::Group(group), ..] = here else {
        return None;
    };
    let is_one = sign.as_char() == '#' && group.delimiter() == Delimiter::Bracket;
    is_one.then(|| group.stream().to_string())
}

/// `cfg(test)` and `cfg(all(test, …))`, but not `cfg(any(test, …))`.
fn is_for_tests(cfg: &str) -> bool {
    let cfg: String = cfg.split_whitespace().collect();
    cfg == "cfg(test)" || cfg.starts_with("cfg(all(test,")
}

fn is_name_of_a_limit(name: &str) -> bool {
    let ends = [
        "_LIFETIME",
        "_TIMEOUT",
        "_LIMIT",
        "_WAIT",
        "_DEADLINE",
        "_PAUSE",
    ];
    name.starts_with("MAX_")
        || name.starts_with("MIN_")
        || ends.iter().any(|end| name.ends_with(end))
}

/// There is a number in it, other than the index of a field: `self.0`.
fn holds_number(tokens: TokenStream) -> bool {
    let mut after_dot = false;
    tokens.into_iter().any(|token| {
        let is_field = std::mem::replace(&mut after_dot, token.to_string() == ".");
        match token {
            TokenTree::Literal(literal) => {
                !is_field
                    && literal
                        .to_string()
                        .starts_with(|c: char| c.is_ascii_digit())
            }
            TokenTree::Group(group) => holds_number(group.stream()),
            _ => false,
        }
    })
}

/// What stands in parentheses.
fn inside(token: Option<&TokenTree>) -> String {
    match token {
        Some(TokenTree::Group(group)) => group.stream().to_string(),
        _ => String::new(),
    }
}

/// Text that is one number, and more than a handful.
fn is_large(text: &str) -> bool {
    text.replace('_', "").parse::<u64>().is_ok_and(|n| n >= 8)
}
