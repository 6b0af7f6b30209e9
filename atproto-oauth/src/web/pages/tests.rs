//! Every page: its structure, its words, its forms.

use std::time::Duration;

use super::{
    AccountEntry, AccountsPage, Cancelled, DefaultPages, Details, ErrorPage, Pages, PermissionPage,
    Problem, SignIn, SignOut,
};

mod hostile;
mod look;
mod permission;

/// All pages, with `word` in every field that holds text.
fn pages(word: &str) -> Vec<(&'static str, String)> {
    let causes = [word.to_owned(), word.to_owned()];
    let details = Details {
        step: word,
        message: word,
        causes: &causes,
        server_said: Some(word),
        hint: word,
    };
    let permissions = [word];
    let problem = Problem {
        message: word,
        request_id: word,
        details: Some(&details),
    };
    let sign_in = SignIn {
        handle: word,
        return_to: Some(word),
        scope: Some(word),
        permissions: &permissions,
        sign_up: true,
        problem: Some(problem),
        ..SignIn::new(word, word)
    };
    let error = ErrorPage {
        request_id: word,
        login: Some(word),
        again: Some(word),
        signed_in: Some(word),
        home: word,
        retry_after: Some(Duration::from_secs(30)),
        details: Some(&details),
        ..ErrorPage::new(word, word, 502, word, word)
    };
    let permission = PermissionPage {
        back: Some(word),
        was_asked: true,
        was_sent: true,
        details: Some(&details),
        ..PermissionPage::new(word, word, &permissions, word)
    };
    let cancelled = Cancelled {
        details: Some(&details),
        ..Cancelled::new(word, word, word)
    };
    let sign_out = SignOut {
        all: true,
        home: word,
        ..SignOut::new(word, word, word, word)
    };
    let other = AccountEntry::new(word, "did:plc:other", word);
    let active = AccountEntry {
        active: true,
        ..other
    };
    let ended = AccountEntry {
        ended: true,
        ..other
    };
    let accounts = [AccountEntry::new(word, word, word), active, ended, other];
    let accounts = AccountsPage {
        return_to: Some(word),
        home: word,
        ..AccountsPage::new(word, &accounts, word, word, word)
    };
    let full = AccountsPage {
        full: true,
        ..accounts
    };
    vec![
        ("sign_in", DefaultPages.sign_in(&sign_in)),
        ("error", DefaultPages.error(&error)),
        ("permission", DefaultPages.permission(&permission)),
        ("cancelled", DefaultPages.cancelled(&cancelled)),
        ("sign_out", DefaultPages.sign_out(&sign_out)),
        ("accounts", DefaultPages.accounts(&accounts)),
        ("full", DefaultPages.accounts(&full)),
    ]
}

fn count(html: &str, part: &str) -> usize {
    html.matches(part).count()
}

/// The value of the first attribute `name="…"` in `tag`.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// All tags that start with `<name`.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.match_indices(&format!("<{name}"))
        .filter_map(|(at, _)| html[at..].split_inclusive('>').next())
        .collect()
}

#[test]
fn every_page_is_a_document_with_one_heading_and_no_script() {
    for (name, html) in pages("word") {
        assert!(
            html.starts_with("<!doctype html>\n<html lang=\"en\">"),
            "{name}"
        );
        assert!(
            html.contains("<meta name=\"viewport\" content=\"width=device-width"),
            "{name}"
        );
        assert!(html.contains("<title>"), "{name}");
        for (part, times) in [
            ("<main", 1),
            ("<h1>", 1),
            ("<style>", 1),
            ("<script", 0),
            (" on", 0),
        ] {
            let outside = html.split("<style>").next().unwrap_or_default().to_owned()
                + html.split("</style>").nth(1).unwrap_or_default();
            let tags: String = tags(&outside, "").concat();
            let found = if part == "<style>" {
                count(&html, part)
            } else {
                count(&tags, part)
            };
            assert_eq!(found, times, "{name}: {part}");
        }
    }
}

#[test]
fn every_form_posts_and_every_description_exists() {
    for (name, html) in pages("/word") {
        for form in tags(&html, "form") {
            assert_eq!(attribute(form, "method"), Some("post"), "{name}");
            assert_eq!(attribute(form, "action"), Some("/word"), "{name}");
        }
        for tag in tags(&html, "") {
            for reference in ["for", "aria-describedby", "aria-labelledby"] {
                for id in attribute(tag, reference)
                    .unwrap_or_default()
                    .split_whitespace()
                {
                    assert_eq!(count(&html, &format!(" id=\"{id}\"")), 1, "{name}: {id}");
                }
            }
        }
    }
}

