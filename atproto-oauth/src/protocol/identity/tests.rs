use super::super::fixtures::{DID, answer, assert_error, did, json_answer, refused, with_header};
use super::*;

mod documents;

const KIND: ErrorKind = ErrorKind::InvalidHandle;
const OTHER: &str = "did:plc:ragtjsm2j2vknwkz3zp4oxrd";

fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

fn plc() -> Url {
    Url::parse("https://plc.directory").unwrap()
}

/// ID-05, ID-08: the name in DNS; none for a handle that is too long for one.
#[test]
fn txt_names() {
    let name = txt_name(&handle("Alice.Example.com"));
    assert_eq!(name.as_deref(), Some("_atproto.alice.example.com."));
    let long = |n: usize| {
        let label = "a".repeat(60);
        let rest = format!(".{label}.{label}.{label}.com");
        handle(&format!("{}{rest}", "b".repeat(n - rest.len())))
    };
    assert_eq!(long(244).as_str().len(), 244);
    // 253 characters, the most that DNS can hold, and the final dot.
    assert_eq!(txt_name(&long(244)).unwrap().len(), 254);
    assert_eq!(txt_name(&long(245)), None);
}

/// ID-03: a name that cannot exist is not looked up.
#[test]
fn reserved_handles_are_not_asked_for() {
    for top in [
        "alt",
        "arpa",
        "example",
        "internal",
        "invalid",
        "local",
        "localhost",
        "onion",
    ] {
        let handle = handle(&format!("laptop.{top}"));
        assert_eq!(txt_name(&handle), None, "{handle}");
        assert_error(well_known_request(&handle), KIND, "cannot exist");
    }
}

/// ID-05: the one `did=` record counts, wherever it stands; others are not ours.
#[test]
fn txt_records() {
    let read = |records: &[&str]| {
        let records: Vec<String> = records.iter().copied().map(str::to_owned).collect();
        did_of_txt(&records)
    };
    let (ours, other) = (format!("did={DID}"), format!("did={OTHER}"));
    for records in [
        &[ours.as_str()][..],
        &["v=spf1 -all", &ours, "google-site-verification=x"],
        &[&ours, &ours],
        &[&format!("did={DID} ")],
        &[
            &ours,
            &format!("DID={OTHER}"),
            &format!("xdid={OTHER}"),
            OTHER,
        ],
    ] {
        assert_eq!(read(records).unwrap(), Some(did()), "{records:?}");
    }
    for records in [&[][..], &["v=spf1 -all"], &[DID], &[&format!(" did={DID}")]] {
        assert_eq!(read(records).unwrap(), None, "{records:?}");
    }
    assert_error(read(&[&ours, &other]), KIND, "several accounts");
    assert_error(read(&[&ours, &ours, &other]), KIND, "several accounts");
    for bad in [
        "did=",
        "did=alice.example.com",
        "did=did:plc:",
        "did=<script>",
    ] {
        assert_error(read(&[bad]), KIND, "does not hold a DID");
        assert_error(read(&[&ours, bad]), KIND, "does not hold a DID");
    }
}

/// ID-06: https, port 443, on the handle's own host.
#[test]
fn well_known_requests() {
    let request = well_known_request(&handle("alice.example.com")).unwrap();
    assert_eq!(request.method(), http::Method::GET);
    assert_eq!(
        request.uri(),
        "https://alice.example.com/.well-known/atproto-did"
    );
    assert_eq!(request.headers().len(), 1);
}

/// ID-06: any success, any content type, white space around; nothing else is an answer.
#[test]
fn well_known_answers() {
    for body in [DID.to_owned(), format!(" {DID}\r\n"), format!("{DID}\n\n")] {
        for (status, content_type) in [
            (200, "text/plain"),
            (200, ""),
            (200, "text/html"),
            (203, ""),
        ] {
            let found = did_of_well_known(&answer(status, content_type, &body));
            assert_eq!(found.unwrap(), Some(did()));
        }
    }
    for status in [301, 302, 400, 401, 403, 404, 410, 429, 500, 503] {
        assert_eq!(did_of_well_known(&answer(status, "", DID)).unwrap(), None);
    }
    for body in [
        "",
        " ",
        "did:plc:",
        "alice.example.com",
        "<!doctype html><title>My page</title>",
        &format!("{DID}\n{DID}"),
        &format!("did={DID}"),
        &format!("\"{DID}\""),
        &"did:web:".repeat(1_000),
    ] {
        let found = did_of_well_known(&answer(200, "text/plain", body));
        assert_error(found, KIND, "does not hold a DID");
    }
    assert_error(
        did_of_well_known(&answer(200, "", b"\xff\xfe")),
        KIND,
        "does not hold a DID",
    );
}

