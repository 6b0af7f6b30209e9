//! Nothing that is put into a page changes what the page is made of.

use proptest::prelude::*;

use super::super::frame::{address, prose};
use super::super::html::{escape, is_unseen, shorten};
use super::{attribute, pages, tags};

const WORDS: [&str; 12] = [
    "</style><script>alert(1)</script>",
    "\" onfocus=\"alert(1)\" x=\"",
    "' autofocus onfocus=alert(1) '",
    "<!--",
    "--><img src=x onerror=alert(1)>",
    "]]><![CDATA[",
    "</title><base href=//evil.example>",
    "&lt;script&gt;&#60;script&#62;",
    "javascript:alert(1)",
    "\u{202e}gnp.exe\0\u{1b}[31m\u{2028}\r\nSet-Cookie: a=b",
    "`</code><script>`",
    "repo:<b>?action=<i>&collection=\"&aud='%3Cu%3E",
];

/// The tags of a page without the values of attributes and without `code`, which backticks make.
fn skeleton(html: &str) -> Vec<String> {
    let all = tags(html, "").into_iter();
    let bare = all.map(|tag| tag.split('"').step_by(2).collect::<String>());
    bare.filter(|tag| !tag.contains("code")).collect()
}

fn check(word: &str) {
    for ((name, page), (_, plain)) in pages(word).into_iter().zip(pages("word")) {
        assert_eq!(skeleton(&page), skeleton(&plain), "{name}: {word:?}");
        let strange = page.chars().find(|c| is_unseen(*c) && *c != '\n');
        assert_eq!(strange, None, "{name}: {word:?}");
        for link in tags(&page, "a") {
            let href = attribute(link, "href").unwrap_or_default();
            assert!(
                href.starts_with('/') && !href.starts_with("//"),
                "{name}: {href}"
            );
        }
    }
}

/// Scenario 27.
#[test]
fn never_server_text_unescaped() {
    WORDS.into_iter().for_each(check);
}

proptest! {
    #[test]
    fn no_text_changes_what_a_page_is_made_of(word in "(?s)([<>&\"'`/=?:% a-z]|.){1,60}") {
        check(&word);
    }

    #[test]
    fn what_is_escaped_has_no_markup(text in any::<String>()) {
        let safe = escape(&text);
        prop_assert!(!safe.contains(['<', '>', '"', '\'']), "{safe:?}");
        prop_assert!(!safe.chars().any(is_unseen), "{safe:?}");
        for reference in safe.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
            prop_assert!(known.iter().any(|name| reference.starts_with(name)), "{safe:?}");
        }
    }
}

#[test]
fn what_escaping_does_is_known() {
    assert_eq!(escape("a<b>\"c\"'&"), "a&lt;b&gt;&quot;c&quot;&#39;&amp;");
    assert_eq!(escape("a\r\nb\tc\0\u{85}\u{9f}d"), "a b cd");
    for mark in [
        '\u{61c}', '\u{200e}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{2029}',
    ] {
        assert_eq!(escape(&format!("a{mark}b")), "ab");
    }
    assert_eq!(escape("ünï 👩\u{200d}🚀"), "ünï 👩\u{200d}🚀");
}

#[test]
fn long_texts_are_cut_between_characters() {
    assert_eq!(shorten("äöü", 3), "äöü");
    assert_eq!(shorten("äöüß", 3), "äöü…");
    let long = "ä<".repeat(10_000);
    for (name, page) in pages(&long) {
        let developer = page.split("For developers").nth(1).unwrap_or_default();
        assert!(developer.len() < 30_000, "{name}");
    }
}

#[test]
fn backticks_become_code() {
    assert_eq!(
        prose("set `A` & `B`"),
        "set <code>A</code> &amp; <code>B</code>"
    );
    assert_eq!(prose("one ` alone"), "one ` alone");
    assert_eq!(prose("`<`"), "<code>&lt;</code>");
}

#[test]
fn never_a_link_that_leads_away() {
    for bad in [
        "javascript:alert(1)",
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "",
    ] {
        assert_eq!(address(bad, &[]), "/", "{bad}");
    }
    assert_eq!(
        address("/a?b=c", &[("d", Some("/e&f")), ("g", None)]),
        "/a?b=c&amp;d=%2Fe%26f"
    );
}
