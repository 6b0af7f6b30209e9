use super::*;

fn read(values: &[&str]) -> Vec<(String, Option<String>)> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
    }
    challenges(&headers)
        .into_iter()
        .map(|c| (c.scheme, c.error))
        .collect()
}

fn one(scheme: &str, error: Option<&str>) -> (String, Option<String>) {
    (scheme.to_owned(), error.map(str::to_owned))
}

/// DP-09: several challenges in one header or in several, any case, space around `=`, commas and
/// escapes in quotes, values without quotes.
#[test]
fn challenges_are_read() {
    let nonce = || one("dpop", Some("use_dpop_nonce"));
    for (values, expected) in [
        (&[r#"DPoP error="use_dpop_nonce""#][..], vec![nonce()]),
        (&[r#"dpop ERROR="use_dpop_nonce""#], vec![nonce()]),
        (&["DPoP error=use_dpop_nonce"], vec![nonce()]),
        (&[r#"DPoP error = "use_dpop_nonce""#], vec![nonce()]),
        (
            &[r#"DPoP algs="ES256", error = "use_dpop_nonce""#],
            vec![nonce()],
        ),
        (
            &[r#"DPoP algs="ES256 RS256",error="use_dpop_nonce""#],
            vec![nonce()],
        ),
        (&["DPoP\terror=\"use_dpop_nonce\""], vec![nonce()]),
        (&[r#"DPoP error="use\_dpop\_nonce""#], vec![nonce()]),
        (
            &[r#"Bearer realm="a, b", dPoP algs="ES256", ERROR = "invalid_token""#],
            vec![one("bearer", None), one("dpop", Some("invalid_token"))],
        ),
        (
            &["Basic", r#"DPoP error="use_dpop_nonce""#],
            vec![one("basic", None), nonce()],
        ),
        (
            &[r#"Basic realm="x", Negotiate abc==, DPoP error="use_dpop_nonce", Bearer"#],
            vec![
                one("basic", None),
                one("negotiate", None),
                nonce(),
                one("bearer", None),
            ],
        ),
        (
            &[r#"Bearer realm="say \"DPoP error=x\", ok", error="invalid_token""#],
            vec![one("bearer", Some("invalid_token"))],
        ),
        (
            &[r#"error="x""#, ",,", "", r#"Bearer ""#],
            vec![one("bearer", None)],
        ),
        (
            &[r#"Bearer error_description="error=\"invalid_token\"""#],
            vec![one("bearer", None)],
        ),
        (&[], vec![]),
    ] {
        assert_eq!(read(values), expected, "{values:?}");
    }
}

/// DP-14: the description comes along.
#[test]
fn descriptions_are_read() {
    let mut headers = HeaderMap::new();
    let value = r#"DPoP error="invalid_dpop_proof", error_description="\"iat\" is old, sorry""#;
    headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
    let read = challenges(&headers);
    assert_eq!(
        read[0].description.as_deref(),
        Some(r#""iat" is old, sorry"#)
    );
}

/// A server cannot make us read without end.
#[test]
fn the_number_is_bounded() {
    assert_eq!(
        read(&["Basic, ".repeat(1_000).as_str()]).len(),
        MAX_CHALLENGES
    );
    assert_eq!(read(&["Basic"; 100]).len(), MAX_CHALLENGES);
}
