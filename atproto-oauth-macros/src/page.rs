//! `docs/what-the-macro-writes.md`, made of what the macros write; and what the documentation of the macros shows of it
//! below each argument, `snapshots/arguments`. `UPDATE_EXPECT=1` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use expect_test::expect_file;
use proc_macro2::TokenStream;

use crate::names::{ATTRIBUTE, SESSION_FIELD, SESSION_STRUCT};
use crate::{attribute, derive};

const APP: &str = "#[derive(Clone)]\nstruct App {\n    oauth: OAuthClient,\n}";
const LEAST: &str = "callback = signed_in";
const AUTHOR: &str = "struct Author {\n    did: Did,\n}";

/// An example of each argument: its name, the arguments, and the struct.
const OF_THE_ATTRIBUTE: [(&str, &str, &str); 12] = [
    ("callback", LEAST, APP),
    ("logout", "callback = signed_in, logout = signed_out", APP),
    ("error", "callback = signed_in, error = sorry", APP),
    (
        "scopes",
        "callback = signed_in, scopes = [\"atproto\", \"repo:app.bsky.feed.post?action=create\"]",
        APP,
    ),
    (
        "optional_scopes",
        "callback = signed_in, optional_scopes = [\"blob:image/*\"]",
        APP,
    ),
    ("prefix", "callback = signed_in, prefix = \"/sign-in\"", APP),
    (
        "client",
        "callback = signed_in, client = second",
        "#[derive(Clone)]\nstruct App {\n    first: OAuthClient,\n    second: OAuthClient,\n}",
    ),
    ("accounts", "callback = signed_in, accounts = 1", APP),
    ("session", "callback = signed_in, session = Person", APP),
    (
        "session_key",
        "callback = signed_in, session_key = PersonKey",
        APP,
    ),
    (
        "state",
        "callback = signed_in, state = std::sync::Arc<App>",
        "struct App {\n    oauth: OAuthClient,\n}",
    ),
    ("crate", "callback = signed_in, crate = vendored::auth", APP),
];

const OF_THE_DERIVE: [(&str, &str, &str); 5] = [
    ("app", "app = App", AUTHOR),
    (
        "requires",
        "app = App, requires = [\"repo:app.bsky.feed.post?action=create\"]",
        AUTHOR,
    ),
    ("rejection", "app = App, rejection = ApiError", AUTHOR),
    ("crate", "app = App, crate = vendored::auth", AUTHOR),
    (
        "with",
        "app = App",
        "struct Author {\n    #[session(with = load_profile)]\n    profile: Profile,\n}",
    ),
];

#[test]
fn the_page_about_what_is_written_is_up_to_date() {
    let mut page = String::from(
        "# What the macros write\n\n\
         Made of the expansions themselves; `UPDATE_EXPECT=1 cargo test -p atproto-oauth-macros` writes it anew.\n\n\
         Names below `__macro` are for the macros alone and change without notice; with them the compiler's errors name the\n\
         mistake. What `#[atproto_oauth]` writes can be written by hand without them, as `examples/by-hand` does. In place of\n\
         `#[derive(SessionExtractor)]` by hand, implement axum's `FromRequestParts`.\n\n\
         ## `#[atproto_oauth]`\n\n\
         The smallest use, and all that it becomes:\n\n",
    );
    let least = expanded(LEAST, APP);
    code(&mut page, &format!("#[atproto_oauth({LEAST})]\n{APP}"));
    page.push_str("becomes\n\n");
    code(&mut page, &least);
    for (name, arguments, item) in OF_THE_ATTRIBUTE {
        let more = if arguments == LEAST {
            Lines::OfTheLeast(lines(&least, |line| line.contains("signed_in")))
        } else {
            Lines::Added(added(&least, &expanded(arguments, item)))
        };
        let source = format!("#[atproto_oauth({arguments})]\n{item}");
        put(&mut page, name, name, &source, &more);
    }
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
    for (name, arguments, item) in OF_THE_DERIVE {
        let more = if item == AUTHOR && arguments == "app = App" {
            let is_of_app = |line: &str| line.contains("App = App;") || line.contains("type App");
            Lines::OfTheLeast(lines(&least, is_of_app))
        } else {
            Lines::Added(added(&least, &derived(arguments, item)))
        };
        let source = format!("#[derive(SessionExtractor)]\n#[session({arguments})]\n{item}");
        put(&mut page, name, &format!("derive/{name}"), &source, &more);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    expect_file!["../../docs/what-the-macro-writes.md"].assert_eq(&page);
}

#[test]
fn every_argument_has_an_example() {
    let shown = OF_THE_ATTRIBUTE.map(|(name, ..)| name);
    assert_eq!(shown, ATTRIBUTE.names);
    let shown = OF_THE_DERIVE.map(|(name, ..)| name);
    assert_eq!(
        shown[..],
        [SESSION_STRUCT.names, SESSION_FIELD.names].concat()
    );
}

/// What an argument writes.
enum Lines {
    /// Lines of the smallest use, which needs the argument.
    OfTheLeast(String),
    /// Lines that the smallest use does not have.
    Added(String),
}

/// Adds a section to the page, and writes it for the documentation of the macro, in which its blocks of code are no
/// tests.
fn put(page: &mut String, name: &str, file: &str, source: &str, more: &Lines) {
    let mut section = String::new();
    code(&mut section, source);
    let (heading, lines) = match more {
        Lines::OfTheLeast(lines) => ("writes, in the smallest use above:", lines),
        Lines::Added(lines) => ("writes, other than the smallest use:", lines),
    };
    let _ = writeln!(section, "{heading}\n");
    assert!(!lines.is_empty(), "{name} writes nothing");
    code(&mut section, lines);
    let _ = write!(page, "### `{name}`\n\n{section}");
    let shown = section.trim_end().replace("```rust", "```text") + "\n";
    expect_file![format!("../snapshots/arguments/{file}.md")].assert_eq(&shown);
}

fn code(page: &mut String, code: &str) {
    let _ = writeln!(page, "```rust\n{}\n```\n", code.trim_end());
}

fn expanded(arguments: &str, item: &str) -> String {
    pretty(attribute::expand(
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
    lines(written, |line| !known.contains(line))
}

fn lines(text: &str, is_shown: impl Fn(&str) -> bool) -> String {
    let lines = text.lines().filter(|line| is_shown(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}
