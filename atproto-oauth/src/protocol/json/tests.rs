use super::super::fixtures::{answer, assert_error};
use super::*;

const KIND: ErrorKind = ErrorKind::TokenValidationFailed;

fn parse(body: &str) -> Result<Object, Error> {
    Object::parse(body.as_bytes(), "the answer", KIND)
}

/// SS-12: only an object is read, without doubled members at any depth, and to its end.
#[test]
fn only_whole_objects_are_read() {
    for body in [
        "",
        " ",
        "[]",
        "[{}]",
        "null",
        "true",
        "1",
        "\"{}\"",
        "{",
        "{}}",
        "{} {}",
        "{}x",
        "{\"a\"}",
        "{'a':1}",
        "{\"a\":1,}",
        "\u{feff}{}",
        "<html></html>",
        "{\"a\":1e999}",
        "{\"a\":NaN}",
        r#"{"a":1,"a":1}"#,
        r#"{"a":{"b":1,"b":2}}"#,
        r#"{"a":[{"b":1,"b":2}]}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"a":"\ud800"}"#,
    ] {
        assert_eq!(parse(body).unwrap_err().kind(), KIND, "{body}");
    }
    assert_error(parse("[]"), KIND, "the answer is not a JSON object");
    assert_error(parse("{"), KIND, "the answer is not valid JSON");
    assert!(Object::parse(b"{\"a\":\"\xff\"}", "the answer", KIND).is_err());
    assert!(parse(" {\"a\":[1,2.5,-3,null,true,{\"b\":\"c\"}]}\n").is_ok());
}

/// SS-12: nesting is bounded, so a small body cannot exhaust the stack.
#[test]
fn nesting_is_bounded() {
    let nested = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
    assert!(parse(&nested(100)).is_ok());
    assert_error(parse(&nested(200)), KIND, "not valid JSON");
    assert_error(parse(&nested(100_000)), KIND, "not valid JSON");
    assert_error(parse(&"{\"a\":".repeat(100_000)), KIND, "not valid JSON");
}

/// DS-01: `application/json` with or without parameters, and nothing that only looks like it.
#[test]
fn content_type_is_json() {
    for good in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "application/json ;x=y",
    ] {
        assert!(
            Object::of(&answer(200, good, "{}"), "the answer", KIND).is_ok(),
            "{good}"
        );
    }
    for bad in [
        "",
        "text/html",
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/ld+json",
        "x-application/json",
        "text/html; application/json",
    ] {
        assert_error(
            Object::of(&answer(200, bad, "{}"), "the answer", KIND),
            KIND,
            "not `application/json`",
        );
    }
}

/// Every way to take a member checks its type, and names it when it is wrong.
#[test]
fn members_are_checked() {
    let object =
        parse(r#"{"s":"x","e":"","n":null,"b":false,"l":["a",1,null,"b"],"i":1}"#).unwrap();
    assert_eq!(object.string("s").unwrap(), "x");
    for name in ["e", "n", "absent"] {
        assert_error(object.string(name), KIND, &format!("`{name}` is missing"));
    }
    assert_error(object.string("i"), KIND, "`i` is not a string");
    assert_eq!(object.optional_string("e").unwrap(), Some(""));
    assert_eq!(object.optional_string("n").unwrap(), None);
    assert_error(object.optional_string("l"), KIND, "`l` is not a string");
    assert_eq!(object.strings("l").unwrap().unwrap(), ["a", "b"]);
    assert_eq!(object.strings("absent").unwrap(), None);
    assert_error(object.strings("s"), KIND, "`s` is not a list");
    assert_eq!(object.boolean("b").unwrap(), Some(false));
    assert_eq!(object.boolean("n").unwrap(), None);
    assert_error(object.boolean("s"), KIND, "`s` is not true or false");
}

/// Scenario 54: neither `Debug` nor an error shows what a document holds.
#[test]
fn never_shows_members() {
    let object = parse(r#"{"access_token":"very-secret"}"#).unwrap();
    assert!(!format!("{object:?}").contains("secret"));
    let error =
        parse(r#"{"access_token":"very-secret","access_token":"very-secret"}"#).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("secret"));
}
