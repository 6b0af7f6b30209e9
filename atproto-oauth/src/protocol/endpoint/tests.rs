use super::super::fixtures::BAD_ENDPOINTS;
use super::*;

/// DS-07, scenario 11: what no server may name as an endpoint.
#[test]
fn endpoints_are_public_https() {
    for bad in BAD_ENDPOINTS {
        assert_eq!(Servers::Public.endpoint(bad), None, "{bad}");
    }
    let long = format!("https://auth.example.com/{}", "a".repeat(MAX_URL));
    assert_eq!(Servers::Public.endpoint(&long), None);
    for (text, read) in [
        (
            "https://auth.example.com/par",
            "https://auth.example.com/par",
        ),
        (
            "https://auth.example.com:8443/par?x=1",
            "https://auth.example.com:8443/par?x=1",
        ),
        (
            "https://auth.example.com/par#fragment",
            "https://auth.example.com/par",
        ),
        ("https://auth.example.com", "https://auth.example.com/"),
    ] {
        assert_eq!(Servers::Public.endpoint(text).unwrap().as_str(), read);
    }
}

/// DS-07: the exception for development is explicit, and opens nothing but the loopback interface.
#[test]
fn loopback_is_an_explicit_exception() {
    for good in [
        "http://localhost:2583/oauth/par",
        "http://127.0.0.1:2583/oauth/par",
        "http://[::1]:2583/oauth/par",
        "https://localhost:2583/oauth/par",
        "https://auth.example.com/par",
    ] {
        assert!(Servers::Loopback.endpoint(good).is_some(), "{good}");
    }
    for bad in [
        "http://auth.example.com/par",
        "http://10.0.0.1/par",
        "https://10.0.0.1/par",
        "http://0.0.0.0/par",
        "http://localhost.example.com/par",
        "http://[::ffff:127.0.0.1]/par",
        "http://user@localhost/par",
        "ftp://localhost/par",
    ] {
        assert_eq!(Servers::Loopback.endpoint(bad), None, "{bad}");
    }
}

/// SS-01: origins follow the same rule.
#[test]
fn origins_follow_the_same_rule() {
    let origin = |text: &str| text.parse::<Origin>().unwrap();
    let public = origin("https://pds.example.com");
    assert!(Servers::Public.allow(&public) && Servers::Loopback.allow(&public));
    for local in [
        "http://localhost:2583",
        "http://127.0.0.1:2583",
        "http://[::1]:1",
    ] {
        assert!(!Servers::Public.allow(&origin(local)), "{local}");
        assert!(Servers::Loopback.allow(&origin(local)), "{local}");
    }
    for bad in [
        "https://intranet",
        "https://pds.internal",
        "https://pds.test",
    ] {
        assert!(!Servers::Public.allow(&origin(bad)), "{bad}");
        assert!(!Servers::Loopback.allow(&origin(bad)), "{bad}");
    }
}

/// ID-12, SS-01: names that can be on the public internet.
#[test]
fn public_names() {
    for good in [
        "example.com",
        "a.b.c.d",
        "xn--bro-hoa.org",
        "1.org",
        "a.testing",
    ] {
        assert!(is_public_name(good), "{good}");
    }
    for bad in [
        "",
        ".",
        "localhost",
        "com",
        "example.com.",
        ".example.com",
        "a..com",
        "1.2.3.4",
        "example.123",
        "a.local",
        "a.localhost",
        "a.onion",
        "a.internal",
        "a.invalid",
        "a.example",
        "a.alt",
        "a.arpa",
        "a.test",
        "a.TEST",
        "a.LOCAL",
    ] {
        assert!(!is_public_name(bad), "{bad}");
    }
}

/// DP-07: nonces are kept for each origin, port included.
#[test]
fn origin_of_keeps_servers_apart() {
    let of = |text: &str| origin_of(&Url::parse(text).unwrap());
    assert_eq!(of("https://a.example.com/x?y#z"), "https://a.example.com");
    assert_eq!(of("https://a.example.com:443/"), "https://a.example.com");
    let others = [
        "https://a.example.com:8443/",
        "http://a.example.com/",
        "https://b.example.com/",
    ];
    for other in others {
        assert_ne!(of(other), "https://a.example.com");
    }
}
