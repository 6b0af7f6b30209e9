use serde_json::json;

use super::super::fixtures::{
    CLIENT_ID, DID, answer, assert_error, did, fields, json_answer, refused, server, set, without,
};
use super::*;

mod members;
mod refusals;

fn document() -> Value {
    json!({
        "access_token": "at-1",
        "refresh_token": "rt-1",
        "token_type": "DPoP",
        "expires_in": 3600,
        "scope": "atproto blob:*/*",
        "sub": DID,
    })
}

fn check(document: &Value) -> Result<Tokens, Error> {
    Tokens::check(&json_answer(200, document))
}

fn pairs(form: &Form) -> Vec<(String, String)> {
    let request = form.request("proof", None).unwrap();
    assert_eq!(request.uri(), "https://auth.example.com/oauth/token");
    fields(&request)
}

/// CB-07: exactly these fields, with the redirect URI and the verifier of this flow.
#[test]
fn fields_of_a_code_exchange() {
    let redirect = "https://app.example.com/second/callback";
    let form = code_form(
        &server(),
        CLIENT_ID,
        redirect,
        &"code-1".into(),
        &"verifier-1".into(),
    );
    let expected = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", redirect),
        ("code", "code-1"),
        ("code_verifier", "verifier-1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(pairs(&form), expected);
}

/// A refresh says no more than it has to.
#[test]
fn fields_of_a_refresh() {
    let expected = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("refresh_token", "rt-1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(
        pairs(&refresh_form(&server(), CLIENT_ID, &"rt-1".into())),
        expected
    );
}

/// CB-09, CB-10, CB-11: a good answer, whole.
#[test]
fn good_answer() {
    let tokens = check(&document()).unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "at-1");
    assert_eq!(tokens.refresh_token.unwrap().expose_secret(), "rt-1");
    assert_eq!(tokens.expires_in, Some(Duration::from_hours(1)));
    assert_eq!(tokens.scope, "atproto blob:*/*");
    assert_eq!(tokens.subject, did());
}

/// Scenario 28: exactly 200, JSON, an object.
#[test]
fn only_200_with_json_is_an_answer() {
    let body = document().to_string();
    for status in [201, 202, 203, 204, 206, 302, 400, 500] {
        let result = Tokens::check(&answer(status, "application/json", &body));
        assert_error(result, KIND, &status.to_string());
    }
    for content_type in ["", "text/html", "text/plain"] {
        let result = Tokens::check(&answer(200, content_type, &body));
        assert_error(result, KIND, "not `application/json`");
    }
    for body in [
        "",
        "[]",
        "null",
        "true",
        "<html>",
        r#"{"sub":"a","sub":"b"}"#,
    ] {
        let result = Tokens::check(&answer(200, "application/json", body));
        assert_eq!(result.unwrap_err().kind(), KIND, "{body}");
    }
}

/// CB-09, scenario 28: a token that is not bound to the key is refused, whatever else is right.
#[test]
fn token_type_is_dpop() {
    for good in ["DPoP", "dpop", "DPOP"] {
        assert!(
            check(&set(&document(), "token_type", json!(good))).is_ok(),
            "{good}"
        );
    }
    for bad in [
        json!("Bearer"),
        json!("bearer"),
        json!("DPoP "),
        json!("dpop-bearer"),
        json!(""),
    ]
    .into_iter()
    .chain([json!(null), json!(["DPoP"]), json!(true)])
    {
        assert_error(
            check(&set(&document(), "token_type", bad)),
            KIND,
            "`token_type`",
        );
    }
    assert_error(
        check(&without(&document(), "token_type")),
        KIND,
        "`token_type` is missing",
    );
}

/// CB-10: the scope is there and holds the word `atproto`.
#[test]
fn scope_holds_atproto() {
    for good in [
        "atproto",
        "blob:*/* atproto",
        "transition:generic atproto repo:*",
    ] {
        assert_eq!(
            check(&set(&document(), "scope", json!(good)))
                .unwrap()
                .scope,
            good
        );
    }
    let long = "a".repeat(MAX_TOKEN);
    for bad in [
        json!(""),
        json!("atproto2"),
        json!("xatproto"),
        json!("ATPROTO"),
        json!("atproto,blob:*/*"),
        json!("atproto\tblob:*/*"),
        json!("transition:generic"),
        json!(format!("atproto {long}")),
        json!(["atproto"]),
        json!(null),
    ] {
        assert_error(check(&set(&document(), "scope", bad)), KIND, "`scope`");
    }
    assert_error(
        check(&without(&document(), "scope")),
        KIND,
        "`scope` is missing",
    );
}

/// CB-11: the subject is there and is an account's DID.
#[test]
fn subject_is_an_account() {
    for good in [DID, "did:web:alice.example.com"] {
        assert_eq!(
            check(&set(&document(), "sub", json!(good)))
                .unwrap()
                .subject,
            *good
        );
    }
    for bad in [
        json!("alice.example.com"),
        json!("at://alice.example.com"),
        json!("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"),
        json!("did:web:example.com:u:alice"),
        json!("did:web:example.com%3A8443"),
        json!("did:web:127.0.0.1"),
        json!("did:plc:short"),
        json!("did:plc:EWVI7NXZYOUN6ZHXRHS64OIZ"),
        json!("did:plc:ewvi7nxzyoun6zhxrhs64oiz#frag"),
        json!(" did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
        json!(""),
        json!(null),
        json!(1),
        json!([DID]),
    ] {
        assert_error(check(&set(&document(), "sub", bad)), KIND, "`sub`");
    }
    assert_error(
        check(&without(&document(), "sub")),
        KIND,
        "`sub` is missing",
    );
}

/// ID-17, TK-05: the subject of an answer, first or refreshed, is the server's word; the caller can see
/// that it is another account.
#[test]
fn never_the_subject_that_was_expected() {
    let other = set(
        &document(),
        "sub",
        json!("did:plc:ragtjsm2j2vknwkz3zp4oxrd"),
    );
    assert_ne!(check(&other).unwrap().subject, did());
}

/// CB-16: what we do not know is ignored, an identity token too.
#[test]
fn the_rest_is_ignored() {
    let mut document = document();
    for (name, value) in [
        ("foo", json!(1)),
        ("id_token", json!("eyJhbGciOiJub25lIn0.e30.")),
        ("aud", json!(["x"])),
        ("token_endpoint", json!("https://evil.example.net")),
    ] {
        document[name] = value;
    }
    assert!(check(&document).is_ok());
}

/// Scenario 54: `Debug` shows no token.
#[test]
fn never_shows_tokens() {
    let response = json_answer(200, &document());
    let tokens = Tokens::check(&response).unwrap();
    let shown = format!("{:?} {tokens:?}", Received::of(&response));
    assert!(
        !shown.contains("at-1") && !shown.contains("rt-1"),
        "{shown}"
    );
}
