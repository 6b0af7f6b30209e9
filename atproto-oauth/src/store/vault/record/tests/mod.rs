mod any;
mod client_key;

use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use secrecy::ExposeSecret;

use self::any::{pending, session, time};
use super::*;
use crate::store::Interner;
use crate::types::{Issuer, Origin};

fn encoded<R: Record>(record: &R) -> Vec<u8> {
    let mut out = Writer::new();
    record.encode(&mut out);
    out.into_bytes().to_vec()
}

fn decoded<R: Record>(id: &str, bytes: &[u8]) -> Result<R, StoreError> {
    let interner = Interner::default();
    let mut input = Reader::new(bytes, &interner);
    let record = R::decode(id, &mut input)?;
    input.end().map(|()| record)
}

/// It reads back as itself, exactly, and no shorter or longer form reads at all.
fn goes_round<R: Record>(record: &R) -> R {
    let bytes = encoded(record);
    let read: R = decoded(&record.id(), &bytes).unwrap();
    assert_eq!(read.id(), record.id());
    assert_eq!(read.group(), record.group());
    assert_eq!(read.expires_at(), record.expires_at());
    assert_eq!(encoded(&read), bytes);
    assert!(
        decoded::<R>(&record.id(), &[&bytes[..], &[0]].concat()).is_err(),
        "one byte more"
    );
    for length in 0..bytes.len() {
        assert!(
            decoded::<R>(&record.id(), &bytes[..length]).is_err(),
            "cut at {length}"
        );
    }
    read
}

