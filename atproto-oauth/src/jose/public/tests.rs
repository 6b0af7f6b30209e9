//! Thumbprints were computed by another program over the JSON of RFC 7638; the first key is the one of
//! RFC 7515 A.3, the second of RFC 9449 (which prints its thumbprint), the third of RFC 6979 A.2.5.

use serde_json::json;

use super::*;
use crate::error::ErrorKind;

const KEYS: [(&str, &str, &str); 3] = [
    (
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
    ),
    (
        "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
    ),
    (
        "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y",
        "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk",
        "DOvxvJiAdIqVWIkFt5hDtCunXLF0BV4-JGv4f-ALSm0",
    ),
];

fn jwk(x: &str, y: &str) -> Value {
    json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
}

#[test]
fn the_jwk_has_its_members_in_order() {
    for (x, y, _) in KEYS {
        let key = PublicKey::from_jwk(&jwk(x, y)).unwrap();
        let json = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        assert_eq!(key.jwk_json(), json);
        let back = serde_json::from_str(&json).unwrap();
        assert_eq!(PublicKey::from_jwk(&back).unwrap(), key);
    }
}

#[test]
fn thumbprints_are_those_of_rfc_7638() {
    for (x, y, thumbprint) in KEYS {
        let mut jwk = jwk(x, y);
        jwk["kid"] = json!("does not matter");
        assert_eq!(PublicKey::from_jwk(&jwk).unwrap().thumbprint(), thumbprint);
    }
}

/// RFC 6979 A.2.5, SHA-256, message `sample`.
#[test]
fn a_known_signature_verifies_and_every_change_of_it_does_not() {
    let (x, y, _) = KEYS[2];
    let key = PublicKey::from_jwk(&jwk(x, y)).unwrap();
    let signature =
        "79SLKqy2qP0RQN2c1F6B1p0sh3tWqvmRw00OqE6vNxb3yxyULWV8QdQ2x6G24p9l8-kA27mv9AZNxKsvhDrNqA";
    let signature = base64url::decode(signature).unwrap();
    assert!(key.verify(b"sample", &signature));
    assert!(!key.verify(b"sampl", &signature));
    for bit in 0..signature.len() * 8 {
        let mut changed = signature.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!key.verify(b"sample", &changed), "bit {bit}");
    }
    for bad in [&[][..], &[0; 64], &signature[..63], &[0; 72]] {
        assert!(!key.verify(b"sample", bad));
    }
}

/// DP-01
#[test]
fn private_keys_are_refused_where_a_public_one_belongs() {
    let (x, y, _) = KEYS[0];
    for member in ["d", "k", "p", "q"] {
        let mut jwk = jwk(x, y);
        jwk[member] = json!("AQ");
        let error = PublicKey::from_jwk(&jwk).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let (x, y, _) = KEYS[0];
    let (zero, ones) = ("A".repeat(43), format!("{}8", "_".repeat(42)));
    for (x, y) in [
        (x, x),
        (y, x),
        (&*zero, &*zero),
        (x, &*zero),
        (&*ones, &*ones),
        (x, &*ones),
    ] {
        assert!(PublicKey::from_jwk(&jwk(x, y)).is_err(), "{x} {y}");
    }
}

#[test]
fn malformed_jwks_are_refused() {
    let (x, y, _) = KEYS[0];
    for (x, y) in [(x, ""), ("", y), ("AQ", y), (x, "AQ")] {
        assert!(PublicKey::from_jwk(&jwk(x, y)).is_err());
    }
    assert!(PublicKey::from_jwk(&jwk(&format!("{x}="), y)).is_err());
    assert!(PublicKey::from_jwk(&jwk(&format!("AAAA{x}"), y)).is_err());
    for bad in [
        json!(null),
        json!([1]),
        json!({"kty": "EC"}),
        json!({"x": x, "y": y}),
    ] {
        assert!(PublicKey::from_jwk(&bad).is_err(), "{bad}");
    }
}
