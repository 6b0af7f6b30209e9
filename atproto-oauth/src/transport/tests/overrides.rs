//! How fixed addresses are written and what they match.

use crate::error::ErrorKind;
use crate::transport::Overrides;

fn parse(text: &str) -> Overrides {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn wildcards_match_labels_below() {
    let overrides = parse("*.example.dev:443=127.0.0.1:8443");
    for name in [
        "a.example.dev",
        "a.b.example.dev",
        "A.Example.DEV",
        "a.example.dev.",
    ] {
        assert_eq!(
            overrides.address(name),
            "127.0.0.1:8443".parse().ok(),
            "{name}"
        );
        assert_eq!(overrides.ports(name), Some(&[443][..]), "{name}");
    }
    for name in [
        "example.dev",
        ".example.dev",
        "aexample.dev",
        "a.example.dev.evil.test",
        "dev",
        "",
    ] {
        assert_eq!(overrides.address(name), None, "{name}");
    }
}

#[test]
fn the_most_specific_wins_in_any_order() {
    let entries = [
        "*.dev:443=127.0.0.1:1",
        "*.example.dev:443=127.0.0.1:2",
        "a.example.dev:443=127.0.0.1:3",
    ];
    let backwards: Vec<_> = entries.iter().rev().copied().collect();
    for text in [entries.join(","), backwards.join(" , ")] {
        let overrides = parse(&text);
        for (name, port) in [
            ("a.example.dev", 3),
            ("b.example.dev", 2),
            ("b.a.example.dev", 2),
            ("c.dev", 1),
        ] {
            assert_eq!(
                overrides.address(name).map(|a| a.port()),
                Some(port),
                "{name}"
            );
        }
    }
}

#[test]
fn several_ports_share_an_address() {
    let overrides = parse("pds.test:8443=[::1]:8443,pds.test:443=[::1]:9443");
    assert_eq!(overrides.ports("pds.test"), Some(&[8443, 443][..]));
    assert_eq!(overrides.address("pds.test"), "[::1]:9443".parse().ok());
    let overrides = parse("pds.test:8443=127.0.0.1:8443");
    assert_eq!(overrides.address("pds.test"), "127.0.0.1:0".parse().ok());
}

#[test]
fn what_is_printed_can_be_read() {
    for text in [
        "",
        "*.example.dev:443=127.0.0.1:8443",
        "a.test:443=[::1]:1,a.test:8443=[::1]:8443,b_c.test:80=10.0.0.1:80",
    ] {
        let overrides = parse(text);
        assert_eq!(overrides.to_string(), text);
        assert_eq!(parse(&overrides.to_string()), overrides);
    }
    assert!(parse(" , ,").is_empty());
}

#[test]
fn mistakes_are_named() {
    let mistakes = [
        ("pds.test:443", "has no `=`"),
        ("pds.test=127.0.0.1:8443", "name has no port"),
        ("pds.test:0=127.0.0.1:8443", "from 1 to 65535"),
        ("pds.test:65536=127.0.0.1:8443", "from 1 to 65535"),
        ("pds.test:+443=127.0.0.1:8443", "from 1 to 65535"),
        ("pds.test:https=127.0.0.1:8443", "from 1 to 65535"),
        ("pds.test:443=127.0.0.1", "right side"),
        ("pds.test:443=localhost:8443", "right side"),
        ("pds.test:443=::1:8443", "right side"),
        ("pds.test:443=127.0.0.1:0", "port 0"),
        ("pds.test:8443=127.0.0.1:9443", "only port 443"),
        ("*:443=127.0.0.1:8443", "not a domain name"),
        ("a.*.test:443=127.0.0.1:8443", "not a domain name"),
        ("*.*.test:443=127.0.0.1:8443", "not a domain name"),
        ("*.:443=127.0.0.1:8443", "not a domain name"),
        (":443=127.0.0.1:8443", "not a domain name"),
        ("https://pds.test:443=127.0.0.1:8443", "not a domain name"),
        ("pds..test:443=127.0.0.1:8443", "not a domain name"),
        ("1.1.1.1:443=127.0.0.1:8443", "for names"),
        ("[::1]:443=127.0.0.1:8443", "not a domain name"),
        ("a.test:443=127.0.0.1:1,A.test.:443=127.0.0.1:2", "twice"),
        (
            "a.test:443=127.0.0.1:1,a.test:8443=127.0.0.2:8443",
            "two addresses",
        ),
    ];
    for (text, problem) in mistakes {
        let error = text.parse::<Overrides>().expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(problem), "{text}: {error}");
    }
}
