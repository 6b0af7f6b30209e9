//! Answers that are not taken: what is left of them, and what they mean.

use super::*;

/// CB-13: whatever tokens are in a refused answer can still be revoked.
#[test]
fn received_tokens_can_be_revoked() {
    let received = |response: &Response| {
        let Received {
            access_token,
            refresh_token,
        } = Received::of(response);
        let text = |token: Option<SecretString>| token.map(|t| t.expose_secret().to_owned());
        (text(access_token), text(refresh_token))
    };
    let both = (Some("at-1".to_owned()), Some("rt-1".to_owned()));
    let bearer = set(&document(), "token_type", json!("Bearer"));
    assert_eq!(received(&json_answer(200, &bearer)), both);
    assert_eq!(
        received(&answer(201, "text/html", document().to_string())),
        both
    );
    let odd = set(&document(), "access_token", json!("a\nb"));
    assert_eq!(received(&json_answer(200, &odd)), (None, both.1));
    for body in ["", "[]", r#"{"access_token":1}"#, r#"{"access_token":""}"#] {
        assert_eq!(
            received(&answer(200, "application/json", body)),
            (None, None),
            "{body}"
        );
    }
}

/// TK-07: only `invalid_grant` ends a session; a client that is not accepted is told apart.
#[test]
fn never_a_session_ended_by_anything_but_invalid_grant() {
    for response in [
        refused(400, "invalid_grant", None),
        refused(400, "invalid_grant", Some("x")),
    ] {
        assert!(matches!(Refusal::of(&response), Refusal::InvalidGrant(_)));
    }
    for code in [
        "invalid_client",
        "unauthorized_client",
        "invalid_client_metadata",
    ] {
        for status in [400, 401] {
            let refusal = Refusal::of(&refused(status, code, None));
            assert!(matches!(refusal, Refusal::Client(_)), "{status} {code}");
        }
    }
    let jwt = "application/json";
    for response in [
        refused(500, "invalid_grant", None),
        refused(503, "invalid_grant", None),
        refused(429, "invalid_grant", None),
        refused(401, "invalid_grant", None),
        refused(200, "invalid_grant", None),
        refused(400, "INVALID_GRANT", None),
        refused(400, "invalid_grant\0", None),
        refused(400, "invalid_dpop_proof", None),
        refused(400, "use_dpop_nonce", None),
        refused(400, "invalid_request", Some("invalid_grant")),
        refused(500, "server_error", None),
        json_answer(400, &json!({ "error": ["invalid_grant"] })),
        json_answer(400, &json!([{ "error": "invalid_grant" }])),
        answer(400, jwt, r#"{"error":"invalid_grant","error":"x"}"#),
        answer(400, jwt, ""),
        answer(404, "text/html", "<h1>invalid_grant</h1>"),
        answer(302, "", ""),
    ] {
        let refusal = Refusal::of(&response);
        assert!(matches!(refusal, Refusal::Other(_)), "{response:?}");
    }
}
