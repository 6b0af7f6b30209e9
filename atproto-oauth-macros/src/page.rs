//! `docs/what-the-macro-writes.md`, made of what the macros write and of what the compiler's words are in
//! `tests/ui`. `UPDATE_EXPECT=1` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

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

const OF_THE_DERIVE: [(&str, &str, &str, &[&str]); 4] = [
    (
        "app",
        "app = App",
        AUTHOR,
        &["app", "session_attribute", "derive_shape", "field"],
    ),
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
        "with",
        "app = App",
        "struct Author {\n    #[session(with = load_profile)]\n    profile: Profile,\n}",
        &["with"],
    ),
];

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
        let written = attribute(arguments, item);
        let more = if arguments == LEAST {
            String::new()
        } else {
            added(&least, &written)
        };
        section(
            &mut page,
            name,
            &format!("#[atproto_oauth({arguments})]\n{item}"),
            &more,
            folders,
        );
    }
    assert!(
        ARGUMENTS
            .iter()
            .map(|argument| argument.0)
            .eq(names::ARGUMENTS)
    );
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
        let written = derived(arguments, item);
        let more = added(&least, &written);
        let source = format!("#[derive(SessionExtractor)]\n#[session({arguments})]\n{item}");
        section(&mut page, name, &source, &more, folders);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    expect_file!["../../docs/what-the-macro-writes.md"].assert_eq(&page);
}

fn section(page: &mut String, name: &str, source: &str, more: &str, folders: &[&str]) {
    let _ = writeln!(page, "### `{name}`\n");
    code(page, source);
    if !more.is_empty() {
        page.push_str("writes, other than the smallest use:\n\n");
        code(page, more);
    }
    page.push_str("Its mistakes, as the compiler reports them:\n\n");
    let mistakes = mistakes(folders);
    assert!(!mistakes.is_empty(), "no mistake of `{name}`");
    for mistake in mistakes {
        let _ = writeln!(page, "- {mistake}");
    }
    page.push('\n');
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
fn mistakes(folders: &[&str]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for folder in folders {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/ui")
            .join(folder);
        for entry in fs::read_dir(folder).unwrap() {
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

fn said(line: &str) -> Option<String> {
    let (head, text) = line.split_once(": ")?;
    head.starts_with("error").then(|| text.to_owned())
}
