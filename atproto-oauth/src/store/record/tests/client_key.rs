//! What is kept of client keys.

use super::*;

fn record(kid: &str) -> ClientKeyRecord {
    ClientKeyRecord {
        kid: kid.into(),
        thumbprint: [4; 32],
        first_seen: Timestamp(1),
        published_at: Timestamp(2),
        missing_at: Some(Timestamp(3)),
        compromised_at: Some(Timestamp(5)),
        counted_at: Some(Timestamp(6)),
        sessions: Some(7),
    }
}

/// Names may hold anything that a `kid` may, and ids must not.
#[test]
fn a_client_key_goes_round() {
    for kid in ["k", "2026-01", "sch\u{fc}ssel \u{1f511}", &"x".repeat(200)] {
        let all = record(kid);
        assert_eq!(goes_round(&all), all);
        assert!(all.id().bytes().all(|b| b.is_ascii_graphic()), "{kid}");
        let new = ClientKeyRecord::new(kid, [4; 32], Timestamp(1));
        assert_eq!(goes_round(&new), new);
    }
}

/// The row of one key never answers for another.
#[test]
fn never_the_record_of_another_key() {
    let bytes = encoded(&record("a"));
    let other = decoded::<ClientKeyRecord>(&record("b").id(), &bytes);
    assert!(other.unwrap_err().is_unreadable());
}

proptest! {
    #[test]
    fn never_panics_on_what_is_none(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Some(format) = bytes.first_mut() {
            *format = 1;
        }
        never_panics::<ClientKeyRecord>(&bytes);
    }
}
