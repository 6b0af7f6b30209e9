use serde_json::json;

use super::super::fixtures::{answer, json_answer, refused, with_header};
use super::*;

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
