use super::*;
use crate::jose::verify::Jws;

#[test]
fn a_signature_has_three_parts_and_verifies() {
    let key = PrivateKey::generate().unwrap();
    let jws = sign_compact(&key, r#"{"alg":"ES256"}"#, r#"{"sub":"a"}"#).unwrap();
    assert!(
        jws.starts_with("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0."),
        "{jws}"
    );
    let parsed = Jws::parse(&jws).unwrap();
    assert!(parsed.verify(key.public()));
    assert_eq!(parsed.claim("sub"), Some("a"));
}

#[test]
fn an_encoded_header_gives_the_same() {
    let key = PrivateKey::generate().unwrap();
    let header = base64url::encode(br#"{"alg":"ES256","typ":"dpop+jwt"}"#);
    let jws = sign_with_encoded_header(&key, &header, r#"{"a":1}"#).unwrap();
    let parsed = Jws::parse(&jws).unwrap();
    assert!(parsed.verify(key.public()));
    assert_eq!(parsed.header["typ"], "dpop+jwt");
}

/// A string that had to grow would have room for much more.
#[test]
fn a_signature_is_written_without_growing() {
    let key = PrivateKey::generate().unwrap();
    for len in 0..100 {
        let claims = format!(r#"{{"a":"{}"}}"#, "x".repeat(len));
        let jws = sign_compact(&key, r#"{"alg":"ES256"}"#, &claims).unwrap();
        assert!(jws.capacity() - jws.len() < 9, "{len}");
    }
}
