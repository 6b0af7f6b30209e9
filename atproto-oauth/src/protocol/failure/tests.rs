use http::header::RETRY_AFTER;
use serde_json::json;

use super::super::fixtures::{answer, dated, json_answer, refused, with_header};
use super::*;

/// RFC 6749 section 5.2, and what XRPC says instead of a description.
#[test]
fn failures_are_read() {
    let failure = Failure::of(&refused(400, "invalid_grant", Some("Code expired")));
    assert_eq!(failure.status, http::StatusCode::BAD_REQUEST);
    assert_eq!(failure.code, "invalid_grant");
    assert_eq!(failure.description.as_deref(), Some("Code expired"));
    let xrpc = json_answer(400, &json!({ "error": "InvalidRequest", "message": "no" }));
    assert_eq!(Failure::of(&xrpc).description.as_deref(), Some("no"));
    for body in [
        "",
        "<html>",
        "[]",
        "null",
        r#"{"error":1}"#,
        r#"{"error":"a","error":"b"}"#,
    ] {
        let failure = Failure::of(&answer(502, "text/html", body));
        assert_eq!(
            (failure.code.as_str(), failure.description),
            ("", None),
            "{body}"
        );
    }
}

/// Scenario 27, CB-06: what the server says is short and of one line, and never the error's own text.
#[test]
fn server_text_is_tamed() {
    let nasty = format!(
        "<script>alert(1)</script>\r\nSet-Cookie: x\u{1b}[31m{}",
        "A".repeat(9_999)
    );
    let failure = Failure::of(&refused(400, "in\nvalid\u{202e}", Some(&nasty)));
    assert_eq!(failure.code, "in?valid?");
    let description = failure.description.clone().unwrap();
    assert_eq!(description.chars().count(), 300);
    assert!(!description.contains(char::is_control));
    let error = failure.into_error(ErrorKind::TokenValidationFailed, "refused; sign in again");
    assert_eq!(error.to_string(), "refused; sign in again");
    let said = error.server_said().unwrap();
    assert!(said.starts_with("400 in?valid?: <script>"), "{said}");
    assert!(said.chars().count() <= 300 && !said.contains(char::is_control));
}

/// TK-07: what may pass by waiting.
#[test]
fn transient_failures() {
    let is_transient = |status, code| Failure::of(&refused(status, code, None)).is_transient();
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        assert!(is_transient(status, ""), "{status}");
    }
    for code in ["server_error", "temporarily_unavailable", "slow_down"] {
        assert!(is_transient(400, code), "{code}");
    }
    for (status, code) in [
        (400, "invalid_grant"),
        (401, "invalid_client"),
        (403, ""),
        (404, ""),
    ] {
        assert!(!is_transient(status, code), "{status} {code}");
    }
    let error = Failure::of(&refused(503, "", None)).into_error(ErrorKind::SessionEnded, "x");
    assert_eq!(error.kind(), ErrorKind::TemporarilyUnavailable);
    let error = Failure::of(&refused(400, "", None)).into_error(ErrorKind::SessionEnded, "x");
    assert_eq!(error.kind(), ErrorKind::SessionEnded);
}

/// RFC 9110 section 10.2.3: seconds, or a date by the server's own clock.
#[test]
fn retry_after_is_read() {
    let wait = |value: &str| {
        let response = with_header(answer(429, "", ""), "retry-after", value);
        retry_after(&dated(response, "Fri, 15 Jan 2027 08:00:00 GMT"))
    };
    assert_eq!(wait("120"), Some(Duration::from_mins(2)));
    assert_eq!(wait(" 0 "), Some(Duration::ZERO));
    assert_eq!(
        wait("Fri, 15 Jan 2027 08:01:30 GMT"),
        Some(Duration::from_secs(90))
    );
    assert_eq!(wait("Fri, 15 Jan 2027 07:00:00 GMT"), Some(Duration::ZERO));
    for bad in ["", "-1", "1.5", "soon", "99999999999999999999999"] {
        assert_eq!(wait(bad), None, "{bad}");
    }
    assert_eq!(retry_after(&answer(429, "", "")), None);
    // Without a clock to compare it to, a date says nothing.
    let mut response = answer(429, "", "");
    let date = "Fri, 15 Jan 2027 08:01:30 GMT".parse().unwrap();
    response.headers_mut().insert(RETRY_AFTER, date);
    assert_eq!(retry_after(&response), None);
    // The longest wait is kept within a day by the error.
    let long = with_header(
        refused(429, "", None),
        "retry-after",
        "18446744073709551615",
    );
    let error = Failure::of(&long).into_error(ErrorKind::SessionEnded, "x");
    assert_eq!(error.retry_after(), Some(Duration::from_hours(24)));
}
