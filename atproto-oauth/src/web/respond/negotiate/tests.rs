use http::Request;
use http::request::Parts;

use super::{is_navigation, is_person_navigation, wants_html};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

fn parts(method: &str, headers: &[(&str, &str)]) -> Parts {
    let request = Request::builder().method(method).uri("/");
    let with = |r: http::request::Builder, (name, value): &(&str, &str)| r.header(*name, *value);
    let request = headers.iter().fold(request, with);
    request.body(()).unwrap().into_parts().0
}

#[test]
fn who_gets_a_page() {
    for (accept, page) in [
        (BROWSER, true),
        ("text/html", true),
        ("TEXT/HTML", true),
        ("text/html;level=1", true),
        ("application/xhtml+xml", true),
        ("text/*", true),
        ("text/html, application/json", true),
        ("text/html, */*;q=0.1", true),
        ("application/json;q=0.9, text/html", true),
        ("text/html;q=0.5, */*;q=0.1", true),
        ("application/json, text/html", false),
        ("application/json, text/*", false),
        ("text/html;q=0.8, application/json;q=0.9", false),
        ("text/html;q=0.5, */*", false),
        ("text/html;q=0", false),
        ("text/html;q=0.000, */*", false),
        ("text/html;q=2", false),
        ("text/html;q=0.1234", false),
        ("text/html;q=-1", false),
        ("text/html;q=", false),
        ("application/json", false),
        ("application/*", false),
        ("application/json, text/plain, */*", false),
        ("*/*", false),
        ("image/png", false),
        ("text/htmlx", false),
        ("", false),
        (";;,,q=,=;", false),
    ] {
        let asked = parts("GET", &[("accept", accept)]);
        assert_eq!(wants_html(&asked.headers), page, "{accept}");
        assert_eq!(is_navigation(&asked), page, "{accept}");
    }
    assert!(!wants_html(&parts("GET", &[]).headers));
    let two = parts(
        "GET",
        &[
            ("accept", "application/json;q=0.5"),
            ("accept", "text/html"),
        ],
    );
    assert!(wants_html(&two.headers));
    let document = [
        ("sec-fetch-dest", "document"),
        ("accept", "application/json"),
    ];
    assert!(wants_html(&parts("POST", &document).headers));
}

#[test]
fn what_is_a_navigation() {
    let mode = |value| ("sec-fetch-mode", value);
    let dest = |value| ("sec-fetch-dest", value);
    let accept = ("accept", BROWSER);
    for (headers, navigation) in [
        (vec![mode("navigate"), dest("document")], true),
        (vec![mode("navigate")], true),
        (vec![dest("document")], true),
        (vec![accept], true),
        (vec![], false),
        (vec![mode("cors"), dest("empty"), accept], false),
        (vec![mode("no-cors"), dest("image"), accept], false),
        (vec![mode("navigate"), dest("iframe"), accept], false),
        (vec![mode("navigate"), mode("navigate")], false),
        (vec![mode("same-origin"), dest("document"), accept], false),
    ] {
        assert_eq!(
            is_navigation(&parts("GET", &headers)),
            navigation,
            "{headers:?}"
        );
    }
}

#[test]
fn a_person_asks_with_get_and_not_ahead() {
    let page = ("accept", BROWSER);
    for site in ["same-origin", "same-site", "cross-site", "none"] {
        assert!(is_person_navigation(&parts(
            "GET",
            &[page, ("sec-fetch-site", site)]
        )));
    }
    assert!(!is_person_navigation(&parts("POST", &[page])));
    for ahead in [
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ] {
        assert!(
            !is_person_navigation(&parts("GET", &[page, ahead])),
            "{ahead:?}"
        );
    }
}
