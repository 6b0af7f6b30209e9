use secrecy::ExposeSecret;

use super::super::fixtures::{ISSUER, assert_error, issuer};
use super::*;

const KIND: ErrorKind = ErrorKind::InvalidCallbackRequest;
const ISS: &str = "iss=https%3A%2F%2Fauth.example.com";

fn parse(query: &str) -> Callback {
    Callback::parse(query).unwrap()
}

fn code(callback: &Callback) -> &str {
    match &callback.outcome {
        Outcome::Code(code) => code.expose_secret(),
        Outcome::Refused { .. } => panic!("{callback:?}"),
    }
}

/// CB-01, CB-16: a code, decoded once; parameters we do not know are ignored.
#[test]
fn codes_are_read() {
    let callback = parse(&format!(
        "{ISS}&state=s-1_Z&code=cod-a%2Bb+c&session_state=x&error_uri=y"
    ));
    assert_eq!(callback.state, "s-1_Z");
    assert_eq!(callback.iss.as_deref(), Some(ISSUER));
    assert_eq!(code(&callback), "cod-a+b c");
    assert!(callback.check_issuer(&issuer()).is_ok());
}

/// CB-06: a refusal, with and without words.
#[test]
fn refusals_are_read() {
    for (query, said) in [
        ("state=s&error=access_denied", None),
        (
            "state=s&error=access_denied&error_description=No+way",
            Some("No way"),
        ),
    ] {
        let Outcome::Refused { error, description } = parse(query).outcome else {
            panic!("{query}");
        };
        assert_eq!(
            (error.as_str(), description.as_deref()),
            ("access_denied", said)
        );
    }
}

/// CB-05, RU-07, CB-01, scenario 21: doubled, missing, contradictory, too long, or another form.
#[test]
fn malformed_callbacks_are_refused() {
    for (query, why) in [
        ("code=a&code=b&state=s", "given twice"),
        ("code=a&code=a&state=s", "given twice"),
        ("code=a&state=s&state=t", "given twice"),
        ("code=a&state=s&st%61te=t", "given twice"),
        ("code=a&state=s&iss=x&iss=x", "given twice"),
        ("error=a&error=b&state=s", "given twice"),
        (
            "error=a&state=s&error_description=x&error_description=y",
            "given twice",
        ),
        ("code=a&state=s&other=1&other=2", "given twice"),
        ("code=a&error=b&state=s", "both `code` and `error`"),
        ("code=&error=b&state=s", "both `code` and `error`"),
        ("state=s&code=", "`code` is missing"),
        ("state=s", "`code` is missing"),
        ("state=s&code[]=a", "`code` is missing"),
        ("code=a", "`state` is missing"),
        ("code=a&state=", "`state` is missing"),
        ("code=a&state", "`state` is missing"),
        ("error=access_denied", "`state` is missing"),
        ("state=s&code=a&response=eyJ.a.b", "`response`"),
        ("response=eyJ.a.b", "`response`"),
        ("", "`state` is missing"),
        ("?state=s&code=a", "`state` is missing"),
    ] {
        assert_error(Callback::parse(query), KIND, why);
    }
    let long = format!("state=s&code={}", "c".repeat(100_000));
    assert_error(Callback::parse(&long), KIND, "too long");
}

/// Scenario 19: a `state` that cannot be ours reaches no store, and the answer does not depend on it.
#[test]
fn foreign_states_are_refused() {
    let said = |state: &str| {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("state", state)
            .append_pair("code", "a")
            .finish();
        Callback::parse(&query).unwrap_err().to_string()
    };
    let expected = said("");
    for state in [
        "s'; DROP TABLE pending; --",
        "*",
        "a:b",
        "a\r\nDEL b",
        "a\0b",
        "ü",
        "a b",
        "a/../b",
        &"s".repeat(129),
    ] {
        assert_eq!(said(state), expected, "{state}");
    }
    assert!(Callback::parse(&format!("code=a&state={}", "s".repeat(43))).is_ok());
}

