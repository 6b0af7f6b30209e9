use serde_json::Value;

use super::super::fixtures::assert_error;
use super::*;
use crate::jose::{PrivateKey, PublicKey};

fn key(kid: &str) -> ClientKey {
    ClientKey::new(kid, PrivateKey::generate().unwrap()).unwrap()
}

/// CM-14: each key has `kid`, `alg` and `use`, and can be read back as a public key.
#[test]
fn lists_every_key() {
    let keys = [key("new"), key("old")];
    let document: Value = serde_json::from_str(&json(&keys).unwrap()).unwrap();
    let listed = document["keys"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    for (jwk, key) in listed.iter().zip(&keys) {
        assert_eq!(jwk["kid"], key.kid());
        assert_eq!(jwk["alg"], "ES256");
        assert_eq!(jwk["use"], "sig");
        assert_eq!(PublicKey::from_jwk(jwk).unwrap(), *key.public());
    }
    assert_eq!(json(&[]).unwrap(), r#"{"keys":[]}"#);
}

/// CM-14, scenario 31: a peer's route published the private key.
#[test]
fn never_publishes_private_members() {
    let key = ClientKey::with_thumbprint(PrivateKey::generate().unwrap());
    let document: Value = serde_json::from_str(&json(std::slice::from_ref(&key)).unwrap()).unwrap();
    let members = document["keys"][0].as_object().unwrap();
    let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    let (secret, ..) = key.private().parts();
    let secret = crate::jose::base64url::encode(secret.as_slice());
    assert!(!document.to_string().contains(&secret));
}

/// CM-14, scenario 31: a `kid` names one key.
#[test]
fn never_two_keys_with_one_kid() {
    let keys = [key("a"), key("b"), key("a")];
    assert_error(json(&keys), ErrorKind::Configuration, "named `a`");
}
