use serde_json::{Value, json};

use super::super::fixtures::{ISSUER, PDS, answer, assert_error, json_answer, pds, set, without};
use super::*;

fn document() -> Value {
    json!({ "resource": PDS, "authorization_servers": [ISSUER] })
}

fn read(response: &Response) -> Result<Issuer, Error> {
    issuer(response, &pds(), Servers::Public)
}

/// DS-01: where it is asked for, on the PDS itself.
#[test]
fn request_goes_to_the_pds() {
    let request = request(&pds()).unwrap();
    assert_eq!(request.method(), http::Method::GET);
    assert_eq!(
        request.uri(),
        "https://pds.example.com/.well-known/oauth-protected-resource"
    );
    assert_eq!(request.headers()[ACCEPT], "application/json");
    assert_eq!(request.headers().len(), 1);
}

/// DS-01, scenario 8: exactly 200, `application/json`, an object.
#[test]
fn only_200_with_json_is_an_answer() {
    let body = document().to_string();
    for good in ["application/json", "application/json; charset=utf-8"] {
        assert_eq!(read(&answer(200, good, &body)).unwrap(), *ISSUER);
    }
    for status in [201, 202, 204, 206, 301, 302, 307, 400, 401, 403, 404] {
        let read = read(&answer(status, "application/json", &body));
        assert_error(read, KIND, "instead of 200");
    }
    for status in [429, 500, 502, 503] {
        let read = read(&answer(status, "application/json", &body));
        assert_error(read, ErrorKind::TemporarilyUnavailable, "try again");
    }
    for bad in ["", "text/html", "text/plain", "application/ld+json"] {
        assert_error(
            read(&answer(200, bad, &body)),
            KIND,
            "not `application/json`",
        );
    }
    for body in ["", "[]", "null", "\"https://auth.example.com\"", "<html>"] {
        let read = read(&answer(200, "application/json", body));
        assert_eq!(read.unwrap_err().kind(), KIND, "{body}");
    }
}

/// DS-02: the document is about this PDS, byte for byte.
#[test]
fn resource_is_the_pds() {
    for other in [
        json!("https://other.example.com"),
        json!("https://pds.example.com/"),
        json!("https://PDS.example.com"),
        json!("https://pds.example.com:443"),
        json!("http://pds.example.com"),
        json!(""),
        json!(null),
        json!([PDS]),
    ] {
        let read = read(&json_answer(200, &set(&document(), "resource", other)));
        assert_error(read, KIND, "`resource`");
    }
    let read = read(&json_answer(200, &without(&document(), "resource")));
    assert_error(read, KIND, "`resource` is missing");
}

/// DS-03: exactly one authorization server, by its plain origin.
#[test]
fn exactly_one_authorization_server() {
    for bad in [
        json!([]),
        json!([ISSUER, ISSUER]),
        json!([ISSUER, "https://other.example.com"]),
        json!([ISSUER, 5]),
        json!([5]),
        json!([null]),
        json!(ISSUER),
        json!({ "0": ISSUER }),
        json!(null),
        json!(["https://auth.example.com/"]),
        json!(["https://auth.example.com/path"]),
        json!(["https://auth.example.com?x"]),
        json!(["https://auth.example.com#x"]),
        json!(["https://user@auth.example.com"]),
        json!(["https://auth.example.com:443"]),
        json!(["https://AUTH.example.com"]),
        json!(["http://auth.example.com"]),
        json!(["http://localhost:2583"]),
        json!(["https://127.0.0.1"]),
        json!(["https://auth.internal"]),
        json!(["https://auth"]),
        json!(["auth.example.com"]),
        json!([""]),
    ] {
        let changed = set(&document(), "authorization_servers", bad);
        assert_error(
            read(&json_answer(200, &changed)),
            KIND,
            "`authorization_servers`",
        );
    }
    let changed = without(&document(), "authorization_servers");
    assert_error(read(&json_answer(200, &changed)), KIND, "exactly one");
}

/// DS-09: what we do not know does not matter; a port does not either.
#[test]
fn the_rest_is_ignored() {
    let changed = set(&document(), "bearer_methods_supported", json!("nonsense"));
    assert_eq!(read(&json_answer(200, &changed)).unwrap(), *ISSUER);
    let changed = set(
        &document(),
        "authorization_servers",
        json!(["https://a.example.com:8443"]),
    );
    assert_eq!(
        read(&json_answer(200, &changed)).unwrap(),
        *"https://a.example.com:8443"
    );
}

/// DS-07: development is an explicit exception.
#[test]
fn loopback_is_explicit() {
    let local: Origin = "http://localhost:2583".parse().unwrap();
    let document = json!({ "resource": local, "authorization_servers": [local] });
    let response = json_answer(200, &document);
    assert!(issuer(&response, &local, Servers::Loopback).is_ok());
    assert!(issuer(&response, &local, Servers::Public).is_err());
}
