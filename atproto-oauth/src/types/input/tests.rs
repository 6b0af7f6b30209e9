use super::*;

/// ID-04
#[test]
fn everything_that_cannot_be_seen_is_dropped() {
    for (text, clean) in [
        ("alice.example.com", "alice.example.com"),
        (" \t@alice.example.com\r\n", "alice.example.com"),
        ("@@ alice.example.com", "alice.example.com"),
        ("＠alice.example.com", "alice.example.com"),
        (
            "\u{feff}@\u{200b}alice\u{ad}.exam\u{2060}ple.com",
            "alice.example.com",
        ),
        ("\u{202a}@alice.example.com\u{202c}", "alice.example.com"),
        (
            "\u{2066}alice.example.com\u{2069}\u{200f}",
            "alice.example.com",
        ),
        (
            "\u{a0}\u{3000}alice.example.com\u{2009}",
            "alice.example.com",
        ),
        ("alice\u{0}.example\u{7f}.com\u{85}", "alice.example.com"),
        ("alice.example.com\u{fe0f}\u{e0020}", "alice.example.com"),
        ("DID:plc:ABC", "DID:plc:ABC"),
        ("\u{200b}", ""),
        ("@", ""),
        ("", ""),
    ] {
        assert_eq!(clean_input(text).unwrap(), clean, "{text:?}");
    }
}

#[test]
fn what_can_be_seen_stays() {
    for text in [
        "alice example.com",
        "a@b.com",
        "bücher.de",
        "例え.jp",
        "https://pds.example.com/",
    ] {
        assert_eq!(clean_input(text).unwrap(), text);
    }
}

#[test]
fn long_input_is_refused() {
    assert!(clean_input(&"a".repeat(4096)).is_ok());
    let error = clean_input(&"\u{200b}".repeat(4096)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidHandle);
}
