use http::StatusCode;

use super::{Policy, page};
use crate::web::pages::{DefaultPages, Pages, SignIn};

fn header(policy: Policy, pages: &dyn Pages, name: &str) -> String {
    let response = page(StatusCode::OK, String::new(), policy, pages);
    let mut all = response.headers().get_all(name).iter();
    let value = all.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(all.next().is_none(), "{name} stands there twice");
    value.to_str().unwrap().to_owned()
}

#[test]
fn every_page_has_the_headers() {
    for policy in [Policy::SignIn, Policy::Page, Policy::Callback] {
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(header(policy, &DefaultPages, name), value, "{policy:?}");
        }
        let csp = header(policy, &DefaultPages, "content-security-policy");
        let rules: Vec<&str> = csp.split("; ").collect();
        for rule in [
            "default-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(rules.contains(&rule), "{policy:?}: {csp}");
        }
        assert!(
            !csp.contains("unsafe") && !csp.contains("script-src"),
            "{csp}"
        );
    }
}

/// Under `no-referrer` browsers post `Origin: null`; the address of a callback holds a code (RU-05).
#[test]
fn ru_05_the_referrer_of_a_callback_is_kept_back() {
    for (policy, value) in [
        (Policy::SignIn, "same-origin"),
        (Policy::Page, "same-origin"),
        (Policy::Callback, "no-referrer"),
    ] {
        assert_eq!(header(policy, &DefaultPages, "referrer-policy"), value);
    }
}

/// `form-action` would block the redirect to the authorization server.
#[test]
fn only_the_sign_in_page_has_no_form_action() {
    let csp = |policy| header(policy, &DefaultPages, "content-security-policy");
    assert!(!csp(Policy::SignIn).contains("form-action"));
    assert!(csp(Policy::Page).contains("form-action 'self'"));
    assert!(csp(Policy::Callback).contains("form-action 'self'"));
}

/// The hash is that of what stands between the tags, also where an application replaced it.
#[test]
fn the_style_is_let_through_by_its_hash() {
    struct Mine;
    impl Pages for Mine {
        fn styles(&self) -> &'static str {
            "body{color:red}"
        }
    }
    for pages in [&DefaultPages as &dyn Pages, &Mine] {
        let html = pages.sign_in(&SignIn::new("App", "/oauth/login"));
        let (_, rest) = html.split_once("<style>").unwrap();
        let style = rest.split("</style>").next().unwrap();
        let hash = super::hash(style);
        let csp = header(Policy::Page, pages, "content-security-policy");
        assert!(
            csp.contains(&format!("style-src 'self' 'sha256-{hash}'")),
            "{csp}"
        );
    }
    assert_ne!(Mine.styles(), DefaultPages.styles());
    // echo -n 'body{color:red}' | openssl dgst -sha256 -binary | base64
    assert_eq!(
        super::hash(Mine.styles()),
        "FcQqt3aNlV7AZnGV4zkQRVeCeJOxbMPnQSx258L803E="
    );
}
