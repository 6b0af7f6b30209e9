use proptest::prelude::*;

use super::*;
use crate::store::Kind;

fn secrets(seed: u8) -> String {
    crate::jose::base64url::encode(&crate::jose::sha256(&[seed]))
}

fn sealer(secrets: &str) -> Sealer {
    Sealer::new(
        &Secrets::parse(secrets).unwrap(),
        "https://app.example/client.json",
    )
}

fn key(id: &str) -> RowKey {
    RowKey {
        kind: Kind::Session,
        id: id.into(),
    }
}

fn label(key: &RowKey) -> Label<'_> {
    Label {
        key,
        version: 3,
        group: "did:plc:a",
        expires_at: Some(Timestamp(7)),
    }
}

#[test]
fn what_is_sealed_opens_and_never_shows() {
    let (sealer, key) = (sealer(&secrets(1)), key("a"));
    for plain in [&b""[..], b"a token", &[0; 5_000]] {
        let row = sealer.seal(label(&key), plain).unwrap();
        assert_eq!(row.len(), plain.len() + 45);
        assert_eq!(*sealer.open(label(&key), &row).unwrap(), plain);
        let again = sealer.seal(label(&key), plain).unwrap();
        assert_ne!(row, again, "a new nonce every time");
        assert!(plain.is_empty() || !row.windows(plain.len()).any(|part| part == plain));
    }
}

/// Scenario 49: a row that was moved, relabelled, rolled back, or copied from another application.
#[test]
fn never_opens_anywhere_else() {
    let (ours, key_a, key_b) = (sealer(&secrets(1)), key("a"), key("b"));
    let row = ours.seal(label(&key_a), b"a token").unwrap();
    let pending = RowKey {
        kind: Kind::Pending,
        ..key_a.clone()
    };
    let right = label(&key_a);
    let wrong = [
        Label {
            key: &key_b,
            ..right
        },
        Label {
            key: &pending,
            ..right
        },
        Label {
            version: 2,
            ..right
        },
        Label {
            version: 4,
            ..right
        },
        Label {
            group: "did:plc:b",
            ..right
        },
        Label { group: "", ..right },
        Label {
            expires_at: None,
            ..right
        },
        Label {
            expires_at: Some(Timestamp(8)),
            ..right
        },
    ];
    for label in wrong {
        let error = ours.open(label, &row).unwrap_err();
        assert!(
            error.is_unreadable() && error.to_string().contains("changed or moved"),
            "{error}"
        );
    }
    let other = Sealer::new(
        &Secrets::parse(&secrets(1)).unwrap(),
        "https://app.example/other.json",
    );
    assert!(other.open(right, &row).unwrap_err().is_unreadable());
}

/// The parts of the context cannot run into each other.
#[test]
fn never_opens_with_the_same_bytes_split_otherwise() {
    let sealer = sealer(&secrets(1));
    let (left, right) = (key("ab"), key("a"));
    let none = |key, group| Label {
        key,
        group,
        version: 1,
        expires_at: None,
    };
    let row = sealer.seal(none(&left, "c"), b"x").unwrap();
    assert!(sealer.open(none(&right, "bc"), &row).is_err());
}

#[test]
fn every_secret_opens_and_the_first_seals() {
    let (old, new, key) = (secrets(1), secrets(2), key("a"));
    let row = sealer(&old).seal(label(&key), b"x").unwrap();
    let rotated = sealer(&format!("{new} {old}"));
    assert_eq!(**rotated.open(label(&key), &row).unwrap(), *b"x");
    let resealed = rotated.seal(label(&key), b"y").unwrap();
    assert_eq!(**sealer(&new).open(label(&key), &resealed).unwrap(), *b"y");
    let error = sealer(&new).open(label(&key), &row).unwrap_err();
    assert!(error.is_unreadable(), "{error}");
    assert!(
        error.to_string().contains("put that secret back"),
        "{error}"
    );
}

/// Fault of the field: encryption that silently accepts plaintext rows.
#[test]
fn never_accepts_plain_text() {
    let (sealer, key) = (sealer(&secrets(1)), key("a"));
    for plain in [
        &b""[..],
        &[1],
        b"{\"access_token\":\"plain\"}",
        &[0; 44],
        &[1; 45],
        &[1; 500],
    ] {
        assert!(sealer.open(label(&key), plain).unwrap_err().is_unreadable());
    }
}

#[test]
fn every_changed_bit_is_noticed() {
    let (sealer, key) = (sealer(&secrets(1)), key("a"));
    let row = sealer.seal(label(&key), b"twenty bytes of text").unwrap();
    for bit in 0..row.len() * 8 {
        let mut changed = row.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(sealer.open(label(&key), &changed).is_err(), "bit {bit}");
    }
    for length in 0..row.len() {
        assert!(
            sealer.open(label(&key), &row[..length]).is_err(),
            "length {length}"
        );
    }
    let longer = [&row[..], &[0]].concat();
    assert!(sealer.open(label(&key), &longer).is_err());
}

proptest! {
    #[test]
    fn never_panics_on_anything(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (sealer, key) = (sealer(&secrets(1)), key("a"));
        prop_assert!(sealer.open(label(&key), &bytes).is_err());
    }
}

#[test]
fn never_a_key_in_debug() {
    assert_eq!(
        format!("{:?}", sealer(&secrets(1))),
        "Sealer(1 secrets redacted)"
    );
}