/// CB-03, CB-04, scenarios 15, 16 and 17: `iss` is required and compared byte for byte, for codes and
/// refusals alike.
#[test]
fn never_an_optional_iss() {
    for outcome in [
        "code=a",
        "error=access_denied",
        "error=access_denied&error_description=x",
    ] {
        let check = |iss: &str| {
            let callback = parse(&format!("state=s&{outcome}{iss}"));
            callback.check_issuer(&issuer())
        };
        assert!(check(&format!("&{ISS}")).is_ok());
        for bad in [
            "",
            "&iss",
            "&iss=",
            "&iss=null",
            "&iss=https%3A%2F%2Fauth.example.com%2F",
            "&iss=https%3A%2F%2FAUTH.example.com",
            "&iss=https%3A%2F%2Fauth.example.com%3A443",
            "&iss=http%3A%2F%2Fauth.example.com",
            "&iss=https%3A%2F%2Fevil.example.net",
            "&iss=https%3A%2F%2Fauth.example.com%00",
            "&iss=+https%3A%2F%2Fauth.example.com",
            "&issuer=https%3A%2F%2Fauth.example.com",
        ] {
            assert_error(
                check(bad),
                ErrorKind::IssuerMismatch,
                "server that was asked",
            );
        }
    }
}

/// CB-06, scenario 24: each refusal has its kind, and says what to do.
#[test]
fn refusals_have_a_kind() {
    for (error, description, kind) in [
        ("access_denied", None, ErrorKind::AccessDenied),
        (
            "access_denied",
            Some("The user said no"),
            ErrorKind::AccessDenied,
        ),
        ("access_denied", Some("This request has expired"), KIND),
        ("server_error", None, ErrorKind::TemporarilyUnavailable),
        (
            "temporarily_unavailable",
            None,
            ErrorKind::TemporarilyUnavailable,
        ),
        ("login_required", None, ErrorKind::AuthorizationUrlFailed),
        (
            "consent_required",
            Some("x"),
            ErrorKind::AuthorizationUrlFailed,
        ),
        (
            "invalid_request",
            Some("Unknown request_uri"),
            ErrorKind::AuthorizationUrlFailed,
        ),
        ("", None, ErrorKind::AuthorizationUrlFailed),
    ] {
        assert_error(Err::<(), _>(refusal(error, description)), kind, "; ");
    }
    assert!(
        refusal("login_required", None)
            .to_string()
            .contains("prompt=none")
    );
}

/// Scenario 27: what the server says stays out of the sentence, is short, and has no control characters.
#[test]
fn descriptions_are_untrusted() {
    let nasty = format!(
        "<script>alert(1)</script>\r\nX: y\u{1b}[2J{}",
        "A".repeat(5_000)
    );
    let error = refusal("access_denied\n", Some(&nasty));
    assert!(!error.to_string().contains("script"));
    let said = error.server_said().unwrap();
    assert!(said.chars().count() <= 300 && !said.contains(char::is_control));
    assert_eq!(
        refusal(&nasty, None).kind(),
        ErrorKind::AuthorizationUrlFailed
    );
}

/// A refused callback does not repeat what it was given.
#[test]
fn never_echoes_a_parameter() {
    for query in [
        "<b>=1&<b>=2&state=s",
        "state=<b>&code=<b>",
        "state=s&code=a&<b>=1&<b>=1",
    ] {
        let error = Callback::parse(query).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("<b>"), "{query}");
    }
}

/// Scenario 54: `Debug` shows neither state nor code.
#[test]
fn never_shows_state_or_code() {
    let shown = format!(
        "{:?}",
        parse(&format!("state=sss-secret&code=ccc-secret&{ISS}"))
    );
    assert!(
        shown.contains(ISSUER) && !shown.contains("-secret"),
        "{shown}"
    );
}
