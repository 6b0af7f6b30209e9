use serde_json::{Value, json};

use super::super::fixtures::{
    BAD_ENDPOINTS, ISSUER, PDS, answer, assert_error, checked, issuer, json_answer, metadata, pds,
    set, without,
};
use super::*;

mod required;
use crate::error::ErrorKind;

const KIND: ErrorKind = ErrorKind::AuthorizationServerMetadataFailed;

/// DS-04: where it is asked for: at the issuer, never at the PDS.
#[test]
fn never_asked_of_the_pds() {
    let request = request(&issuer()).unwrap();
    assert_eq!(
        request.uri(),
        "https://auth.example.com/.well-known/oauth-authorization-server"
    );
}

/// DS-04: as DS-01: exactly 200 with JSON.
#[test]
fn only_200_with_json_is_an_answer() {
    let body = metadata().to_string();
    let read = |response: Response| check(&response, &issuer(), None, Servers::Public, false);
    for status in [201, 204, 302, 404] {
        assert_error(
            read(answer(status, "application/json", &body)),
            KIND,
            "instead of 200",
        );
    }
    assert_error(
        read(answer(200, "text/html", &body)),
        KIND,
        "not `application/json`",
    );
    assert_error(
        read(answer(200, "application/json", "[]")),
        KIND,
        "not a JSON object",
    );
    let unavailable = read(answer(503, "application/json", &body));
    assert_eq!(
        unavailable.unwrap_err().kind(),
        ErrorKind::TemporarilyUnavailable
    );
    assert!(read(answer(200, "application/json;charset=utf-8", &body)).is_ok());
}

/// DS-05, scenario 9: the issuer is the one that was asked, byte for byte.
#[test]
fn issuer_is_compared_as_a_string() {
    for other in [
        json!("https://auth.example.com/"),
        json!("https://AUTH.example.com"),
        json!("https://auth.example.com:443"),
        json!("http://auth.example.com"),
        json!("https://auth.example.com/issuer"),
        json!("https://sub.auth.example.com"),
        json!("https://example.com"),
        json!("https://аuth.example.com"),
        json!(""),
        json!(null),
        json!([ISSUER]),
    ] {
        assert_error(
            checked(&set(&metadata(), "issuer", other)),
            KIND,
            "`issuer`",
        );
    }
}

/// DS-07, scenario 11: no endpoint is anywhere but at public https.
#[test]
fn endpoints_are_public_https() {
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "pushed_authorization_request_endpoint",
        "revocation_endpoint",
    ] {
        for bad in BAD_ENDPOINTS {
            assert_error(checked(&set(&metadata(), name, json!(bad))), KIND, name);
        }
    }
}

/// DS-08: endpoints on another host are allowed, unless the application wants them refused.
#[test]
fn endpoints_on_another_host() {
    let other = "https://entryway.example.net/token";
    let document = set(&metadata(), "token_endpoint", json!(other));
    assert_eq!(checked(&document).unwrap().token_endpoint.as_str(), other);
    let strict = |document: &Value| {
        check(
            &json_answer(200, document),
            &issuer(),
            None,
            Servers::Public,
            true,
        )
    };
    assert!(strict(&metadata()).is_ok());
    for other in [
        "https://entryway.example.net/token",
        "https://sub.auth.example.com/token",
        "https://auth.example.com:8443/token",
        "https://auth.example.com.evil.net/token",
    ] {
        let document = set(&metadata(), "token_endpoint", json!(other));
        assert_error(strict(&document), KIND, "on another server than the issuer");
    }
    let same = set(
        &metadata(),
        "token_endpoint",
        json!("https://AUTH.example.com:443/t"),
    );
    assert!(strict(&same).is_ok());
}

/// DS-09, DP-06: unknown members, and unknown values in the lists we know, do not matter.
#[test]
fn unknown_values_are_ignored() {
    let mut document = metadata();
    for (name, value) in [
        (
            "code_challenge_methods_supported",
            json!(["plain", "S512", 7, null, "S256"]),
        ),
        (
            "dpop_signing_alg_values_supported",
            json!(["RS256", "ES256K", "ES256", "XX"]),
        ),
        (
            "grant_types_supported",
            json!(["x", "refresh_token", "authorization_code"]),
        ),
        ("response_types_supported", json!(["code id_token", "code"])),
        (
            "scopes_supported",
            json!(["openid", "atproto", "transition:generic"]),
        ),
        ("prompt_values_supported", json!(["foo", { "a": 1 }])),
        ("response_modes_supported", json!({ "not": "a list" })),
        ("ui_locales_supported", json!(null)),
        ("something_new", json!([[[]]])),
    ] {
        document[name] = value;
    }
    assert!(checked(&document).is_ok());
}

/// DS-10: a list of resources names the PDS, or the server does not speak for it.
#[test]
fn protected_resources_hold_the_pds() {
    let name = "protected_resources";
    let listed = set(&metadata(), name, json!(["https://x.example.com", PDS]));
    assert!(checked(&listed).is_ok());
    let omitted = [
        json!([]),
        json!(["https://x.example.com"]),
        json!(["https://pds.example.com/"]),
        json!([1]),
    ];
    for omitted in omitted {
        let document = set(&metadata(), name, omitted);
        assert_error(
            checked(&document),
            KIND,
            "`protected_resources` lacks the PDS",
        );
        // A person who named the server itself has named no PDS.
        let response = json_answer(200, &document);
        assert!(check(&response, &issuer(), None, Servers::Public, false).is_ok());
    }
    assert_error(
        checked(&set(&metadata(), name, json!(PDS))),
        KIND,
        "not a list",
    );
    assert!(
        check(
            &json_answer(200, &listed),
            &issuer(),
            Some(&pds()),
            Servers::Public,
            true
        )
        .is_ok()
    );
}

/// AR-11: sign-up is offered only where it is understood, and nonsense is no offer.
#[test]
fn sign_up_is_offered_where_it_is_understood() {
    let can = |value: Value| {
        let document = set(&metadata(), "prompt_values_supported", value);
        checked(&document).unwrap().can_create_accounts
    };
    assert!(can(json!(["none", "login", "create"])));
    assert!(!can(json!(["none", "login"])));
    assert!(!can(json!("create")));
    assert!(!can(json!(null)));
}

/// TK-17: peers cannot sign in where revocation is not offered.
#[test]
fn never_needs_a_revocation_endpoint() {
    let name = "revocation_endpoint";
    for value in [json!(null), json!("https://auth.example.com/oauth/revoke")] {
        let server = checked(&set(&metadata(), name, value.clone())).unwrap();
        assert_eq!(server.revocation_endpoint.is_some(), value.is_string());
    }
}
