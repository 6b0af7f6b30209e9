//! Lengths, and what errors show.

use super::super::Scope;

/// The authority of an NSID has at most 253 characters, the whole thus 317.
#[test]
fn sc_05_nsid_length() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}.{label}", "a".repeat(61));
    assert_eq!(longest.len(), 317);
    assert!(format!("repo:{longest}").parse::<Scope>().is_ok());
    let longer = format!("{label}.{label}.{label}.{}.a", "a".repeat(62));
    assert!(format!("repo:{longer}").parse::<Scope>().is_err());
}

#[test]
fn long_permissions_are_refused() {
    let repeat = |n| format!("repo:a.b.c?action=create{}", "&action=create".repeat(n));
    let fits = (Scope::MAX_BYTES - repeat(0).len()) / "&action=create".len();
    assert!(repeat(fits).parse::<Scope>().is_ok());
    let error = repeat(fits + 1).parse::<Scope>().unwrap_err();
    assert!(error.to_string().ends_with(TOO_LONG), "{error}");
    assert!(error.to_string().len() < 500, "{error}");
}

const TOO_LONG: &str =
    "it is longer than 8192 bytes with its special characters percent-encoded; split it";

/// SC-13: the canonical spelling, which may be longer, is a permission too.
#[test]
fn sc_13_the_canonical_spelling_is_never_too_long() {
    let service = |marks| format!("rpc:a.b.c?aud=did:web:x%23{}", "!".repeat(marks));
    let fits = (Scope::MAX_BYTES - service(0).len()) / "%21".len();
    let longest: Scope = service(fits).parse().unwrap();
    assert!(longest.canonical().len() > Scope::MAX_BYTES - 3);
    assert!(longest.canonical().parse::<Scope>().is_ok());
    let error = service(fits + 1).parse::<Scope>().unwrap_err();
    assert!(error.to_string().ends_with(TOO_LONG), "{error}");
}

/// SC-06: 2048 characters, as for accounts.
#[test]
fn sc_06_did_length() {
    let service = |length: usize| format!("rpc:a.b.c?aud=did:m:{}%23s", "x".repeat(length - 6));
    assert!(service(2048).parse::<Scope>().is_ok());
    let error = service(2049).parse::<Scope>().unwrap_err();
    assert!(error.to_string().contains("the `aud` of `rpc`"), "{error}");
}

/// SC-07: each half has at most 127 characters (RFC 6838, section 4.2).
#[test]
fn sc_07_media_type_length() {
    let (fits, longer) = ("a".repeat(127), "a".repeat(128));
    assert!(format!("blob:{fits}/{fits}").parse::<Scope>().is_ok());
    for media in [format!("{longer}/a"), format!("a/{longer}")] {
        let error = format!("blob:{media}").parse::<Scope>().unwrap_err();
        assert!(error.to_string().contains("`blob` takes"), "{error}");
    }
}

/// What the network sent is shown without control characters.
#[test]
fn errors_show_hostile_text_escaped() {
    let error = "repo:\u{1b}[31m\r\n\u{202e}".parse::<Scope>().unwrap_err();
    let shown = error.to_string();
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
}
