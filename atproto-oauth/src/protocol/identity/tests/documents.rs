//! What counts as an answer to the question for a document.

use serde_json::json;

use super::super::super::fixtures::{PDS, set, without};
use super::*;

fn service(id: &str, endpoint: impl Into<Value>) -> Value {
    json!({ "id": id, "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint.into() })
}

fn good() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "alsoKnownAs": ["at://alice.example.com"],
        "verificationMethod": [],
        "service": [service("#atproto_pds", PDS)],
    })
}

fn read(document: &Value) -> Result<DidDocument, Error> {
    super::document(&json_answer(200, document), &did(), Servers::Public)
}

fn with_services(services: Value) -> Result<DidDocument, Error> {
    read(&set(&good(), "service", services))
}

/// ID-09, ID-14, ID-15: a good document, whole; its content type does not matter.
#[test]
fn good_document() {
    let expected = DidDocument {
        did: did(),
        handle: Some(handle("alice.example.com")),
        pds: PDS.parse().unwrap(),
    };
    assert_eq!(read(&good()).unwrap(), expected);
    for content_type in [
        "application/did+ld+json",
        "application/did+json",
        "text/plain",
        "",
    ] {
        let response = answer(200, content_type, good().to_string());
        assert_eq!(
            super::document(&response, &did(), Servers::Public).unwrap(),
            expected
        );
    }
}

/// ID-14: peers do not compare the document's `id` with the DID that was asked for.
#[test]
fn never_a_document_of_another_did() {
    for id in [
        json!(OTHER),
        json!(""),
        json!(null),
        json!([DID]),
        json!(DID.to_uppercase()),
    ] {
        assert_error(read(&set(&good(), "id", id)), KIND, "`id`");
    }
    assert_error(read(&without(&good(), "id")), KIND, "`id` is missing");
    let padded = json!(format!("{DID} "));
    assert_error(
        read(&set(&good(), "id", padded)),
        KIND,
        "`id` is another DID",
    );
}

/// ID-09: the first alias that is a handle; a document without one is good (ID-10).
#[test]
fn the_first_valid_alias_is_the_handle() {
    for (aliases, expected) in [
        (
            json!(["at://alice.example.com", "at://bob.example.com"]),
            Some("alice.example.com"),
        ),
        (json!(["at://bad_", "at://ok.x"]), Some("ok.x")),
        (
            json!(["https://alice.example.com", "at://ok.example.com"]),
            Some("ok.example.com"),
        ),
        (
            json!([7, null, { "a": 1 }, "at://ok.example.com"]),
            Some("ok.example.com"),
        ),
        (json!(["at://ALICE.Example.com"]), Some("alice.example.com")),
        (
            json!([
                "at://alice.example.com/path",
                "at://",
                "at://@alice.example.com"
            ]),
            None,
        ),
        (json!(["alice.example.com", "AT://alice.example.com"]), None),
        (json!([]), None),
        (json!(null), None),
    ] {
        let document = read(&set(&good(), "alsoKnownAs", aliases.clone())).unwrap();
        assert_eq!(
            document.handle.as_ref().map(Handle::as_str),
            expected,
            "{aliases}"
        );
    }
    assert_eq!(read(&without(&good(), "alsoKnownAs")).unwrap().handle, None);
    let text = set(&good(), "alsoKnownAs", json!("at://alice.example.com"));
    assert_error(read(&text), KIND, "`alsoKnownAs` is not a list");
}

/// ID-15: the service of this DID with the right name and type, among others.
#[test]
fn the_pds_is_found() {
    let labeler = json!({ "id": "#atproto_labeler", "type": "AtprotoLabeler", "serviceEndpoint": "https://l.x" });
    let of_another_type = json!({ "id": "#atproto_pds", "type": "Other", "serviceEndpoint": "https://other.example.com" });
    for services in [
        json!([service(&format!("{DID}#atproto_pds"), PDS)]),
        json!([labeler, service("#atproto_pds", PDS)]),
        json!([of_another_type, service("#atproto_pds", PDS)]),
        json!([null, 1, "x", [], {}, { "id": 1 }, service("#atproto_pds", PDS)]),
        json!([
            service(&format!("{OTHER}#atproto_pds"), "https://evil.example.net"),
            service("#atproto_pds", PDS)
        ]),
    ] {
        assert_eq!(
            with_services(services.clone()).unwrap().pds,
            *PDS,
            "{services}"
        );
    }
}

