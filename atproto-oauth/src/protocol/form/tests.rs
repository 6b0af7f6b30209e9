use super::super::fixtures::{assert_error, fields};
use super::*;

fn form() -> Form {
    let endpoint = Url::parse("https://auth.example.com/oauth/token?a=b").unwrap();
    Form::new(endpoint)
        .with("code", "c&d=é +\"")
        .with_some("x", None)
}

/// AR-02, CA-01: a form-encoded POST with a proof, and the assertion of a confidential client.
#[test]
fn request() {
    let request: Request<Vec<u8>> = form().request("p.r.f", Some("a.b.c")).unwrap();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://auth.example.com/oauth/token?a=b");
    assert_eq!(
        request.headers()[CONTENT_TYPE],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(request.headers()[ACCEPT], "application/json");
    assert_eq!(request.headers()[DPOP], "p.r.f");
    assert_eq!(request.headers().len(), 3);
    let expected = [
        ("code", "c&d=é +\""),
        ("client_assertion_type", crate::protocol::assertion::TYPE),
        ("client_assertion", "a.b.c"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(fields(&request), expected);
}

/// AR-09, CA-04: the same form is sent again with a proof and an assertion of its own; a public client
/// has no assertion, and no client a secret.
#[test]
fn attempts_differ_in_proof_and_assertion() {
    let form = form();
    let (first, second): (Request<Vec<u8>>, Request<Vec<u8>>) = (
        form.request("p1", Some("a1")).unwrap(),
        form.request("p2", Some("a2")).unwrap(),
    );
    assert_ne!(first.headers()[DPOP], second.headers()[DPOP]);
    assert_ne!(fields(&first).last(), fields(&second).last());
    let public = fields(&form.request("p", None).unwrap());
    assert_eq!(public.len(), 1);
}

/// Scenario 54: neither `Debug` of the form nor of its request shows a secret.
#[test]
fn never_shows_values() {
    let form = form().with("refresh_token", "very-secret");
    let shown = format!("{form:?}");
    assert!(
        shown.contains("refresh_token") && !shown.contains("very-secret"),
        "{shown}"
    );
    let request: Request<Vec<u8>> = form.request("very-secret", None).unwrap();
    assert!(!format!("{:?}", request.headers()).contains("very-secret"));
}

/// A proof that is no header value is an error, not a panic.
#[test]
fn malformed_proof() {
    let made: Result<Request<Vec<u8>>, _> = form().request("a\r\nb", None);
    assert_error(made, ErrorKind::InvalidRequest, "cannot be built");
}
