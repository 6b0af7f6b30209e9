use proptest::prelude::*;

use super::*;

const VALID: [&str; 70] = [
    "alice.example.com",
    "alice.bsky.social",
    "jay.bsky.team",
    "a.co",
    "a.b",
    "A.B",
    "Alice.Example.Com",
    "ALICE.EXAMPLE.COM",
    "example.com",
    "EXAMPLE.org",
    "sub.sub.sub.example.com",
    "a.b.c.d.e.f.g.h.i.j.k.l",
    "8.cn",
    "0.org",
    "12345.test",
    "1.2.3.four",
    "4chan.org",
    "3d.io",
    "john2.test",
    "john-2.test",
    "john--3.test",
    "a--b.c--d.ee",
    "a-b-c.d-e-f.gh",
    "xn--bcher-kva.com",
    "xn--ls8h.test",
    "xn--fiqs8s.xn--fiqs8s",
    "example.xn--p1ai",
    "a.x1",
    "a.c0m",
    "a.b2b",
    "name.t-t",
    "name.technology",
    "museum.museum",
    "john.test",
    "jan.test",
    "a234567890123456789.test",
    "laptop.local",
    "laptop.arpa",
    "laptop.localhost",
    "blah.internal",
    "blah.alt",
    "blah.invalid",
    "blah.example",
    "handle.invalid",
    "expyuzz4wqqyqhjn.onion",
    "my.pds.localhost",
    "not-a-tld.notatld",
    "www.example.travel",
    "shop.gov.uk",
    "team.github.io",
    "x.y.z",
    "q.w.e.r.t.y",
    "aa.bb.cc",
    "long-name-with-many-dashes.example.net",
    "underscore-free.example.net",
    "n0.n1.n2.n3",
    "0a.0b.c",
    "00.00.a",
    "1-1.a",
    "a1.b1",
    "mail.google",
    "com.com",
    "did.plc.social",
    "at.proto.com",
    "localhost.example.com",
    "example.com-pany",
    "a.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.a",
    "bluesky.bsky.social",
    "zz.top",
];

const INVALID: [&str; 60] = [
    "",
    ".",
    "..",
    "a",
    "com",
    "localhost",
    "alice",
    "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
    "did:web:example.com",
    "at://alice.example.com",
    "https://alice.example.com",
    "@alice.example.com",
    "alice@example.com",
    "alice.example.com@",
    " alice.example.com",
    "alice.example.com ",
    "alice .example.com",
    "alice.example.com\n",
    "alice.example.com\0",
    "alice.\texample.com",
    "alice.example.com.",
    ".alice.example.com",
    "alice..example.com",
    "alice.example..",
    "-alice.example.com",
    "alice-.example.com",
    "alice.-example.com",
    "alice.example-.com",
    "alice.example.-com",
    "alice.example.com-",
    "-.com",
    "a.-",
    "alice_.example.com",
    "al_ice.example.com",
    "alice.example_.com",
    "$alice.example.com",
    "alice.example.c*m",
    "alice!.example.com",
    "alice%20.example.com",
    "alice.example.com/",
    "alice.example.com/path",
    "alice.example.com?query",
    "alice.example.com#fragment",
    "alice.example.com:443",
    "user:pass.example.com",
    "127.0.0.1",
    "10.0.0.256",
    "[::1]",
    "::1",
    "alice.4",
    "alice.2com",
    "example.0",
    "0.0",
    "bücher.example.com",
    "alice.exämple.com",
    "alice.рф",
    "alice\u{3002}example\u{3002}com",
    "alice.\u{200b}example.com",
    "\u{202e}alice.example.com",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com",
];

/// ID-02
#[test]
fn valid_handles_are_lower_cased() {
    for text in VALID {
        let handle: Handle = text.parse().unwrap_or_else(|_| panic!("{text} refused"));
        assert_eq!(handle.as_str(), text.to_ascii_lowercase());
    }
}

