use serde_json::Value;

use super::super::fixtures::{CLIENT_ID, ISSUER, NOW, issuer};
use super::*;
use crate::jose::PrivateKey;
use crate::jose::verify::Jws;

fn key() -> ClientKey {
    ClientKey::new("key-1", PrivateKey::generate().unwrap()).unwrap()
}

fn signed(key: &ClientKey, issuer: &Issuer) -> Jws {
    let jws = Jws::parse(&assertion(key, CLIENT_ID, issuer, NOW).unwrap()).unwrap();
    assert!(jws.verify(key.public()));
    jws
}

fn names(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// CA-01: the registered type; algorithm and key id in the header, and no key.
#[test]
fn header() {
    assert_eq!(
        TYPE,
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    let jws = signed(&key(), &issuer());
    assert_eq!(names(&jws.header), ["alg", "kid", "typ"]);
    assert_eq!(jws.header["alg"], "ES256");
    assert_eq!(jws.header["kid"], "key-1");
}

/// CA-02: issuer and subject are the client, the audience is the issuer's name and a string. CA-11: nothing
/// else, as the key is at hand: an assertion that a backend made for one session would be bound to its key.
#[test]
fn claims() {
    let jws = signed(&key(), &issuer());
    assert_eq!(
        names(&jws.claims),
        ["aud", "exp", "iat", "iss", "jti", "sub"]
    );
    assert_eq!(jws.claim("iss"), Some(CLIENT_ID));
    assert_eq!(jws.claim("sub"), Some(CLIENT_ID));
    assert_eq!(jws.claim("aud"), Some(ISSUER));
}

/// CA-02, scenario 32: an assertion for one server is no good at another, wherever its endpoints are.
#[test]
fn never_good_at_another_server() {
    let attacker = "https://evil.example.net".parse().unwrap();
    assert_eq!(
        signed(&key(), &attacker).claim("aud"),
        Some("https://evil.example.net")
    );
}

/// CA-03: it lives for a minute at most, and ends; `iat` is not in the server's future.
#[test]
fn never_without_an_end() {
    let jws = signed(&key(), &issuer());
    let (iat, exp) = (
        jws.claims["iat"].as_u64().unwrap(),
        jws.claims["exp"].as_u64().unwrap(),
    );
    assert!(iat <= NOW.0 && NOW.0 - iat <= 10);
    assert!(exp > NOW.0 && exp - iat <= 60);
}

/// CA-03: at the beginning of time nothing wraps around.
#[test]
fn early_clock() {
    assert!(assertion(&key(), CLIENT_ID, &issuer(), Timestamp(0)).is_ok());
}

/// CA-04: each attempt has an assertion of its own.
#[test]
fn never_the_same_assertion_twice() {
    let (key, issuer) = (key(), issuer());
    let (first, second) = (signed(&key, &issuer), signed(&key, &issuer));
    assert_ne!(first.claim("jti"), second.claim("jti"));
    assert_eq!(first.claim("jti").unwrap().len(), 43);
}
