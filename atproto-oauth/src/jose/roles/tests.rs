use super::*;
use crate::jose::verify::Jws;

/// CM-14
#[test]
fn the_published_key_has_public_members_only() {
    let key = ClientKey::new("2026-01", PrivateKey::generate().unwrap()).unwrap();
    let jwk = key.public_jwk();
    let mut members: Vec<_> = jwk
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(jwk["kid"], "2026-01");
    assert_eq!(jwk["alg"], "ES256");
    assert_eq!(jwk["use"], "sig");
    assert_eq!(&PublicKey::from_jwk(&jwk).unwrap(), key.public());
}

#[test]
fn a_client_key_needs_a_name() {
    for kid in [String::new(), "a\nb".into(), "\0".into(), "a".repeat(201)] {
        let error = ClientKey::new(kid, PrivateKey::generate().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
    for kid in ["a".to_owned(), "my key 1".into(), "a".repeat(200)] {
        let key = ClientKey::new(kid.clone(), PrivateKey::generate().unwrap()).unwrap();
        assert_eq!(key.kid(), kid);
    }
}

#[test]
fn a_client_key_is_named_by_its_jwk_or_its_thumbprint() {
    let key = PrivateKey::generate().unwrap();
    let mut jwk: Value = serde_json::from_str(&key.public().jwk_json()).unwrap();
    jwk["d"] = json!(super::super::base64url::encode(&*key.parts().0));
    let named = ClientKey::from_jwk(&jwk.to_string()).unwrap();
    assert_eq!(named.kid(), key.public().thumbprint());
    jwk["kid"] = json!("2026-01");
    assert_eq!(
        ClientKey::from_jwk(&jwk.to_string()).unwrap().kid(),
        "2026-01"
    );
    for kid in [json!(""), json!(7), json!(null)] {
        jwk["kid"] = kid;
        assert!(ClientKey::from_jwk(&jwk.to_string()).is_err());
    }
}

#[test]
fn both_kinds_of_key_sign() {
    let dpop = DpopKey::generate().unwrap();
    let client = ClientKey::with_thumbprint(PrivateKey::generate().unwrap());
    let (header, claims) = (r#"{"alg":"ES256"}"#, "{}");
    let by_dpop = Jws::parse(&dpop.sign_compact(header, claims).unwrap()).unwrap();
    let by_client = Jws::parse(&client.sign_compact(header, claims).unwrap()).unwrap();
    assert!(by_dpop.verify(dpop.public()) && !by_dpop.verify(client.public()));
    assert!(by_client.verify(client.public()) && !by_client.verify(dpop.public()));
}

#[test]
fn a_dpop_key_survives_its_parts() {
    let key = DpopKey::generate().unwrap();
    let (d, x, y) = key.parts();
    let restored = DpopKey::from_parts(&d, &x, &y).unwrap();
    assert_eq!(restored.public().thumbprint(), key.public().thumbprint());
}

/// TK-20
#[test]
fn debug_shows_no_key() {
    let dpop = DpopKey::generate().unwrap();
    assert_eq!(format!("{dpop:?}"), "DpopKey(PrivateKey(redacted))");
    let client = ClientKey::new("name", PrivateKey::generate().unwrap()).unwrap();
    assert_eq!(format!("{client:?}"), r#"ClientKey { kid: "name", .. }"#);
}
