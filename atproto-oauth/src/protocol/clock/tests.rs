use serde_json::json;

use super::super::fixtures::{NOW, answer, dated, json_answer, refused, with_header};
use super::*;

const DATE_NOW: &str = "Fri, 15 Jan 2027 08:00:00 GMT";

/// DP-14: the three forms of a date, and nothing for anything else.
#[test]
fn server_time_is_read() {
    let at = |date: &str| server_time(dated(answer(400, "", ""), date).headers());
    for date in [
        DATE_NOW,
        "Friday, 15-Jan-27 08:00:00 GMT",
        "Fri Jan 15 08:00:00 2027",
        " Fri, 15 Jan 2027 08:00:00 GMT ",
    ] {
        assert_eq!(at(date), Some(NOW), "{date}");
    }
    for bad in [
        "",
        "now",
        "1800000000",
        "Fri, 32 Jan 2027 08:00:00 GMT",
        "Fri, 15 Jan 1927 08:00:00 GMT",
        "Fri, 15 Jan 99999 08:00:00 GMT",
        "2027-01-15T08:00:00Z",
        "\u{ff}",
    ] {
        assert_eq!(at(bad), None, "{bad}");
    }
    assert_eq!(server_time(answer(400, "", "").headers()), None);
}

/// DP-14: proofs and assertions that are refused for their times.
#[test]
fn clock_problems_are_told_apart() {
    let iat =
        "Failed to verify DPoP proof: \"iat\" claim timestamp check failed (too far in the past)";
    let assertion =
        "Validation of \"client_assertion\" failed: \"iat\" claim timestamp check failed";
    for response in [
        refused(400, "invalid_dpop_proof", Some(iat)),
        refused(401, "invalid_dpop_proof", Some("DPoP proof expired")),
        refused(400, "invalid_dpop_proof", Some("proof is too old")),
        refused(400, "invalid_dpop_proof", None),
        refused(400, "invalid_client", Some(assertion)),
        refused(
            401,
            "invalid_client",
            Some("\"exp\" claim timestamp check failed"),
        ),
        with_header(
            answer(401, "", ""),
            "www-authenticate",
            r#"DPoP algs="ES256", error="invalid_dpop_proof", error_description="iat in the future""#,
        ),
        with_header(
            answer(401, "", ""),
            "www-authenticate",
            r#"DPoP error="invalid_dpop_proof""#,
        ),
    ] {
        assert!(is_clock_problem(&response), "{response:?}");
    }
    for response in [
        refused(400, "invalid_dpop_proof", Some("DPoP \"htu\" mismatch")),
        refused(
            400,
            "invalid_dpop_proof",
            Some("jti was used before; expiration unknown"),
        ),
        refused(400, "use_dpop_nonce", Some("iat")),
        refused(400, "invalid_client", None),
        refused(400, "invalid_client", Some("unknown key")),
        refused(400, "invalid_grant", Some("Code expired")),
        refused(500, "invalid_dpop_proof", Some(iat)),
        json_answer(200, &json!({ "error": "invalid_dpop_proof" })),
        answer(400, "text/html", "<h1>iat</h1>"),
        with_header(
            answer(401, "", ""),
            "www-authenticate",
            r#"DPoP error="invalid_token""#,
        ),
        with_header(
            answer(401, "", ""),
            "www-authenticate",
            r#"Basic error="invalid_dpop_proof""#,
        ),
    ] {
        assert!(!is_clock_problem(&response), "{response:?}");
    }
}
