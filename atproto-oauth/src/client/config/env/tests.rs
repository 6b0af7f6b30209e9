//! Settings that are refused, and the rule for release builds.

use serde_json::json;

use super::{client_keys, listen_address, loopback_origin};
use crate::jose::{ClientKey, PrivateKey, base64url};
use crate::{ErrorKind, OAuthClient};

/// LB-09: a release build has to be asked, and no build is a loopback client where others can connect.
#[test]
fn a_release_build_is_a_loopback_client_only_when_asked() {
    for (listen, asked, debug, expected) in [
        ("127.0.0.1:3000", false, true, Ok("http://127.0.0.1:3000")),
        ("127.0.0.1:3000", true, true, Ok("http://127.0.0.1:3000")),
        ("127.0.0.1:3000", true, false, Ok("http://127.0.0.1:3000")),
        ("[::1]:3000", true, false, Ok("http://[::1]:3000")),
        ("127.0.0.1:3000", false, false, Err("ATPROTO_LOOPBACK=1")),
        ("0.0.0.0:3000", true, false, Err("reached from elsewhere")),
        ("0.0.0.0:3000", false, true, Err("reached from elsewhere")),
        (
            "192.168.1.1:3000",
            true,
            true,
            Err("reached from elsewhere"),
        ),
        ("127.0.0.1:0", true, false, Err("fixed port")),
        ("127.0.0.1:0", false, true, Err("fixed port")),
    ] {
        let address = listen_address(Some(listen)).unwrap();
        let case = format!("{listen}, asked: {asked}, debug: {debug}");
        match (loopback_origin(address, asked, debug), expected) {
            (Ok(origin), Ok(expected)) => assert_eq!(origin, expected, "{case}"),
            (Err(error), Err(part)) => {
                assert_eq!(error.kind(), ErrorKind::Configuration, "{case}");
                assert!(error.to_string().contains(part), "{case}: {error}");
            }
            (found, _) => panic!("{case}: {found:?}"),
        }
    }
}

/// LB-09: what the variables cannot be.
#[test]
fn variables_that_are_refused() {
    let base = ("ATPROTO_BASE_URL", "https://app.example.com");
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("ATPROTO_LISTEN", "0.0.0.0:3000")], "ATPROTO_BASE_URL"),
        (&[("ATPROTO_LISTEN", "127.0.0.1:0")], "fixed port"),
        (&[("ATPROTO_LISTEN", "3000")], "ATPROTO_LISTEN"),
        (&[base, ("ATPROTO_LOOPBACK", "1")], "exclude each other"),
        (&[("ATPROTO_LOOPBACK", "2")], "ATPROTO_LOOPBACK"),
        (&[("ATPROTO_LOOPBACK", "yes")], "ATPROTO_LOOPBACK"),
        (
            &[("ATPROTO_ALLOW_LOOPBACK", "on")],
            "ATPROTO_ALLOW_LOOPBACK",
        ),
        (
            &[base, ("ATPROTO_LEXICON_AUTHORITY", "lexicons.example.com")],
            "ATPROTO_LEXICON_AUTHORITY",
        ),
        (
            &[base, ("ATPROTO_CA_FILE", "/nowhere/ca.pem")],
            "ATPROTO_CA_FILE",
        ),
        (
            &[base, ("ATPROTO_CLIENT_KEYS", "{\"keys\":[]}")],
            "holds no key",
        ),
        (&[base, ("ATPROTO_CLIENT_KEYS", "{")], "not valid JSON"),
        (
            &[base, ("ATPROTO_CLIENT_KEYS", "not a key!")],
            "neither JSON nor PEM",
        ),
    ];
    for (variables, part) in cases {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
        let builder = OAuthClient::builder();
        let read = builder.variables(|name| value(name).map(|(_, value)| (*value).to_owned()));
        let error = read.map(|_| ()).expect_err(part);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{variables:?}");
        assert!(error.to_string().contains(part), "{variables:?}: {error}");
    }
}

/// LB-09: each form of client keys, in the order they are written.
#[test]
fn client_keys_in_every_form() {
    let key = || ClientKey::with_thumbprint(PrivateKey::generate().unwrap());
    let (first, second) = (key(), key());
    let jwk = |key: &ClientKey| {
        let (d, _, _) = key.private().parts();
        let mut jwk = key.public_jwk();
        jwk["d"] = json!(base64url::encode(&*d));
        jwk
    };
    let pem = |key: &ClientKey| key.private().to_pem().unwrap().expose().to_string();
    let text = pem(&first);
    let der: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    for (text, count) in [
        (
            json!({ "keys": [jwk(&first), jwk(&second)] }).to_string(),
            2,
        ),
        (jwk(&first).to_string(), 1),
        (format!("{}{}", pem(&first), pem(&second)), 2),
        (der, 1),
    ] {
        let found = client_keys(&text).unwrap();
        let found: Vec<_> = found.iter().map(ClientKey::kid).collect();
        assert_eq!(found, &[first.kid(), second.kid()][..count]);
    }
    for garbage in [
        "{\"keys\":[]}",
        "{}",
        "{",
        "!",
        "AAAA",
        "-----BEGIN PRIVATE KEY-----",
    ] {
        assert!(client_keys(garbage).is_err(), "{garbage}");
    }
}
