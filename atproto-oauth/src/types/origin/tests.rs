use proptest::prelude::*;

use super::*;

const CANONICAL: [(&str, &str, u16, bool); 14] = [
    ("https://pds.example.com", "pds.example.com", 443, false),
    ("https://example.com", "example.com", 443, false),
    ("https://example.com:8443", "example.com", 8443, false),
    ("https://example.com:80", "example.com", 80, false),
    ("https://xn--bcher-kva.com", "xn--bcher-kva.com", 443, false),
    ("https://a-b.c-d.test", "a-b.c-d.test", 443, false),
    ("https://1.example.com", "1.example.com", 443, false),
    ("https://localhost", "localhost", 443, true),
    ("https://localhost:4430", "localhost", 4430, true),
    ("http://localhost", "localhost", 80, true),
    ("http://localhost:3000", "localhost", 3000, true),
    ("http://127.0.0.1:443", "127.0.0.1", 443, true),
    ("http://[::1]", "[::1]", 80, true),
    ("http://[::1]:3000", "[::1]", 3000, true),
];

const REFUSED: [&str; 62] = [
    "",
    "example.com",
    "https:",
    "https://",
    "https:///",
    "https:example.com",
    "https:/example.com",
    "//example.com",
    "https://example.com/",
    "https://example.com//",
    "https://example.com/path",
    "https://example.com?",
    "https://example.com?query",
    "https://example.com#",
    "https://example.com#fragment",
    "https://user@example.com",
    "https://user:pass@example.com",
    "https://@example.com",
    "https://:@example.com",
    "https://example.com@evil.com",
    "HTTPS://example.com",
    "https://Example.com",
    "https://EXAMPLE.COM",
    "https://example.com:443",
    "https://example.com:0443",
    "https://example.com:08443",
    "https://example.com:+8443",
    "https://example.com:0",
    "https://example.com:",
    "https://example.com:65536",
    "https://example.com:port",
    "https://example.com:8443:8443",
    "https://example.com.",
    "https://.example.com",
    "https://example..com",
    "https://-example.com",
    "https://exa_mple.com",
    "https://exa%6dple.com",
    "https://bücher.com",
    "https://xn--\u{e4}.com",
    " https://example.com",
    "https://example.com ",
    "https://exam\tple.com",
    "https://example.com\n",
    "https://example.com\\path",
    "https://10.0.0.1",
    "https://127.0.0.1",
    "https://1.2.3.4:8443",
    "https://2130706433",
    "https://0x7f.1",
    "https://[::1]",
    "https://[2001:db8::1]",
    "http://example.com",
    "http://10.0.0.1",
    "http://169.254.169.254",
    "http://localhost:80",
    "http://localhost.evil.com",
    "http://127.1",
    "http://[0:0:0:0:0:0:0:1]",
    "ftp://example.com",
    "file:///etc/passwd",
    "javascript:alert(1)",
];

#[test]
fn the_canonical_spelling_is_kept_exactly() {
    for (text, host, port, loopback) in CANONICAL {
        let origin = Origin::parse(text).unwrap_or_else(|_| panic!("{text} refused"));
        assert_eq!(origin.as_str(), text);
        assert_eq!(origin.host(), host);
        assert_eq!(origin.port(), port, "{text}");
        assert_eq!(origin.is_loopback(), loopback, "{text}");
        assert_eq!(origin.is_https(), text.starts_with("https"), "{text}");
    }
}

/// DS-05, ID-15
#[test]
fn every_other_spelling_is_refused() {
    for text in REFUSED {
        let error = Issuer::parse(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::AuthorizationServerMetadataFailed);
    }
    let long = format!("https://{}com", "a.".repeat(150));
    assert!(Origin::parse(&long).is_err());
}

/// DP-16
#[test]
fn a_joined_path_never_leaves_the_server() {
    let origin = Origin::parse("https://pds.example.com:8443").unwrap();
    for path in [
        "/xrpc/a?b=c",
        "xrpc/a",
        "//evil.com/x",
        "@evil.com/x",
        ".evil.com",
        ":1@evil.com",
        "https://evil.com",
        "\\\\evil.com",
        "",
    ] {
        let url = Url::parse(&origin.join(path)).unwrap();
        assert_eq!(
            url.origin().ascii_serialization(),
            origin.as_str(),
            "{path}"
        );
    }
    assert_eq!(
        origin.join("/oauth/par"),
        "https://pds.example.com:8443/oauth/par"
    );
}

#[test]
fn an_issuer_is_an_origin() {
    let issuer: Issuer = serde_json::from_str(r#""https://as.example.com""#).unwrap();
    assert_eq!(
        serde_json::to_string(&issuer).unwrap(),
        r#""https://as.example.com""#
    );
    assert_eq!(Origin::from(issuer.clone()), *issuer.origin());
    assert_eq!(Issuer::from(issuer.origin().clone()), issuer);
    assert!(serde_json::from_str::<Issuer>(r#""https://as.example.com/""#).is_err());
}

proptest! {
    #[test]
    fn what_parses_is_what_the_url_parser_prints(text in "https?://(localhost|127\\.[0-9.]{1,6}|\\[::[01]\\]|[a-z0-9-]{1,5}(\\.[a-z0-9-]{1,5}){0,2})(:[0-9]{0,5})?(/|@x\\.y|\\.)?") {
        if let Ok(origin) = Origin::parse(&text) {
            let url = Url::parse(&origin.join("/")).unwrap();
            prop_assert_eq!(url.host_str(), Some(origin.host()));
            prop_assert_eq!(url.port_or_known_default(), Some(origin.port()));
            prop_assert_eq!(url.username(), "");
        }
    }
}
