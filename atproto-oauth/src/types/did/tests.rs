use super::*;
use crate::error::ErrorKind;

const WELL_FORMED: [&str; 30] = [
    "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
    "did:plc:234567abcdefghijklmnopqr",
    "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
    "did:plc:short",
    "did:plc:UPPER",
    "did:web:example.com",
    "did:web:alice.example.co.uk",
    "did:web:xn--bcher-kva.example",
    "did:web:localhost",
    "did:web:localhost%3A1234",
    "did:web:example.com:users:alice",
    "did:web:example.com%3A8443",
    "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    "did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N",
    "did:ion:EiClkZMDxPKqC9c-umQfTkR8vvZ9JPhl_xLDI9Nfk38w5w",
    "did:example:123",
    "did:example:a",
    "did:example:-",
    "did:example:_",
    "did:example:.",
    "did:example:::x",
    "did:example:a:b:c",
    "did:example:a%20b",
    "did:example:a%zzb",
    "did:example:A.B-C_D",
    "did:example:did:example:1",
    "did:m:v",
    "did:onlyletters:0",
    "did:pkh:eip155:1:0xb9c5714089478a327f09197987f16f9e5d936e8a",
    "did:ethr:mainnet:0xb9c5714089478a327f09197987f16f9e5d936e8a",
];

const MALFORMED: [&str; 34] = [
    "",
    "did",
    "did:",
    "did:plc",
    "did:plc:",
    "did::value",
    "did:plc:value:",
    "did:plc:value%",
    "did:example::",
    "did:example:%",
    "DID:plc:ewvi7nxzyoun6zhxrhs64oiz",
    "Did:plc:ewvi7nxzyoun6zhxrhs64oiz",
    "did:PLC:ewvi7nxzyoun6zhxrhs64oiz",
    "did:Web:example.com",
    "did:pl2:value",
    "did:my-method:value",
    "did:example:val/ue",
    "did:example:value/path",
    "did:example:value?query",
    "did:example:value#fragment",
    "did:example:val ue",
    " did:example:value",
    "did:example:value ",
    "did:example:value\n",
    "did:example:val\0ue",
    "did:example:välue",
    "did:example:val@ue",
    "did:example:val+ue",
    "did:example:\u{202e}value",
    "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz",
    "alice.example.com",
    "urn:example:value",
    "diddy:example:value",
    "did:ex_ample:value",
];

/// ID-13
#[test]
fn well_formed_dids_are_kept_exactly() {
    for text in WELL_FORMED {
        let did: Did = text.parse().unwrap_or_else(|_| panic!("{text} refused"));
        assert_eq!(did.as_str(), text);
        assert_eq!(did.to_string(), text);
    }
}

/// ID-13
#[test]
fn malformed_dids_are_refused() {
    for text in MALFORMED {
        let error = text.parse::<Did>().expect_err(text);
        assert_eq!(error.kind(), ErrorKind::InvalidHandle);
    }
}

/// ID-13
#[test]
fn a_did_has_at_most_2048_bytes() {
    let longest = format!("did:example:{}", "a".repeat(2048 - 12));
    assert!(longest.parse::<Did>().is_ok());
    assert!(format!("{longest}a").parse::<Did>().is_err());
}

/// ID-13
#[test]
fn dids_are_case_sensitive() {
    let lower: Did = "did:example:abc".parse().unwrap();
    let upper: Did = "did:example:ABC".parse().unwrap();
    assert_ne!(lower, upper);
    assert_eq!(upper.as_str(), "did:example:ABC");
}

fn kind(text: &str) -> Option<(String, Option<u16>)> {
    let did: Did = text.parse().unwrap();
    match did.kind().ok()? {
        DidMethod::Plc => Some(("plc".into(), None)),
        DidMethod::Web { host, port } => Some((host.into(), port)),
        DidMethod::Unsupported => Some(("unsupported".into(), None)),
    }
}

/// ID-13
#[test]
fn plc_has_24_characters_of_its_alphabet() {
    let plc = Some(("plc".to_owned(), None));
    assert_eq!(kind("did:plc:ewvi7nxzyoun6zhxrhs64oiz"), plc);
    assert_eq!(kind("did:plc:234567abcdefghijklmnopqr"), plc);
    for bad in [
        "did:plc:ewvi7nxzyoun6zhxrhs64oi",
        "did:plc:ewvi7nxzyoun6zhxrhs64oizz",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi1",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi8",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi0",
        "did:plc:EWVI7NXZYOUN6ZHXRHS64OIZ",
        "did:plc:ewvi7nxzyoun6zhxrhs64oi.",
        "did:plc:ewvi7nxzyoun:6zhxrhs64oi",
    ] {
        assert_eq!(kind(bad), None, "{bad}");
    }
}

/// ID-12
#[test]
fn web_is_a_public_host_name_and_nothing_else() {
    for host in [
        "example.com",
        "pds.example.co.uk",
        "xn--bcher-kva.com",
        "a.test",
    ] {
        let expected = Some((host.to_owned(), None));
        assert_eq!(kind(&format!("did:web:{host}")), expected);
    }
    for bad in [
        "x:path",
        "example.com:users:alice",
        "example.com%3A8080",
        "example.com%3A443",
        "example.com%2Fpath",
        "x%2Fy",
        "10.0.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "%5B%3A%3A1%5D",
        "com",
        "intranet",
        "example..com",
        ".example.com",
        "example.com.",
        "-example.com",
        "exa_mple.com",
        "printer.local",
        "db.internal",
        "pds.localhost",
        "hidden.onion",
        "pds.example",
        "pds.invalid",
    ] {
        assert_eq!(kind(&format!("did:web:{bad}")), None, "{bad}");
    }
}

/// ID-12: the exception for development is told apart, so that the caller can refuse it.
#[test]
fn web_on_localhost_shows_its_port() {
    let localhost = |port| Some(("localhost".to_owned(), port));
    assert_eq!(kind("did:web:localhost"), localhost(None));
    assert_eq!(kind("did:web:localhost%3A8080"), localhost(Some(8080)));
    for bad in [
        "%3A",
        "%3A0",
        "%3A080",
        "%3A65536",
        "%3a80",
        "%3A+80",
        "%3A80:x",
        "%3A80%2Fx",
    ] {
        if let Ok(did) = format!("did:web:localhost{bad}").parse::<Did>() {
            assert!(did.kind().is_err(), "{bad}");
        }
    }
}

/// ID-11
#[test]
fn other_methods_are_unsupported_and_not_invalid() {
    for text in [
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2Qt",
        "did:example:1",
        "did:webs:a.com",
    ] {
        assert_eq!(kind(text), Some(("unsupported".into(), None)));
    }
}

#[test]
fn a_did_is_a_string_in_json() {
    let did: Did = "did:web:example.com".parse().unwrap();
    let json = serde_json::to_string(&did).unwrap();
    assert_eq!(json, r#""did:web:example.com""#);
    assert_eq!(serde_json::from_str::<Did>(&json).unwrap(), did);
    assert!(serde_json::from_str::<Did>(r#""alice.example.com""#).is_err());
}
