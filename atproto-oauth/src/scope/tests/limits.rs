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
    assert!(error.to_string().contains("longer than"), "{error}");
    assert!(error.to_string().len() < 500, "{error}");
}

/// What the network sent is shown without control characters.
#[test]
fn errors_show_hostile_text_escaped() {
    let error = "repo:\u{1b}[31m\r\n\u{202e}".parse::<Scope>().unwrap_err();
    let shown = error.to_string();
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
}
