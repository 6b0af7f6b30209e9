use serde_json::json;

use super::super::fixtures::{DID, answer, assert_error, did, json_answer, pds, with_header};
use super::*;

const NSID: &str = "edu.university.dept.lab.blogging.getBlogPost";
const OTHER: &str = "did:plc:ragtjsm2j2vknwkz3zp4oxrd";

fn record() -> Value {
    json!({
        "uri": format!("at://{DID}/com.atproto.lexicon.schema/app.toy.auth"),
        "cid": "bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae",
        "value": {
            "$type": "com.atproto.lexicon.schema",
            "lexicon": 1,
            "id": "app.toy.auth",
            "defs": { "main": { "type": "permission-set", "permissions": [
                { "type": "permission", "resource": "repo", "collection": ["app.toy.record"] },
            ] } },
        },
    })
}

#[test]
fn names_in_dns() {
    for (nsid, name) in [
        ("app.toy.record", "_lexicon.toy.app."),
        (NSID, "_lexicon.blogging.lab.dept.university.edu."),
        ("COM.Example.authFull", "_lexicon.example.com."),
    ] {
        assert_eq!(txt_name(nsid).unwrap(), name);
    }
    let label = "a".repeat(63);
    let long = |n: usize| format!("a.{label}.{label}.{label}.{}.x", "b".repeat(n));
    // `_lexicon.` leaves 244 characters for the domain.
    assert_eq!(txt_name(&long(50)).unwrap().len(), 254);
    assert_error(txt_name(&long(51)), KIND, "cannot exist");
}

/// ID-03: a name that cannot exist is not looked up.
#[test]
fn names_that_are_not_asked_for() {
    for nsid in [
        "local.laptop.auth",
        "internal.host.auth",
        "localhost.app.auth",
        "onion.x.y.auth",
    ] {
        assert_error(txt_name(nsid), KIND, "cannot exist");
        assert!(check_name(nsid).is_ok());
    }
    for nsid in [
        "",
        "app.toy",
        "app.toy.*",
        "app.toy.record#main",
        "app..record",
        "app.toy.1x",
        "ap%70.toy.x",
    ] {
        assert_error(txt_name(nsid), KIND, "not an NSID");
        assert_error(check_name(nsid), KIND, "not an NSID");
    }
    let error = check_name(&"\u{1b}".repeat(5_000)).unwrap_err().to_string();
    assert!(error.len() < 1_000 && !error.contains('\u{1b}'), "{error}");
}

#[test]
fn the_account_that_publishes() {
    let read = |records: &[&str]| {
        let records: Vec<String> = records.iter().map(ToString::to_string).collect();
        authority_of_txt(&records, NSID)
    };
    let (ours, other) = (format!("did={DID}"), format!("did={OTHER}"));
    for records in [
        &[&*ours] as &[&str],
        &["v=spf1 -all", &ours],
        &[&ours, &ours],
    ] {
        assert_eq!(read(records).unwrap(), did(), "{records:?}");
    }
    for (records, part) in [
        (&[] as &[&str], "name no account"),
        (
            &["v=spf1 -all", DID, "DID=did:web:a.example.com"],
            "name no account",
        ),
        (&[&ours, &other], "several"),
        (&["did="], "do not hold a DID"),
        (&["did=alice.example.com"], "do not hold a DID"),
        (&["did=did:plc:\u{1b}"], "do not hold a DID"),
    ] {
        assert_error(read(records), KIND, part);
    }
}

#[test]
fn the_question_for_the_record() {
    let request = request(&pds(), &did(), "app.toy.auth").unwrap();
    assert_eq!(request.method(), http::Method::GET);
    assert_eq!(
        request.uri(),
        "https://pds.example.com/xrpc/com.atproto.repo.getRecord?repo=did%3Aplc%3Aewvi7nxzyoun6zhxrhs64oiz\
         &collection=com.atproto.lexicon.schema&rkey=app.toy.auth"
    );
    assert!(request.headers().get("authorization").is_none());
}

#[test]
fn the_record_that_was_asked_for() {
    let set = permission_set(&json_answer(200, &record()), &did(), "app.toy.auth").unwrap();
    assert_eq!(set.nsid(), "app.toy.auth");
}

#[test]
fn never_another_record_than_the_one_asked_for() {
    let with = |pointer: &str, value: Value| {
        let mut record = record();
        *record.pointer_mut(pointer).unwrap() = value;
        record
    };
    let uri = |uri: &str| with("/uri", json!(uri));
    for (body, part) in [
        (
            uri(&format!(
                "at://{OTHER}/com.atproto.lexicon.schema/app.toy.auth"
            )),
            "`uri`",
        ),
        (
            uri(&format!(
                "at://{DID}/com.atproto.lexicon.schema/app.toy.other"
            )),
            "`uri`",
        ),
        (
            uri(&format!("at://{DID}/app.toy.record/app.toy.auth")),
            "`uri`",
        ),
        (with("/uri", json!(1)), "`uri`"),
        (with("/value", Value::Null), "`$type`"),
        (with("/value", json!([])), "`$type`"),
        (with("/value/$type", json!("app.toy.record")), "`$type`"),
        (with("/value/id", json!("app.toy.other")), "`id`"),
        (with("/value/id", Value::Null), "`id`"),
        (with("/value/lexicon", json!(2)), "version"),
        (
            with("/value/defs/main/type", json!("record")),
            "does not define",
        ),
    ] {
        assert_error(
            permission_set(&json_answer(200, &body), &did(), "app.toy.auth"),
            KIND,
            part,
        );
    }
    for (kind, body) in [
        ("text/html", record().to_string()),
        ("", record().to_string()),
        ("application/json", "[]".into()),
        ("application/json", "{".into()),
        ("application/json", r#"{"uri":"a","uri":"b"}"#.into()),
    ] {
        let answer = answer(200, kind, &body);
        assert_eq!(
            permission_set(&answer, &did(), "app.toy.auth")
                .unwrap_err()
                .kind(),
            KIND,
            "{body}"
        );
    }
}

/// What is not there is not what cannot be asked now.
#[test]
fn answers_without_a_record() {
    let read = |response: &Response| permission_set(response, &did(), "app.toy.auth");
    for status in [400, 401, 403, 404, 410, 302, 204] {
        let missing = json_answer(status, &json!({ "error": "RecordNotFound" }));
        assert_error(read(&missing), KIND, "is not published");
    }
    for status in [429, 500, 502, 503] {
        let busy = with_header(json_answer(status, &json!({})), "retry-after", "7");
        let error = read(&busy).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TemporarilyUnavailable, "{status}");
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7));
    }
}