#[test]
fn every_form_about_a_session_carries_its_key() {
    for (name, html) in pages("/word") {
        if name == "sign_in" {
            continue;
        }
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let key = "<input type=\"hidden\" name=\"session\" value=\"/word\">";
            assert_eq!(count(form, key), 1, "{name}: {form}");
        }
    }
}

#[test]
fn the_sign_in_page_keeps_what_was_typed() {
    // Marks of the writing direction come along when a handle is copied from a profile.
    let page = SignIn {
        handle: " \u{202a}alice.test\u{202c} ",
        return_to: Some("/a?b=c&d"),
        scope: Some("atproto blob:*/*"),
        ..SignIn::new("App", "/oauth/login")
    };
    let html = DefaultPages.sign_in(&page);
    assert!(html.contains("<form method=\"post\" action=\"/oauth/login\">"));
    assert!(html.contains("name=\"return_to\" value=\"/a?b=c&amp;d\">"));
    assert!(html.contains("name=\"scope\" value=\"atproto blob:*/*\">"));
    let field = tags(&html, "input id=\"handle\"")[0];
    for (name, value) in [
        ("name", "handle"),
        ("value", "alice.test"),
        ("autocomplete", "username"),
        ("autocapitalize", "none"),
        ("spellcheck", "false"),
        ("inputmode", "url"),
        ("aria-describedby", "hint"),
    ] {
        assert_eq!(attribute(field, name), Some(value), "{name}");
    }
    assert!(!html.contains("aria-invalid=\"") && !html.contains("role=\"alert\""));
    assert!(!html.contains("Create an account") && !html.contains("permission to"));
    assert!(!html.contains("name=\"prompt\""));
}

#[test]
fn the_sign_in_page_says_what_went_wrong() {
    let page = SignIn {
        sign_up: true,
        permissions: &["atproto"],
        problem: Some(Problem {
            message: "Check it.",
            request_id: "id42",
            details: None,
        }),
        ..SignIn::new("App", "/oauth/login")
    };
    let html = DefaultPages.sign_in(&page);
    assert!(html.contains("<title>Error: Sign in · App</title>"));
    assert!(html.contains("id=\"problem\" role=\"alert\"") && html.contains("Check it."));
    assert!(html.contains("id42") && html.contains("aria-invalid=\"true\""));
    assert!(html.contains("aria-describedby=\"problem hint\""));
    assert!(html.contains("<button name=\"prompt\" value=\"create\" formnovalidate>"));
    assert!(html.contains("see which account is yours"));
    assert!(!html.contains("For developers"));
}

#[test]
fn the_account_page_offers_what_can_be_done() {
    let accounts = [
        AccountEntry {
            active: true,
            ..AccountEntry::new("alice.test", "did:plc:a", "did:plc:a:K1")
        },
        AccountEntry::new("bob.test", "did:plc:b", "did:plc:b:K2"),
        AccountEntry {
            ended: true,
            ..AccountEntry::new("did:plc:c", "did:plc:c", "did:plc:c:K3")
        },
    ];
    let page = AccountsPage {
        return_to: Some("/x"),
        ..AccountsPage::new("App", &accounts, "/s", "/out", "/in")
    };
    let html = DefaultPages.accounts(&page);
    assert_eq!(
        count(&html, "action=\"/s\""),
        1,
        "only the second can be switched to"
    );
    assert_eq!(count(&html, "action=\"/out\""), 4, "each, and all");
    assert_eq!(count(&html, "name=\"all\" value=\"true\""), 1);
    assert!(html.contains("href=\"/in?handle=did%3Aplc%3Ac&amp;return_to=%2Fx\""));
    assert!(html.contains("href=\"/in?return_to=%2Fx\">Add an account"));
    assert_eq!(
        count(&html, "did:plc:c<"),
        3,
        "a DID that is the name is not said twice"
    );
    let full = DefaultPages.accounts(&AccountsPage { full: true, ..page });
    assert!(!full.contains("Add an account"));
    let none = DefaultPages.accounts(&AccountsPage {
        accounts: &[],
        ..page
    });
    assert!(!none.contains("<form"));
}

#[test]
fn how_long_to_wait_is_said_as_people_say_it() {
    let page = |seconds| {
        DefaultPages.error(&ErrorPage {
            retry_after: Some(Duration::from_secs(seconds)),
            ..ErrorPage::new("App", "c", 503, "t", "m")
        })
    };
    for (seconds, words) in [
        (0, "about 1 second."),
        (30, "about 30 seconds."),
        (91, "about 2 minutes."),
        (7_200, "about 2 hours."),
        (u64::MAX, "hours."),
    ] {
        assert!(page(seconds).contains(words), "{seconds}");
    }
}