/// ID-02
#[test]
fn invalid_handles_are_refused() {
    for text in INVALID {
        let error = text.parse::<Handle>().expect_err(text);
        assert_eq!(error.kind(), ErrorKind::InvalidHandle);
    }
}

/// ID-02
#[test]
fn a_handle_has_at_most_253_characters() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(longest.len(), 253);
    assert!(longest.parse::<Handle>().is_ok());
    assert!(format!("{longest}a").parse::<Handle>().is_err());
}

/// ID-03
#[test]
fn reserved_endings_are_known_in_any_case() {
    for tld in RESERVED_TLDS {
        let handle: Handle = format!("laptop.{tld}").parse().unwrap();
        assert!(handle.is_reserved_tld(), "{handle}");
        assert!(!handle.is_test(), "{handle}");
        assert!(is_reserved_tld(&format!("laptop.{}", tld.to_uppercase())));
    }
    for fine in [
        "local.com",
        "example.com",
        "alice.locals",
        "onion.social",
        "a.test",
    ] {
        let handle: Handle = fine.parse().unwrap();
        assert!(!handle.is_reserved_tld(), "{handle}");
    }
}

/// ID-03: `.test` is apart, because development uses it.
#[test]
fn test_is_told_apart() {
    assert!("alice.test".parse::<Handle>().unwrap().is_test());
    assert!("alice.TEST".parse::<Handle>().unwrap().is_test());
    assert!(!"test.com".parse::<Handle>().unwrap().is_test());
    assert!(!"alice.contest".parse::<Handle>().unwrap().is_test());
}

/// ID-04
#[test]
fn typed_handles_are_cleaned() {
    for text in [
        "alice.example.com",
        "@alice.example.com",
        "@Alice.Example",
        "  @ALICE.example.com\r\n",
        "\u{202a}@alice.example.com\u{202c}",
        "\u{feff}alice.example\u{200b}.com\u{a0}",
    ] {
        let handle = Handle::from_input(text).unwrap();
        assert!(handle.as_str().starts_with("alice.example"), "{text:?}");
    }
    let error = Handle::from_input(" @\u{200b} ").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingHandle);
    let error = Handle::from_input("alice. example.com").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidHandle);
}

#[test]
fn the_stand_in_is_a_handle_of_no_account() {
    let handle: Handle = Handle::INVALID.parse().unwrap();
    assert!(handle.is_reserved_tld());
}

#[test]
fn a_handle_is_a_string_in_json() {
    let handle: Handle = serde_json::from_str(r#""Alice.Example.com""#).unwrap();
    assert_eq!(
        serde_json::to_string(&handle).unwrap(),
        r#""alice.example.com""#
    );
    assert!(serde_json::from_str::<Handle>(r#""@alice.example.com""#).is_err());
    assert!(serde_json::from_str::<Handle>("7").is_err());
}

proptest! {
    /// ID-02: the rules once more, as a regular expression.
    #[test]
    fn every_string_of_the_grammar_parses(
        text in "([a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?\\.){1,4}[a-zA-Z]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?"
    ) {
        let handle: Handle = text.parse()?;
        prop_assert_eq!(handle.as_str(), text.to_ascii_lowercase());
    }

    /// ID-04
    #[test]
    fn noise_around_and_inside_a_handle_does_not_matter(
        (before, left, right, after) in (
            "[ \\t\u{a0}\u{200b}\u{202e}]{0,3}@?[ \u{feff}]{0,2}",
            "[a-zA-Z0-9]{1,20}",
            "[a-zA-Z]{1,20}",
            "[ \\r\\n\u{2028}\u{2069}]{0,3}",
        ),
        hidden in "[\u{0}\u{ad}\u{200b}-\u{200f}\u{202a}-\u{202e}]{0,3}",
    ) {
        let handle = Handle::from_input(&format!("{before}{left}{hidden}.{right}{after}"))?;
        prop_assert_eq!(handle.as_str(), format!("{left}.{right}").to_ascii_lowercase());
    }
}