fn never_panics<R: Record>(bytes: &[u8]) {
    let ids = [
        "",
        "did:web:a.example:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        &"A".repeat(43),
    ];
    for id in ids {
        let _ = decoded::<R>(id, bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_session_goes_round(session in session()) {
        let read = goes_round(&session);
        prop_assert_eq!(read.access_token.expose_secret(), session.access_token.expose_secret());
        prop_assert_eq!(read.dpop_key.public().thumbprint(), session.dpop_key.public().thumbprint());
        prop_assert_eq!((read.did, read.random_id, read.handle), (session.did, session.random_id, session.handle));
        prop_assert_eq!((read.issuer, read.pds), (session.issuer, session.pds));
        prop_assert_eq!((read.requested, read.granted), (session.requested, session.granted));
        prop_assert_eq!(read.expanded, session.expanded);
        prop_assert_eq!((read.auth, read.refreshing), (session.auth, session.refreshing));
        prop_assert_eq!((read.issuer_nonce, read.pds_nonce), (session.issuer_nonce, session.pds_nonce));
        prop_assert_eq!((read.used_at, read.access_expires_at), (session.used_at, session.access_expires_at));
    }

    /// AR-12: everything that the callback needs is in the record.
    #[test]
    fn a_pending_sign_in_goes_round(pending in pending()) {
        let read = goes_round(&pending);
        prop_assert_eq!(read.verifier.expose_secret(), pending.verifier.expose_secret());
        prop_assert_eq!(read.dpop_key.public().thumbprint(), pending.dpop_key.public().thumbprint());
        prop_assert_eq!((read.issuer, read.pds, read.did), (pending.issuer, pending.pds, pending.did));
        prop_assert_eq!((read.redirect_uri, read.scope), (pending.redirect_uri, pending.scope));
        prop_assert_eq!((read.auth, read.binding_hash), (pending.auth, pending.binding_hash));
        prop_assert_eq!((read.return_to, read.app_state), (pending.return_to, pending.app_state));
        prop_assert_eq!((read.created_at, read.replaces), (pending.created_at, pending.replaces));
    }

    #[test]
    fn a_revocation_goes_round(session in session(), now in time(), end in time(), attempts: u32) {
        let mut revocation = RevocationRecord::of(&session, now, end);
        revocation.attempts = attempts;
        let read = goes_round(&revocation);
        prop_assert_eq!(read.id, session.id());
        prop_assert_eq!((read.did, read.issuer, read.attempts), (session.did, session.issuer, attempts));
        prop_assert_eq!(
            read.refresh_token.map(|token| token.expose_secret().to_owned()),
            session.refresh_token.map(|token| token.expose_secret().to_owned())
        );
    }

    #[test]
    fn never_panics_on_arbitrary_bytes(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..600),
        session in session(),
        place in any::<proptest::sample::Index>(),
        byte: u8,
    ) {
        if let Some(format) = bytes.first_mut() {
            *format = 1 + *format % 2;
        }
        let mut changed = encoded(&session);
        let place = place.index(changed.len());
        changed[place] = byte;
        for bytes in [bytes, changed] {
            never_panics::<SessionRecord>(&bytes);
            never_panics::<PendingRecord>(&bytes);
            never_panics::<RevocationRecord>(&bytes);
        }
    }

    /// TK-20.
    #[test]
    fn never_a_secret_in_debug(pending in pending(), mut session in session()) {
        session.access_token = "ACCESSTOKEN".into();
        session.refresh_token = Some("REFRESHTOKEN".into());
        let revocation = RevocationRecord::of(&session, Timestamp(1), Timestamp(2));
        let pending = PendingRecord {
            verifier: "VERIFIERTOKEN".into(),
            app_state: Some("STATETOKEN".into()),
            ..pending
        };
        let shown = format!("{session:?} {pending:?} {revocation:?}");
        prop_assert!(!shown.contains("TOKEN"), "{shown}");
    }
}

/// TK-21: what is read is of the account whose key was asked for; a foreign id is no session.
#[test]
fn the_id_decides_whose_session_it_is() {
    let runner = &mut proptest::test_runner::TestRunner::deterministic();
    let session = session().new_tree(runner).unwrap().current();
    let bytes = encoded(&session);
    for id in [
        "",
        "did:web:a.example",
        "did:web:a.example:short",
        "no-did:aaaa",
        &session.id()[1..],
    ] {
        assert!(
            decoded::<SessionRecord>(id, &bytes)
                .unwrap_err()
                .is_unreadable(),
            "{id}"
        );
    }
}

#[test]
fn equal_strings_are_written_once() {
    let runner = &mut proptest::test_runner::TestRunner::deterministic();
    let mut session = session().new_tree(runner).unwrap().current();
    session.pds = session.issuer.origin().clone();
    session.requested = "atproto repo:app.example.post".into();
    session.granted = Arc::clone(&session.requested);
    let bytes = encoded(&session);
    let count = |text: &str| {
        bytes
            .windows(text.len())
            .filter(|part| *part == text.as_bytes())
            .count()
    };
    assert_eq!(count(session.issuer.as_str()), 1);
    assert_eq!(count(&session.requested), 1);
    assert_eq!(count(session.did.as_str()), 0, "it is in the id");
    let read: SessionRecord = decoded(&session.id(), &bytes).unwrap();
    assert!(Arc::ptr_eq(&read.requested, &read.granted), "and kept once");
}

/// The layout is a promise: rows of earlier versions stay readable.
#[test]
fn the_first_format_is_still_read() {
    let random_id = [9; 32];
    let key = DpopKey::from_parts(&[1; 32], &[2; 32], &[3; 32]).unwrap();
    let session = SessionRecord {
        did: "did:plc:ewvi7nxzyoun6zhxrhs64oiz".parse().unwrap(),
        random_id,
        handle: Some("a.example".parse().unwrap()),
        handle_checked_at: Timestamp(1),
        issuer: Issuer::parse("https://as.example").unwrap(),
        pds: Origin::parse("https://pds.example").unwrap(),
        requested: "atproto".into(),
        granted: "atproto".into(),
        expanded: Vec::new(),
        access_token: "at".into(),
        refresh_token: Some("rt".into()),
        access_expires_at: Some(Timestamp(300)),
        dpop_key: Arc::new(key),
        auth: ClientAuth::PrivateKeyJwt {
            kid: "k".into(),
            thumbprint: [4; 32],
        },
        issuer_nonce: Some("in".into()),
        pds_nonce: None,
        created_at: Timestamp(5),
        refreshed_at: Timestamp(6),
        refreshing: Some(RefreshLease {
            holder: [7; 16],
            deadline: Timestamp(8),
        }),
        used_at: None,
        expires_at: Some(Timestamp(9)),
    };
    let expected = [
        &b"\x01\x01\x09a.example\x01\x12https://as.example\x01\x13https://pds.example"[..],
        b"\x07atproto\x00\x02at\x01\x02rt\x01\xac\x02",
        &[1; 32],
        &[2; 32],
        &[3; 32],
        b"\x01\x01\x01k",
        &[4; 32],
        b"\x01\x02in\x00\x05\x06\x01",
        &[7; 16],
        b"\x08\x00\x01\x09",
    ]
    .concat();
    assert_eq!(encoded(&session), expected);
    let read: SessionRecord = decoded(&session.id(), &expected).unwrap();
    assert_eq!(read.pds, session.pds);
    assert_eq!(read.expanded, []);
}

/// What a set held is mostly part of what was granted, so it costs its place there and no more.
#[test]
fn permission_sets_are_written_in_a_few_bytes() {
    let runner = &mut proptest::test_runner::TestRunner::deterministic();
    let mut session = session().new_tree(runner).unwrap().current();
    session.requested = "atproto include:com.example.authBasic".into();
    session.granted = "repo:com.example.post rpc:com.example.get?aud=* atproto".into();
    session.expanded = Vec::new();
    let without = encoded(&session);
    assert_eq!(without[0], 1, "nothing of it where there are no sets");
    let held = "repo:com.example.post rpc:com.example.get?aud=*";
    session.expanded = vec![Expanded {
        include: "include:com.example.authBasic".into(),
        permissions: held.into(),
    }];
    let with = encoded(&session);
    assert_eq!((with[0], with.len() - without.len()), (2, 7));
    assert_eq!(goes_round(&session).expanded, session.expanded);
    // A later grant does not have it all: then it is written out.
    session.granted = "repo:com.example.post atproto".into();
    assert_eq!(goes_round(&session).expanded, session.expanded);
    session.granted = "".into();
    session.expanded[0].permissions = "".into();
    assert_eq!(goes_round(&session).expanded, session.expanded);
}

/// A place that is not in the text, a flag that is none, no sets or too many.
#[test]
fn sets_that_cannot_have_been_written_are_damaged() {
    let runner = &mut proptest::test_runner::TestRunner::deterministic();
    let mut session = session().new_tree(runner).unwrap().current();
    (session.requested, session.granted) = ("atproto".into(), "atproto".into());
    session.expanded = Vec::new();
    let mut bytes = encoded(&session);
    bytes[0] = 2;
    for sets in [
        &b""[..],
        b"\x00",
        b"\x81\x02",
        b"\x01\x01\x00\x07\x02",
        b"\x01\x01\x00\x07\x01\x00\x08",
        b"\x01\x01\x00\x07\x01\x08\x00",
        b"\x01\x01\x00\x07\x01\xff\xff\xff\xff\x0f\xff\xff\xff\xff\x0f",
        b"\x02\x01\x00\x07\x01\x00\x07",
    ] {
        let read = decoded::<SessionRecord>(&session.id(), &[&bytes, sets].concat());
        assert!(read.unwrap_err().is_unreadable(), "{sets:?}");
    }
    let good = [&bytes, &b"\x01\x01\x00\x07\x01\x00\x07"[..]].concat();
    assert!(decoded::<SessionRecord>(&session.id(), &good).is_ok());
}
