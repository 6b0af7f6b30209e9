//! The key is the one of RFC 7515, appendix A.3; the encodings were made by another program.

use serde_json::json;

use super::*;

const D: &str = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
const PKCS8: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIffH1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt";
const SEC1: &str = "MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==";
const SEC1_WITHOUT_PUBLIC: &str =
    "MDECAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49AwEH";
const P384: &str = "MIGkAgEBBDAbO3rn+grpvXB1uj0eQSeJDcIVv1fifX+xOSuqOxykTRJ4FdGgQAtsq0P/MufUvl+gBwYFK4EEACKhZANiAAR6zJVA7qN1r3E4dC2GntbQjBV/cTEUXkmFywukP/peUZX35cmdgVfC/qf142QeP0xYmf6TFrcMG5TIaV6SnZuwPSI4Ka58G6KP46cyHS+TlG/29QaHMs+gTcT7XeNeO4I=";
const SECP256K1: &str = "MHQCAQEEIEyq9G/z5x3y7FN5vyMAI38hNO+iScJCcmVZkuqRKNRKoAcGBSuBBAAKoUQDQgAExyeQO7QlUqUGl2MHT5Ffdu5S2yo02b1V2LDmNSZdxticIxImxIigY9ygOFqf83FVkCeWTNlIN/OKqFf6182/JA==";
const ED25519: &str = "MC4CAQAwBQYDK2VwBCIEIOjJJysLmgGF0SBXwCy03HmYf3ZuBbexrSxYPzCJyPCC";

fn der(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).unwrap()
}

fn pem(label: &str, body: &str, line_end: &str) -> String {
    let mut lines = vec![format!("-----BEGIN {label}-----")];
    let chunks = body.as_bytes().chunks(64);
    lines.extend(chunks.map(|line| String::from_utf8(line.to_vec()).unwrap()));
    lines.push(format!("-----END {label}-----"));
    lines.join(line_end)
}

fn assert_is_the_key(key: &PrivateKey) {
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y});
    assert_eq!(key.public(), &PublicKey::from_jwk(&jwk).unwrap());
    assert_eq!(super::super::base64url::encode(&*key.parts().0), D);
    let signature = key.sign(b"message").unwrap();
    assert!(key.public().verify(b"message", &signature));
}

#[test]
fn der_is_read_in_both_forms() {
    for form in [PKCS8, SEC1, SEC1_WITHOUT_PUBLIC] {
        assert_is_the_key(&PrivateKey::from_der(&der(form)).unwrap());
    }
}

#[test]
fn pem_is_read_in_both_forms() {
    for (label, form) in [("PRIVATE KEY", PKCS8), ("EC PRIVATE KEY", SEC1)] {
        for line_end in ["\n", "\r\n", "\\n", "\\r\\n", "\n    "] {
            let text = pem(label, form, line_end);
            assert_is_the_key(&PrivateKey::from_pem(&text).unwrap());
            let with_more = format!(
                "a comment\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n\
                 -----END EC PARAMETERS-----\n{text}\nmore\n"
            );
            assert_is_the_key(&PrivateKey::from_pem(&with_more).unwrap());
        }
    }
}

#[test]
fn pem_survives_writing_and_reading() {
    let key = PrivateKey::from_der(&der(SEC1)).unwrap();
    let text = key.to_pem().unwrap();
    assert_eq!(text.expose(), pem("PRIVATE KEY", PKCS8, "\n") + "\n");
    assert_is_the_key(&PrivateKey::from_pem(text.expose()).unwrap());
}

#[test]
fn jwk_is_read() {
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "d": D});
    assert_is_the_key(&PrivateKey::from_jwk(&jwk.to_string()).unwrap());
    let more = json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "d": D, "kid": "a",
        "alg": "ES256", "use": "sig", "unknown": {}});
    assert_is_the_key(&PrivateKey::from_jwk(&more.to_string()).unwrap());
}

/// CM-13: no other algorithm, curve or kind of key can be expressed.
#[test]
fn other_keys_are_refused() {
    for form in [P384, SECP256K1, ED25519] {
        let error = PrivateKey::from_der(&der(form)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
    for (member, value) in [
        ("kty", json!("oct")),
        ("kty", json!("RSA")),
        ("kty", json!("OKP")),
        ("kty", json!(null)),
        ("crv", json!("secp256k1")),
        ("crv", json!("P-384")),
        ("crv", json!(256)),
        ("alg", json!("ES256K")),
        ("alg", json!("HS256")),
        ("alg", json!("none")),
        ("alg", json!("es256")),
    ] {
        let mut jwk = json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "d": D});
        jwk[member] = value;
        let error = PrivateKey::from_jwk(&jwk.to_string()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{jwk}");
    }
}

#[test]
fn damaged_jwks_are_refused() {
    let other = PrivateKey::generate().unwrap();
    let other_x = super::super::base64url::encode(other.public().x());
    let (zero, ones) = ("A".repeat(43), format!("{}8", "_".repeat(42)));
    let order = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE";
    for (member, value) in [
        ("d", json!(zero)),
        ("d", json!(ones)),
        ("d", json!(order)),
        ("d", json!("AQ")),
        ("d", json!("")),
        ("d", json!(7)),
        ("d", json!(null)),
        ("d", json!(format!("{D}="))),
        ("d", json!(format!("AA{D}"))),
        ("d", json!(X)),
        ("x", json!(other_x)),
        ("x", json!(Y)),
        ("x", json!(zero)),
        ("x", json!(ones)),
        ("y", json!(X)),
        ("y", json!(null)),
        ("y", json!(format!(" {Y}"))),
    ] {
        let mut jwk = json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "d": D});
        jwk[member] = value;
        assert!(PrivateKey::from_jwk(&jwk.to_string()).is_err(), "{jwk}");
    }
    for jwk in [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({"keys": []}),
    ] {
        assert!(PrivateKey::from_jwk(&jwk.to_string()).is_err(), "{jwk}");
    }
}

/// A private scalar beside the public key of another one.
#[test]
fn der_whose_halves_do_not_belong_together_is_refused() {
    for form in [PKCS8, SEC1] {
        let mut bytes = der(form);
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert!(PrivateKey::from_der(&bytes).is_err());
    }
}

#[test]
fn der_with_a_scalar_out_of_range_is_refused() {
    for byte in [0, 0xff] {
        let mut bytes = der(SEC1_WITHOUT_PUBLIC);
        bytes[7..39].fill(byte);
        assert!(PrivateKey::from_der(&bytes).is_err());
    }
}

#[test]
fn cut_der_is_refused() {
    for form in [PKCS8, SEC1] {
        let bytes = der(form);
        for len in 0..bytes.len() {
            assert!(PrivateKey::from_der(&bytes[..len]).is_err(), "{len}");
        }
    }
}

#[test]
fn other_pem_is_refused() {
    for text in [
        String::new(),
        PKCS8.to_owned(),
        pem("PUBLIC KEY", PKCS8, "\n"),
        pem("ENCRYPTED PRIVATE KEY", PKCS8, "\n"),
        pem("PRIVATE KEY", "", "\n"),
        pem("PRIVATE KEY", "????", "\n"),
        pem("PRIVATE KEY", ED25519, "\n"),
        pem(
            "EC PRIVATE KEY",
            &format!("Proc-Type: 4,ENCRYPTED\n\n{SEC1}"),
            "\n",
        ),
        pem("PRIVATE KEY", PKCS8, "\n").replace("-----END", "-----"),
    ] {
        let error = PrivateKey::from_pem(&text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
        assert!(!error.to_string().contains("jpsQ"), "{error}");
    }
}
