use serde_json::Value;

use super::super::fixtures::{NOW, answer, refused, with_header};
use super::*;
use crate::jose::verify::Jws;

fn proof<'a>(method: &'a Method, url: &'a Url) -> Proof<'a> {
    Proof {
        method,
        url,
        nonce: None,
        access_token: None,
        now: NOW,
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// The proof, taken apart, its signature checked with the key in its own header.
fn signed(proof: &Proof<'_>, key: &DpopKey) -> Jws {
    let jws = Jws::parse(&proof.sign(key).unwrap()).unwrap();
    assert_eq!(jws.header_key().unwrap(), *key.public());
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

/// DP-01, DP-06: type, ES256, and the public key; nothing else in the header.
#[test]
fn header() {
    let key = DpopKey::generate().unwrap();
    let jws = signed(&proof(&Method::POST, &url("https://a.example.com/")), &key);
    assert_eq!(names(&jws.header), ["alg", "jwk", "typ"]);
    assert_eq!(jws.header["typ"], "dpop+jwt");
    assert_eq!(jws.header["alg"], "ES256");
}

/// DP-01: the private half of the key stays here.
#[test]
fn never_private_members_in_the_header() {
    let key = DpopKey::generate().unwrap();
    let jws = signed(&proof(&Method::POST, &url("https://a.example.com/")), &key);
    assert_eq!(names(&jws.header["jwk"]), ["crv", "kty", "x", "y"]);
    let (secret, ..) = key.parts();
    let secret = base64url::encode(secret.as_slice());
    assert!(!jws.header.to_string().contains(&secret));
}

/// DP-02, DP-04: exactly these claims; `nonce` and `ath` when there is something to say.
#[test]
fn claims() {
    let (key, url) = (
        DpopKey::generate().unwrap(),
        url("https://a.example.com/token"),
    );
    let jws = signed(&proof(&Method::POST, &url), &key);
    assert_eq!(names(&jws.claims), ["htm", "htu", "iat", "jti"]);
    assert_eq!(jws.claim("htm"), Some("POST"));
    assert_eq!(jws.claim("htu"), Some("https://a.example.com/token"));
    assert_eq!(jws.claims["iat"], NOW.0);
    assert_eq!(
        base64url::decode(jws.claim("jti").unwrap()).unwrap().len(),
        32
    );

    let token = SecretString::from("at-1");
    let full = Proof {
        nonce: Some("n\"1"),
        access_token: Some(&token),
        ..proof(&Method::GET, &url)
    };
    let jws = signed(&full, &key);
    assert_eq!(
        names(&jws.claims),
        ["ath", "htm", "htu", "iat", "jti", "nonce"]
    );
    assert_eq!(jws.claim("htm"), Some("GET"));
    assert_eq!(jws.claim("nonce"), Some("n\"1"));
}

/// DP-16: the vector of RFC 9449, section 7.1.
#[test]
fn ath_vector() {
    let token = SecretString::from("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
    let url = url("https://resource.example.org/protectedresource");
    let proof = Proof {
        access_token: Some(&token),
        ..proof(&Method::GET, &url)
    };
    let jws = signed(&proof, &DpopKey::generate().unwrap());
    assert_eq!(
        jws.claim("ath"),
        Some("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")
    );
}

/// DP-05: each attempt has an identifier of its own, also with the same nonce at the same time.
#[test]
fn never_a_jti_twice() {
    let (key, url) = (DpopKey::generate().unwrap(), url("https://a.example.com/"));
    let proof = proof(&Method::POST, &url);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let jws = signed(&proof, &key);
        assert!(seen.insert(jws.claim("jti").unwrap().to_owned()));
    }
}

/// DP-05: a later attempt has a later `iat`.
#[test]
fn iat_is_of_the_attempt() {
    let (key, url) = (DpopKey::generate().unwrap(), url("https://a.example.com/"));
    let later = Proof {
        now: Timestamp(NOW.0 + 7),
        ..proof(&Method::POST, &url)
    };
    assert_eq!(signed(&later, &key).claims["iat"], NOW.0 + 7);
}

/// DP-03: peers send `htu` with query or fragment. Scheme, host, port and path stay as requested.
#[test]
fn never_htu_with_query_or_fragment() {
    let key = DpopKey::generate().unwrap();
    for (requested, htu) in [
        (
            "https://a.example.com/xrpc/x?a=b&c=d#e",
            "https://a.example.com/xrpc/x",
        ),
        ("https://a.example.com/x?", "https://a.example.com/x"),
        ("https://a.example.com/x#f?g", "https://a.example.com/x"),
        (
            "https://a.example.com:8443/x/",
            "https://a.example.com:8443/x/",
        ),
        ("https://a.example.com:443/x", "https://a.example.com/x"),
        ("http://localhost:2583/x?y", "http://localhost:2583/x"),
        ("http://[::1]:2583/", "http://[::1]:2583/"),
        ("https://a.example.com", "https://a.example.com/"),
        (
            "https://a.example.com/a%2Fb%20c?x",
            "https://a.example.com/a%2Fb%20c",
        ),
        ("https://user:pw@a.example.com/x", "https://a.example.com/x"),
    ] {
        let url = url(requested);
        let jws = signed(&proof(&Method::GET, &url), &key);
        assert_eq!(jws.claim("htu"), Some(htu), "{requested}");
    }
}

/// Scenario 54: neither token nor nonce needs to be in a log to see what a proof is about.
#[test]
fn never_shows_the_token() {
    let (token, url) = (
        SecretString::from("very-secret"),
        url("https://a.example.com/"),
    );
    let proof = Proof {
        access_token: Some(&token),
        ..proof(&Method::GET, &url)
    };
    assert!(!format!("{proof:?}").contains("very-secret"));
}

/// DP-08, scenario 30: a nonce is taken from any answer, if it is one.
#[test]
fn nonces_are_taken_from_any_answer() {
    let read = |status: u16, value: &str| {
        let response = with_header(answer(status, "", ""), "dpop-nonce", value);
        nonce(response.headers()).map(str::to_owned)
    };
    for status in [200, 201, 204, 302, 400, 401, 403, 404, 429, 500] {
        assert_eq!(read(status, "abc").as_deref(), Some("abc"));
    }
    let longest = "n".repeat(MAX_NONCE);
    for good in ["a", "eyJ7S_zG.eyJH0-Z.HX4w-7v", "!#[]~", &longest] {
        assert_eq!(read(200, good).as_deref(), Some(good));
    }
    let long = "n".repeat(10_240);
    for bad in [
        "",
        "a b",
        "a\"b",
        "a\\b",
        "a\tb",
        "a, b",
        "ü",
        long.as_str(),
    ] {
        assert_eq!(read(200, bad), None, "{bad}");
    }
    assert_eq!(nonce(answer(200, "", "").headers()), None);
}

/// DP-09: an authorization server says it in the body, a resource server in a header; either is taken
/// from both.
#[test]
fn nonce_is_asked_for() {
    let challenge = |status, value| with_header(answer(status, "", ""), "www-authenticate", value);
    for response in [
        refused(
            400,
            "use_dpop_nonce",
            Some("Authorization server requires nonce in DPoP proof"),
        ),
        refused(401, "use_dpop_nonce", None),
        challenge(401, r#"DPoP error="use_dpop_nonce""#),
        challenge(
            401,
            r#"DPoP algs="ES256 RS256", error="use_dpop_nonce", error_description="x""#,
        ),
        challenge(401, r#"Bearer realm="x", dpop error="use_dpop_nonce""#),
        challenge(400, r#"DPoP error="use_dpop_nonce""#),
    ] {
        assert!(wants_nonce(&response), "{response:?}");
    }
    for response in [
        refused(200, "use_dpop_nonce", None),
        refused(403, "use_dpop_nonce", None),
        refused(500, "use_dpop_nonce", None),
        refused(400, "invalid_dpop_proof", None),
        refused(400, "USE_DPOP_NONCE", None),
        answer(400, "text/html", "use_dpop_nonce"),
        answer(401, "", ""),
        challenge(401, r#"DPoP error="invalid_token""#),
        challenge(401, r#"Basic error="use_dpop_nonce""#),
        challenge(200, r#"DPoP error="use_dpop_nonce""#),
    ] {
        assert!(!wants_nonce(&response), "{response:?}");
    }
}

/// DP-18: only the PDS's own challenge is about the token; the status of a service behind it is not.
#[test]
fn rejected_tokens() {
    let rejects = |status: u16, value: &str| {
        let response = with_header(answer(status, "", ""), "www-authenticate", value);
        rejects_token(response.status(), response.headers())
    };
    assert!(rejects(
        401,
        r#"DPoP algs="ES256", error="invalid_token", error_description="exp""#
    ));
    assert!(rejects(401, r#"Bearer error="invalid_token""#));
    assert!(!rejects(401, r#"DPoP error="use_dpop_nonce""#));
    assert!(!rejects(401, r#"DPoP error="invalid_dpop_proof""#));
    assert!(!rejects(401, "Bearer"));
    assert!(!rejects(401, r#"Basic error="invalid_token""#));
    assert!(!rejects(403, r#"DPoP error="invalid_token""#));
    assert!(!rejects_token(StatusCode::UNAUTHORIZED, &HeaderMap::new()));
}
