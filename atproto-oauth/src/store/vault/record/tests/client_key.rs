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

/// CA-05: a session is pinned to the algorithm, too.
#[test]
fn never_a_key_of_another_algorithm() {
    let runner = &mut proptest::test_runner::TestRunner::deterministic();
    let mut session = session().new_tree(runner).unwrap().current();
    session.auth = ClientAuth::PrivateKeyJwt {
        kid: "the key".into(),
        thumbprint: [4; 32],
    };
    let mut bytes = encoded(&session);
    let mut places = bytes.windows(10).enumerate();
    let place = places.find(|(_, part)| *part == b"\x01\x01\x07the key");
    let (place, _) = place.unwrap();
    let read: SessionRecord = decoded(&session.id(), &bytes).unwrap();
    assert_eq!(read.auth, session.auth);
    bytes[place + 1] = 2;
    let read = decoded::<SessionRecord>(&session.id(), &bytes);
    assert!(read.unwrap_err().is_unreadable());
}
