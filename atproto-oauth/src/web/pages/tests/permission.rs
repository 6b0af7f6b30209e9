//! The page for a person who is signed in and needs more permissions.

use super::{DefaultPages, Pages, PermissionPage, count};

#[test]
fn the_permission_page_says_what_whose_and_why() {
    let permissions = ["repo:com.example.note?action=create", "blob:image/*"];
    let page = PermissionPage {
        back: Some("/list"),
        ..PermissionPage::new("App", "alice.test", &permissions, "/in?scope=a b")
    };
    let html = DefaultPages.permission(&page);
    for part in [
        "<title>Permission needed · App</title>",
        "<li>add records of the kind <code>com.example.note</code> in your account</li>",
        "<li>upload images</li>",
        "your account <strong>alice.test</strong>",
        "<a class=\"button main\" href=\"/in?scope=a b\">Continue</a>",
        "<a class=\"button\" href=\"/list\">Back to App</a>",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
    assert!(!html.contains("class=\"note\"") && !html.contains("<form"));
    let again = PermissionPage {
        was_asked: true,
        back: None,
        ..page
    };
    let html = DefaultPages.permission(&again);
    assert_eq!(count(&html, "<p class=\"note\" role=\"status\">"), 1);
    assert!(html.contains(">Ask me again</a>") && !html.contains("Back to"));
    let sent = PermissionPage {
        was_sent: true,
        ..page
    };
    assert!(DefaultPages.permission(&sent).contains("was not saved"));
}
