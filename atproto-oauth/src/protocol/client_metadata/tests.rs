use serde_json::{Value, json};

use super::super::fixtures::{CLIENT_ID, assert_error};
use super::*;
use crate::error::ErrorKind;

mod addresses;

const REDIRECT: &str = "https://app.example.com/oauth/callback";
const JWKS: &str = "https://app.example.com/oauth/jwks.json";

fn build(scope: &str, redirects: &[&str], jwks: Option<&str>) -> Result<ClientMetadata, Error> {
    let redirects = redirects.iter().copied().map(str::to_owned).collect();
    ClientMetadata::web(
        CLIENT_ID,
        scope,
        redirects,
        jwks.map(str::to_owned),
        Display::default(),
    )
}

fn document(metadata: &ClientMetadata) -> Value {
    serde_json::from_str(&metadata.to_json()).unwrap()
}

/// CM-04, CM-06, CM-08, CM-10, CM-11, CM-18: the document of a public client, whole.
#[test]
fn public_client() {
    let metadata = build("atproto blob:*/*", &[REDIRECT], None).unwrap();
    assert_eq!(metadata.client_id(), CLIENT_ID);
    assert_eq!(
        document(&metadata),
        json!({
            "client_id": CLIENT_ID,
            "application_type": "web",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "atproto blob:*/*",
            "redirect_uris": [REDIRECT],
            "dpop_bound_access_tokens": true,
            "token_endpoint_auth_method": "none",
        })
    );
}

/// CM-11, CM-12, CM-13: a confidential client has a key set and ES256.
#[test]
fn confidential_client() {
    let metadata = document(&build("atproto", &[REDIRECT], Some(JWKS)).unwrap());
    assert_eq!(metadata["token_endpoint_auth_method"], "private_key_jwt");
    assert_eq!(metadata["token_endpoint_auth_signing_alg"], "ES256");
    assert_eq!(metadata["jwks_uri"], JWKS);
    assert!(metadata.get("jwks").is_none());
}

/// CM-10, CM-19: nothing is in any document that servers refuse, and no `response_type` or other
/// member outside the registered names.
#[test]
fn never_unknown_members() {
    let known = [
        "client_id",
        "application_type",
        "grant_types",
        "response_types",
        "scope",
        "redirect_uris",
        "dpop_bound_access_tokens",
        "token_endpoint_auth_method",
        "token_endpoint_auth_signing_alg",
        "jwks_uri",
        "client_name",
        "client_uri",
        "logo_uri",
        "tos_uri",
        "policy_uri",
    ];
    let all = ClientMetadata::web(
        CLIENT_ID,
        "atproto",
        vec![REDIRECT.to_owned()],
        Some(JWKS.to_owned()),
        Display {
            client_name: Some("App".into()),
            client_uri: Some("https://app.example.com".into()),
            logo_uri: Some("https://cdn.example.com/logo.png".into()),
            tos_uri: Some("https://www.example.com/terms".into()),
            policy_uri: Some("https://www.example.com/privacy".into()),
        },
    )
    .unwrap();
    let all = document(&all);
    assert_eq!(all.as_object().unwrap().len(), known.len());
    assert!(known.iter().all(|name| all.get(name).is_some()));
}

/// Peers send `response_type`, which servers ignore; then `code` is not declared.
#[test]
fn never_response_type_instead_of_response_types() {
    let metadata = document(&build("atproto", &[REDIRECT], None).unwrap());
    assert_eq!(metadata["response_types"], json!(["code"]));
    assert!(metadata.get("response_type").is_none());
}

/// CM-07: scopes are there, with `atproto`, once each, with single spaces.
#[test]
fn scope_is_a_set_with_atproto() {
    for scope in [
        "atproto",
        "transition:generic atproto",
        "atproto repo:*?action=create",
    ] {
        assert_eq!(
            document(&build(scope, &[REDIRECT], None).unwrap())["scope"],
            scope
        );
    }
    for (scope, why) in [
        ("", "not a list of scopes"),
        (" ", "not a list of scopes"),
        ("atproto ", "not a list of scopes"),
        ("atproto  blob:*/*", "not a list of scopes"),
        ("atproto\tblob:*/*", "not a list of scopes"),
        ("atproto bl\"ob", "not a list of scopes"),
        ("atproto bl\\ob", "not a list of scopes"),
        ("atproto ü", "not a list of scopes"),
        ("blob:*/*", "lack `atproto`"),
        ("atproto2", "lack `atproto`"),
        ("ATPROTO", "lack `atproto`"),
        ("atproto blob:*/* atproto", "declared twice"),
    ] {
        assert_error(
            build(scope, &[REDIRECT], None),
            ErrorKind::Configuration,
            why,
        );
    }
}

/// CM-01: the client id of a deployed application is checked first.
#[test]
fn client_id_is_checked() {
    let made = ClientMetadata::web(
        "http://localhost",
        "atproto",
        vec![REDIRECT.to_owned()],
        None,
        Display::default(),
    );
    assert_error(made, ErrorKind::Configuration, "not https");
}

/// LB-06: the document a server makes up: native, public, nothing to show.
#[test]
fn loopback_client() {
    let redirect = "http://127.0.0.1:3000/oauth/callback".to_owned();
    let metadata = ClientMetadata::loopback(vec![redirect.clone()], "atproto").unwrap();
    assert_eq!(
        document(&metadata),
        json!({
            "client_id": metadata.client_id(),
            "application_type": "native",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "atproto",
            "redirect_uris": [redirect],
            "dpop_bound_access_tokens": true,
            "token_endpoint_auth_method": "none",
        })
    );
    let default = document(&ClientMetadata::loopback(Vec::new(), "atproto").unwrap());
    assert_eq!(default["client_id"], "http://localhost");
    assert_eq!(
        default["redirect_uris"],
        json!(["http://127.0.0.1/", "http://[::1]/"])
    );
}

/// CM-21: a document above 5 KiB is worth a word.
#[test]
fn large_documents_are_warned_about() {
    let with_scopes = |n: usize| {
        let scopes = (0..n).map(|i| format!(" repo:com.example.collection{i:04}"));
        let scope = format!("atproto{}", scopes.collect::<String>());
        build(&scope, &[REDIRECT], None).unwrap()
    };
    assert_eq!(with_scopes(10).size_warning(), None);
    let large = with_scopes(200);
    assert!(large.to_json().len() > SENSIBLE_METADATA_SIZE);
    assert!(
        large
            .size_warning()
            .unwrap()
            .contains("declare fewer scopes")
    );
}
