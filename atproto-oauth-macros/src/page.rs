//! `docs/what-the-macro-writes.md`, made of what the macros write and of what the compiler's words are in
//! `tests/ui`; and what the documentation of the macros shows of it below each argument,
//! `snapshots/arguments`. `UPDATE_EXPECT=1` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use proc_macro2::TokenStream;

use crate::{derive, expand, names};

const APP: &str = "#[derive(Clone)]\nstruct App {\n    oauth: OAuthClient,\n}";
const LEAST: &str = "callback = signed_in";
const AUTHOR: &str = "struct Author {\n    did: Did,\n}";

/// What is shown of an argument: what is written, on which struct, and the folders of its mistakes.
const ARGUMENTS: [(&str, &str, &str, &[&str]); 12] = [
    ("callback", LEAST, APP, &["callback"]),
    (
        "logout",
        "callback = signed_in, logout = signed_out",
        APP,
        &["logout"],
    ),
    (
        "error",
        "callback = signed_in, error = sorry",
        APP,
        &["error"],
    ),
    (
        "scopes",
        "callback = signed_in, scopes = [\"atproto\", \"repo:app.bsky.feed.post?action=create\"]",
        APP,
        &["scopes"],
    ),
    (
        "optional_scopes",
        "callback = signed_in, optional_scopes = [\"blob:image/*\"]",
        APP,
        &["optional_scopes"],
    ),
    (
        "prefix",
        "callback = signed_in, prefix = \"/sign-in\"",
        APP,
        &["prefix"],
    ),
    (
        "client",
        "callback = signed_in, client = second",
        "#[derive(Clone)]\nstruct App {\n    first: OAuthClient,\n    second: OAuthClient,\n}",
        &["client"],
    ),
    (
        "accounts",
        "callback = signed_in, accounts = 1",
        APP,
        &["accounts"],
    ),
    (
        "session",
        "callback = signed_in, session = Person",
        APP,
        &["session"],
    ),
    (
        "session_key",
        "callback = signed_in, session_key = PersonKey",
        APP,
        &["session_key"],
    ),
    (
        "state",
        "callback = signed_in, state = std::sync::Arc<App>",
        "struct App {\n    oauth: OAuthClient,\n}",
        &["state"],
    ),
    (
        "crate",
        "callback = signed_in, crate = vendored::auth",
        APP,
        &["crate"],
    ),
];

const OF_THE_DERIVE: [(&str, &str, &str, &[&str]); 5] = [
    ("app", "app = App", AUTHOR, &["app", "session_attribute"]),
    (
        "requires",
        "app = App, requires = [\"repo:app.bsky.feed.post?action=create\"]",
        AUTHOR,
        &["requires"],
    ),
    (
        "rejection",
        "app = App, rejection = ApiError",
        AUTHOR,
        &["rejection"],
    ),
    (
        "crate",
        "app = App, crate = vendored::auth",
        AUTHOR,
        &["derive_crate"],
    ),
    (
        "with",
        "app = App",
        "struct Author {\n    #[session(with = load_profile)]\n    profile: Profile,\n}",
        &["with"],
    ),
];

/// Mistakes in what the macros stand on.
const OF_THE_STRUCT: &[&str] = &["shape"];
const OF_THE_DERIVING_STRUCT: &[&str] = &["derive_shape", "field"];

