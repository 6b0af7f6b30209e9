//! What an authorization server must offer.

use super::*;

/// DS-06, AR-01, CB-03, CA-09, DP-06: one line for each member: missing, null, and each value that does
/// not do. There is no other way in, so a server without pushed requests cannot be used.
#[test]
fn each_required_member() {
    let lists: [(&str, &[Value]); 7] = [
        (
            "response_types_supported",
            &[json!([]), json!(["token"]), json!(["code token"])],
        ),
        (
            "grant_types_supported",
            &[
                json!(["authorization_code"]),
                json!(["refresh_token"]),
                json!(["implicit"]),
            ],
        ),
        (
            "code_challenge_methods_supported",
            &[json!([]), json!(["plain"]), json!(["s256"])],
        ),
        (
            "token_endpoint_auth_methods_supported",
            &[
                json!(["none"]),
                json!(["private_key_jwt"]),
                json!(["client_secret_basic"]),
            ],
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            &[
                json!(["RS256"]),
                json!(["ES256", "none"]),
                json!(["none"]),
                json!(["HS256"]),
            ],
        ),
        (
            "scopes_supported",
            &[json!([]), json!(["openid"]), json!(["atproto2", "atprot"])],
        ),
        (
            "dpop_signing_alg_values_supported",
            &[json!([]), json!(["none"]), json!(["RS256", "ES256K"])],
        ),
    ];
    for (name, values) in lists {
        let nonsense = [
            json!(null),
            json!("ES256"),
            json!({}),
            json!([["code"]]),
            json!([1]),
        ];
        for value in values.iter().chain(&nonsense) {
            assert_error(checked(&set(&metadata(), name, value.clone())), KIND, name);
        }
        assert_error(checked(&without(&metadata(), name)), KIND, name);
    }
    for name in [
        "authorization_response_iss_parameter_supported",
        "require_pushed_authorization_requests",
        "client_id_metadata_document_supported",
    ] {
        for value in [
            json!(false),
            json!(null),
            json!("true"),
            json!(1),
            json!([true]),
        ] {
            assert_error(checked(&set(&metadata(), name, value)), KIND, name);
        }
        assert_error(checked(&without(&metadata(), name)), KIND, name);
    }
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "pushed_authorization_request_endpoint",
    ] {
        for value in [json!(null), json!(["https://auth.example.com/x"]), json!(1)] {
            assert_error(checked(&set(&metadata(), name, value)), KIND, name);
        }
        assert_error(checked(&without(&metadata(), name)), KIND, name);
    }
    assert_error(checked(&without(&metadata(), "issuer")), KIND, "issuer");
    let name = "require_request_uri_registration";
    assert_error(checked(&set(&metadata(), name, json!(false))), KIND, name);
    assert!(checked(&set(&metadata(), name, json!(true))).is_ok());
}

/// DS-06: a document with what is required, and nothing else, is accepted.
#[test]
fn the_minimum_is_enough() {
    let server = checked(&metadata()).unwrap();
    assert_eq!(server.issuer, issuer());
    assert_eq!(server.authorization_endpoint.path(), "/oauth/authorize");
    assert_eq!(server.token_endpoint.path(), "/oauth/token");
    assert_eq!(
        server.pushed_authorization_request_endpoint.path(),
        "/oauth/par"
    );
    assert_eq!(server.revocation_endpoint, None);
    assert!(!server.can_create_accounts);
}