/// The service that resolves handles where there is no DNS.
#[test]
fn resolvers() {
    let resolver = Url::parse("http://localhost:2583/ignored?x=y").unwrap();
    let request = resolver_request(&resolver, &handle("alice.test")).unwrap();
    assert_eq!(
        request.uri(),
        "http://localhost:2583/xrpc/com.atproto.identity.resolveHandle?handle=alice.test"
    );
    let read = |body: Value| did_of_resolver(&json_answer(200, &body));
    assert_eq!(
        read(serde_json::json!({ "did": DID })).unwrap(),
        Some(did())
    );
    let unknown = refused(400, "HandleNotFound", None);
    assert_eq!(did_of_resolver(&unknown).unwrap(), None);
    for bad in [
        serde_json::json!({}),
        serde_json::json!({ "did": "x" }),
        serde_json::json!([]),
    ] {
        assert_eq!(read(bad).unwrap_err().kind(), KIND);
    }
    let down = with_header(answer(503, "", ""), "retry-after", "7");
    let error = did_of_resolver(&down).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TemporarilyUnavailable);
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
    assert_error(did_of_resolver(&answer(404, "", "")), KIND, "status 404");
}

fn asked(did: &str, servers: Servers) -> Result<String, Error> {
    let did: Did = did.parse()?;
    document_request(&did, &plc(), servers).map(|request| request.uri().to_string())
}

/// ID-11: the two methods that accounts have.
#[test]
fn documents_are_asked_for() {
    for (did, uri) in [
        (
            DID,
            "https://plc.directory/did:plc:ewvi7nxzyoun6zhxrhs64oiz",
        ),
        (
            "did:web:alice.example.com",
            "https://alice.example.com/.well-known/did.json",
        ),
        (
            "did:web:Alice.Example.com",
            "https://alice.example.com/.well-known/did.json",
        ),
    ] {
        assert_eq!(asked(did, Servers::Public).unwrap(), uri);
    }
    let with_slash = Url::parse("http://localhost:2582/").unwrap();
    let request = document_request(&did(), &with_slash, Servers::Loopback).unwrap();
    assert_eq!(
        request.uri().to_string(),
        format!("http://localhost:2582/{DID}")
    );
}

/// ID-11: a method that is not supported is not the same as a malformed DID, or as a DID that is not found.
#[test]
fn unsupported_is_not_malformed() {
    for did in [
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:ion:abc",
    ] {
        assert_error(asked(did, Servers::Public), KIND, "are not supported");
    }
    assert_error(asked("did:plc:short", Servers::Public), KIND, "malformed");
    assert_error(asked("did::x", Servers::Public), KIND, "not a DID");
    let unknown = document(&answer(404, "", ""), &did(), Servers::Public);
    assert_error(unknown, KIND, "does not exist");
}

/// ID-12, scenario 4: `did:web` is a public host name and nothing more.
#[test]
fn did_web_is_a_public_host() {
    for did in [
        "did:web:x.example.com:path",
        "did:web:x.example.com%3A8080",
        "did:web:x.example.com%2Fy",
        "did:web:user%40x.example.com",
        "did:web:10.0.0.1",
        "did:web:127.0.0.1",
        "did:web:169.254.169.254",
        "did:web:%5B%3A%3A1%5D",
        "did:web:localhost",
        "did:web:localhost%3A8080",
        "did:web:intranet",
        "did:web:laptop.local",
        "did:web:metadata.google.internal",
        "did:web:x.onion",
        "did:web:x.test",
        "did:web:-x.example.com",
        "did:web:x.example.com.",
    ] {
        let asked = asked(did, Servers::Public);
        assert_eq!(asked.unwrap_err().kind(), KIND, "{did}");
    }
}

/// ID-12: `localhost` is for development, and then nothing else changes.
#[test]
fn did_web_on_localhost_is_for_development() {
    let uri = asked("did:web:localhost%3A8080", Servers::Loopback).unwrap();
    assert_eq!(uri, "http://localhost:8080/.well-known/did.json");
    for did in [
        "did:web:127.0.0.1%3A8080",
        "did:web:10.0.0.1",
        "did:web:x.example.com%3A8080",
    ] {
        assert!(asked(did, Servers::Loopback).is_err(), "{did}");
    }
}
