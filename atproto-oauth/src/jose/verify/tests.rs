use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::jose::{PrivateKey, sign_compact};

/// The example of RFC 7515, appendix A.3.
const RFC_7515: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn rfc_7515_key() -> PublicKey {
    PublicKey::from_jwk(&json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }))
    .unwrap()
}

fn compact(header: &str, claims: &str) -> String {
    sign_compact(&PrivateKey::generate().unwrap(), header, claims).unwrap()
}

#[test]
fn the_example_of_rfc_7515_verifies() {
    let jws = Jws::parse(RFC_7515).unwrap();
    assert!(jws.verify(&rfc_7515_key()));
    assert_eq!(jws.claim("iss"), Some("joe"));
    assert_eq!(jws.claim("exp"), None);
    assert!(!jws.verify(PrivateKey::generate().unwrap().public()));
}

#[test]
fn changed_claims_do_not_verify() {
    let claims = base64url::encode(br#"{"iss":"eve"}"#);
    let parts: Vec<_> = RFC_7515.split('.').collect();
    let changed = format!("{}.{claims}.{}", parts[0], parts[2]);
    assert!(!Jws::parse(&changed).unwrap().verify(&rfc_7515_key()));
}

/// CM-13, DP-06
#[test]
fn other_algorithms_are_refused() {
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"ES256K"}"#,
        r#"{"alg":"es256"}"#,
        r#"{"alg":["ES256"]}"#,
        r#"{"alg":null}"#,
        "{}",
        r#"{"alg":"ES256","crit":["x"]}"#,
    ] {
        assert!(Jws::parse(&compact(header, "{}")).is_err(), "{header}");
    }
    let unsigned = format!(
        "{}.{}.",
        base64url::encode(b"{\"alg\":\"none\"}"),
        base64url::encode(b"{}")
    );
    assert!(Jws::parse(&unsigned).is_err());
}

#[test]
fn only_objects_in_three_strict_parts_are_read() {
    let es256 = r#"{"alg":"ES256"}"#;
    let good = compact(es256, "{}");
    assert!(Jws::parse(&good).is_ok());
    for claims in ["[]", "null", "\"a\"", "1", "", "{", "{}{}"] {
        assert!(Jws::parse(&compact(es256, claims)).is_err(), "{claims}");
    }
    assert!(Jws::parse(&compact(r#"["ES256"]"#, "{}")).is_err());
    for bad in [
        String::new(),
        "..".into(),
        "...".into(),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{good}"),
        format!("{good}="),
        format!("{good} "),
        format!(" {good}"),
        good.replacen('.', "=.", 1),
        good.replace('.', " ."),
        good[..good.len() - 1].to_owned(),
        good[..good.len() - 4].to_owned(),
    ] {
        assert!(Jws::parse(&bad).is_err(), "{bad}");
    }
}

#[test]
fn the_size_is_bounded() {
    let fits = compact(
        r#"{"alg":"ES256"}"#,
        &format!(r#"{{"a":"{}"}}"#, "x".repeat(12_000)),
    );
    assert!(fits.len() < MAX_JWS_LEN && Jws::parse(&fits).is_ok());
    let large = compact(
        r#"{"alg":"ES256"}"#,
        &format!(r#"{{"a":"{}"}}"#, "x".repeat(12_300)),
    );
    assert!(large.len() > MAX_JWS_LEN && Jws::parse(&large).is_err());
}

#[test]
fn the_key_of_a_proof_is_in_its_header() {
    let key = PrivateKey::generate().unwrap();
    let header = format!(r#"{{"alg":"ES256","jwk":{}}}"#, key.public().jwk_json());
    let jws = Jws::parse(&sign_compact(&key, &header, "{}").unwrap()).unwrap();
    assert_eq!(&jws.header_key().unwrap(), key.public());
    assert!(Jws::parse(RFC_7515).unwrap().header_key().is_err());
}

proptest! {
    #[test]
    fn hostile_text_is_refused_without_a_panic(text in "[a-zA-Z0-9_.=-]{0,200}") {
        prop_assert!(Jws::parse(&text).is_err());
    }
}
