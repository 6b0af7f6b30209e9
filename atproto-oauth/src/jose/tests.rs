use proptest::prelude::*;

use super::*;

#[test]
fn sha256_is_that_of_fips_180() {
    let hash = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
    assert_eq!(base64url::encode(&sha256(b"abc")), hash);
}

#[test]
fn equal_means_equal() {
    assert!(constant_time_eq(b"", b"") && constant_time_eq(b"abc", b"abc"));
    assert!(!constant_time_eq(b"abc", b"abd") && !constant_time_eq(b"abc", b"ab"));
}

/// DP-02, AR: every token has 256 bits, in base64url.
#[test]
fn tokens_are_43_characters_and_never_the_same() {
    let tokens: std::collections::HashSet<_> = (0..1000).map(|_| random_token().unwrap()).collect();
    assert_eq!(tokens.len(), 1000);
    for token in &tokens {
        assert_eq!(token.len(), 43);
        assert_eq!(base64url::decode(token).unwrap().len(), 32);
    }
    assert_ne!(random::<16>().unwrap(), random::<16>().unwrap());
}

#[test]
fn base64url_has_one_spelling() {
    assert_eq!(base64url::encode(&[0xfb, 0xff]), "-_8");
    assert_eq!(base64url::decode("-_8"), Some(vec![0xfb, 0xff]));
    for bad in ["-_8=", "-_9", "+/8", "-_8\n", " -_8", "-", "-_8.", "é"] {
        assert_eq!(base64url::decode(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn base64url_survives_a_round_trip(bytes: Vec<u8>) {
        let text = base64url::encode(&bytes);
        prop_assert!(text.len() <= base64url::encoded_len(bytes.len()));
        prop_assert_eq!(base64url::decode(&text), Some(bytes));
    }
}
