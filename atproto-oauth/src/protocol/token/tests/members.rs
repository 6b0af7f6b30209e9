//! Tokens and their lifetime.

use super::*;

/// Scenario 28: tokens that cannot be sent in a header, or are too long to keep, are refused.
#[test]
fn tokens_are_visible_characters() {
    for name in ["access_token", "refresh_token"] {
        for bad in [
            "a b",
            "a\r\nb",
            "a\0b",
            "ü",
            "a\u{7f}",
            &"t".repeat(MAX_TOKEN + 1),
        ] {
            let result = check(&set(&document(), name, json!(bad)));
            assert_error(result, KIND, &format!("`{name}` is not a token"));
        }
        for bad in [json!(1), json!(["x"]), json!({})] {
            assert_error(check(&set(&document(), name, bad)), KIND, name);
        }
    }
    for bad in [json!(""), json!(null)] {
        let result = check(&set(&document(), "access_token", bad));
        assert_error(result, KIND, "`access_token` is missing");
    }
}

/// CB-17: tokens are opaque, and so never taken apart.
#[test]
fn never_parses_tokens() {
    for token in [
        "x",
        "not.a.jwt",
        "eyJhbGciOiJub25lIn0..",
        "~!#$%&'()*+,-./:;<=>?@[]^_`{|}\"\\",
    ] {
        let tokens = check(&set(&document(), "access_token", json!(token))).unwrap();
        assert_eq!(tokens.access_token.expose_secret(), token);
    }
    let longest = "t".repeat(MAX_TOKEN);
    assert!(check(&set(&document(), "access_token", json!(longest))).is_ok());
}

/// TK-11: optional; zero or less is expired; absurd values are capped; what is no number is refused.
#[test]
fn lifetimes() {
    let life = |value: Value| {
        check(&set(&document(), "expires_in", value))
            .unwrap()
            .expires_in
    };
    for (value, seconds) in [
        (json!(1), 1),
        (json!(3600), 3_600),
        (json!(3600.0), 3_600),
        (json!(1.9), 1),
        (json!(0), 0),
        (json!(-1), 0),
        (json!(-0.5), 0),
        (json!(i64::MIN), 0),
        (json!(-1e300), 0),
        (json!(1_u64 << 63), MAX_TOKEN_LIFETIME.as_secs()),
        (json!(u64::MAX), MAX_TOKEN_LIFETIME.as_secs()),
        (json!(1e300), MAX_TOKEN_LIFETIME.as_secs()),
    ] {
        assert_eq!(
            life(value.clone()),
            Some(Duration::from_secs(seconds)),
            "{value}"
        );
    }
    assert_eq!(life(json!(null)), None);
    assert_eq!(
        check(&without(&document(), "expires_in"))
            .unwrap()
            .expires_in,
        None
    );
    for bad in [
        json!("3600"),
        json!("soon"),
        json!([3600]),
        json!({}),
        json!(true),
    ] {
        let result = check(&set(&document(), "expires_in", bad));
        assert_error(result, KIND, "`expires_in` is not a number");
    }
}

/// TK-04: an answer without a refresh token is good; it says nothing about the one we have.
#[test]
fn refresh_token_may_be_missing() {
    for changed in [
        without(&document(), "refresh_token"),
        set(&document(), "refresh_token", json!(null)),
        set(&document(), "refresh_token", json!("")),
    ] {
        assert!(check(&changed).unwrap().refresh_token.is_none());
    }
}