/// ID-15, scenario 2: no such service, that of another DID, of another type, or two of them.
#[test]
fn exactly_one_pds() {
    for services in [
        json!([]),
        json!(null),
        json!({}),
        json!("https://pds.example.com"),
        json!({ "#atproto_pds": service("#atproto_pds", PDS) }),
        json!([service(&format!("{OTHER}#atproto_pds"), PDS)]),
        json!([service("#atproto_pds2", PDS)]),
        json!([service("x#atproto_pds", PDS)]),
        json!([service("atproto_pds", PDS)]),
        json!([service("#ATPROTO_PDS", PDS)]),
        json!([{ "id": "#atproto_pds", "type": "AtprotoLabeler", "serviceEndpoint": PDS }]),
        json!([{ "id": "#atproto_pds", "type": ["AtprotoPersonalDataServer"], "serviceEndpoint": PDS }]),
        json!([{ "id": "#atproto_pds", "serviceEndpoint": PDS }]),
    ] {
        assert_error(with_services(services), KIND, "it names no PDS");
    }
    assert_error(read(&without(&good(), "service")), KIND, "it names no PDS");
    let absolute = format!("{DID}#atproto_pds");
    for second in ["https://evil.example.net", PDS] {
        let two = json!([service("#atproto_pds", PDS), service(&absolute, second)]);
        assert_error(with_services(two), KIND, "two PDSes");
    }
}

/// ID-15, scenario 2: the endpoint is an origin on public https; one final slash is forgiven, because
/// peers cannot sign in where it is there.
#[test]
fn the_pds_is_a_public_origin() {
    for (endpoint, expected) in [
        (PDS, PDS),
        ("https://pds.example.com/", PDS),
        (
            "https://pds.example.com:8443",
            "https://pds.example.com:8443",
        ),
    ] {
        let document = with_services(json!([service("#atproto_pds", endpoint)])).unwrap();
        assert_eq!(document.pds, *expected);
    }
    for bad in [
        "",
        "/",
        "pds.example.com",
        "http://pds.example.com",
        "http://localhost:2583",
        "https://localhost",
        "https://127.0.0.1",
        "https://169.254.169.254",
        "https://[::1]",
        "https://pds",
        "https://pds.internal",
        "https://pds.local",
        "https://pds.example.com/path",
        "https://pds.example.com//",
        "https://pds.example.com?x",
        "https://pds.example.com#x",
        "https://user@pds.example.com",
        "https://user:pw@pds.example.com",
        "https://pds.example.com@evil.example.net/",
        "https://pds.example.com\\@evil.example.net",
        "https://pds.example.com\n",
        " https://pds.example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://pds.example.com",
    ] {
        let document = with_services(json!([service("#atproto_pds", bad)]));
        assert_error(document, KIND, "not a public https server");
    }
    for bad in [json!({ "uri": PDS }), json!([PDS]), json!(null), json!(1)] {
        let document = with_services(json!([service("#atproto_pds", bad)]));
        assert_error(document, KIND, "not a string");
    }
}

/// Scenario 6: not there, deleted, and not to be told now are three things.
#[test]
fn no_document() {
    let at = |status: u16| super::document(&answer(status, "", "{}"), &did(), Servers::Public);
    assert_error(at(404), KIND, "does not exist");
    assert_error(at(410), KIND, "was deleted");
    for status in [408, 429, 500, 502, 503, 504] {
        assert_error(
            at(status),
            ErrorKind::TemporarilyUnavailable,
            "cannot answer now",
        );
    }
    for status in [201, 204, 301, 302, 400, 401, 403] {
        assert_error(at(status), KIND, &format!("status {status}"));
    }
    for body in ["", "[]", "null", "<html>", r#"{"id":"a","id":"b"}"#] {
        let read = super::document(&answer(200, "text/html", body), &did(), Servers::Public);
        assert_eq!(read.unwrap_err().kind(), KIND, "{body}");
    }
}

/// DS-07: a PDS on this machine is for development.
#[test]
fn loopback_is_explicit() {
    let local = set(
        &good(),
        "service",
        json!([service("#atproto_pds", "http://localhost:2583")]),
    );
    let response = json_answer(200, &local);
    assert!(super::document(&response, &did(), Servers::Loopback).is_ok());
    assert!(super::document(&response, &did(), Servers::Public).is_err());
}