#[test]
fn the_page_about_what_is_written_is_up_to_date() {
    let mut page = String::from(
        "# What the macros write\n\n\
         Made of the expansions themselves, and of what the compiler says to the mistakes in `tests/ui`;\n\
         `UPDATE_EXPECT=1 cargo test -p atproto-oauth-macros` writes it anew. Everything that is written can be\n\
         written by hand, with public items only.\n\n\
         ## `#[atproto_oauth]`\n\n\
         The smallest use, and all that it becomes:\n\n",
    );
    let least = attribute(LEAST, APP);
    code(&mut page, &format!("#[atproto_oauth({LEAST})]\n{APP}"));
    page.push_str("becomes\n\n");
    code(&mut page, &least);
    for (name, arguments, item, folders) in ARGUMENTS {
        let more = if arguments == LEAST {
            String::new()
        } else {
            added(&least, &attribute(arguments, item))
        };
        let source = format!("#[atproto_oauth({arguments})]\n{item}");
        let section = written(&source, &more) + &mistakes(folders);
        put(&mut page, &format!("`{name}`"), &section, name);
    }
    assert!(
        ARGUMENTS
            .iter()
            .map(|argument| argument.0)
            .eq(names::ARGUMENTS)
    );
    let section = mistakes(OF_THE_STRUCT);
    put(&mut page, "The struct", &section, "struct");
    page.push_str(
        "## `#[derive(SessionExtractor)]`\n\nThe smallest use, and all that it becomes:\n\n",
    );
    let least = derived("app = App", AUTHOR);
    code(
        &mut page,
        &format!("#[derive(SessionExtractor)]\n#[session(app = App)]\n{AUTHOR}"),
    );
    page.push_str("becomes\n\n");
    code(&mut page, &least);
    for (name, arguments, item, folders) in OF_THE_DERIVE {
        let more = added(&least, &derived(arguments, item));
        let source = format!("#[derive(SessionExtractor)]\n#[session({arguments})]\n{item}");
        let section = written(&source, &more) + &mistakes(folders);
        let file = format!("derive/{name}");
        put(&mut page, &format!("`{name}`"), &section, &file);
    }
    let section = mistakes(OF_THE_DERIVING_STRUCT);
    put(&mut page, "The struct", &section, "derive/struct");
    page.truncate(page.trim_end().len());
    page.push('\n');
    expect_file!["../../docs/what-the-macro-writes.md"].assert_eq(&page);
}

/// No mistake is left out.
#[test]
fn every_folder_of_mistakes_is_shown() {
    let all = [&ARGUMENTS[..], &OF_THE_DERIVE].concat();
    let shown = all.iter().flat_map(|argument| argument.3);
    let shown = shown.chain(OF_THE_STRUCT).chain(OF_THE_DERIVING_STRUCT);
    let shown: BTreeSet<String> = shown.map(ToString::to_string).collect();
    let is_of_mistakes = |name: &String| name != "pass";
    let there: BTreeSet<String> = fs::read_dir(ui())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(is_of_mistakes)
        .collect();
    assert_eq!(shown, there);
}

/// A section of the page, and the same for the documentation of the macro: to be opened by who wants to see
/// it, and with blocks of code that are not taken for tests.
fn put(page: &mut String, heading: &str, section: &str, file: &str) {
    let _ = writeln!(page, "### {heading}\n\n{section}");
    let summary = if section.starts_with("```") {
        "What it writes, and its mistakes"
    } else {
        "Its mistakes"
    };
    let shown = section.replace("```rust", "```text");
    let shown = format!("<details><summary>{summary}</summary>\n\n{shown}\n</details>\n");
    expect_file![format!("../snapshots/arguments/{file}.md")].assert_eq(&shown);
}

/// What stands in the program, and what comes of it.
fn written(source: &str, more: &str) -> String {
    let mut section = String::new();
    code(&mut section, source);
    if !more.is_empty() {
        section.push_str("writes, other than the smallest use:\n\n");
        code(&mut section, more);
    }
    section
}

fn mistakes(folders: &[&str]) -> String {
    let said = errors(folders);
    assert!(!said.is_empty(), "no mistake in {folders:?}");
    let mut list = String::from("Its mistakes, as the compiler reports them:\n\n");
    for error in said {
        let _ = writeln!(list, "- {error}");
    }
    list
}

fn code(page: &mut String, code: &str) {
    let _ = writeln!(page, "```rust\n{}\n```\n", code.trim_end());
}

fn attribute(arguments: &str, item: &str) -> String {
    pretty(expand::expand(
        arguments.parse().unwrap(),
        item.parse().unwrap(),
    ))
}

fn derived(arguments: &str, item: &str) -> String {
    let item = format!("#[session({arguments})] {item}");
    pretty(derive::expand(item.parse().unwrap()))
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

/// The lines of `written` that `least` does not have.
fn added(least: &str, written: &str) -> String {
    let known: BTreeSet<&str> = least.lines().collect();
    let lines = written.lines().filter(|line| !known.contains(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The first line of each error in these folders, once each.
fn errors(folders: &[&str]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for folder in folders {
        for entry in fs::read_dir(ui().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "stderr")
            {
                let text = fs::read_to_string(path).unwrap();
                all.extend(text.lines().filter_map(said));
            }
        }
    }
    all
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/ui")
}

fn said(line: &str) -> Option<String> {
    let (head, text) = line.split_once(": ")?;
    // An empty text in quotes would begin a longer quote.
    head.starts_with("error").then(|| text.replace("``", "` `"))
}
