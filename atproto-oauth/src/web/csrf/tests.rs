use http::{HeaderMap, HeaderName, HeaderValue};

use super::{is_own_click, is_own_navigation, is_own_post};
use crate::types::Origin;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect()
}

fn link(site: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("sec-fetch-site", site),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-user", "?1"),
    ]
}

/// `link` with one header changed.
fn link_but(name: &'static str, value: &'static str) -> HeaderMap {
    let mut headers = headers(&link("same-origin"));
    headers.insert(name, HeaderValue::from_static(value));
    headers
}

#[test]
fn absent_headers_are_a_persons_navigation() {
    assert!(is_own_navigation(&HeaderMap::new()));
}

#[test]
fn own_links_and_typed_addresses_start_a_flow() {
    assert!(is_own_navigation(&headers(&link("same-origin"))));
    assert!(is_own_navigation(&headers(&link("none"))));
}

#[test]
fn never_a_flow_from_another_site_or_ahead_of_a_click() {
    for site in [
        "cross-site",
        "same-site",
        "",
        "SAME-ORIGIN",
        "same-origin, none",
    ] {
        assert!(!is_own_navigation(&headers(&link(site))), "{site}");
    }
    for (name, value) in [
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-dest", "image"),
        ("sec-fetch-dest", "empty"),
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ] {
        assert!(
            !is_own_navigation(&link_but(name, value)),
            "{name}: {value}"
        );
        assert!(!is_own_click(&link_but(name, value)), "{name}: {value}");
    }
    let doubled = headers(&[
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "cross-site"),
    ]);
    assert!(!is_own_navigation(&doubled));
}

/// `never_logout_by_cross_site_get`: only a click that the browser vouches for.
#[test]
fn never_logout_by_cross_site_get() {
    assert!(is_own_click(&headers(&link("same-origin"))));
    assert!(!is_own_click(&HeaderMap::new()));
    for site in ["cross-site", "same-site", "none"] {
        assert!(!is_own_click(&headers(&link(site))), "{site}");
    }
    for missing in [
        "sec-fetch-site",
        "sec-fetch-mode",
        "sec-fetch-dest",
        "sec-fetch-user",
    ] {
        let mut headers = headers(&link("same-origin"));
        headers.remove(missing);
        assert!(!is_own_click(&headers), "without {missing}");
    }
    assert!(!is_own_click(&link_but("sec-fetch-user", "?0")));
}

#[test]
fn a_post_is_of_our_own_pages() {
    let base_url: Origin = "https://app.example.com".parse().unwrap();
    let own = |pairs| is_own_post(&headers(pairs), &base_url);
    assert!(own(&[("sec-fetch-site", "same-origin")]));
    assert!(own(&[("origin", "https://app.example.com")]));
    assert!(own(&[
        ("sec-fetch-site", "same-origin"),
        ("origin", "null")
    ]));
    assert!(!own(&[]));
    for origin in [
        "null",
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "https://app.example.com/",
    ] {
        assert!(
            !is_own_post(
                &{
                    let mut map = HeaderMap::new();
                    map.insert("origin", HeaderValue::from_static(origin));
                    map
                },
                &base_url
            ),
            "{origin}"
        );
    }
    for site in ["cross-site", "same-site", "none"] {
        // The origin does not help where the browser says it is another site.
        let both = headers(&[
            ("sec-fetch-site", site),
            ("origin", "https://app.example.com"),
        ]);
        assert!(!is_own_post(&both, &base_url), "{site}");
    }
}
