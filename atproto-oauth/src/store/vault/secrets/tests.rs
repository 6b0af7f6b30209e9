use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::*;

fn bytes(seed: u8, length: usize) -> Vec<u8> {
    let hash = |n: usize| crate::jose::sha256(&[seed, u8::try_from(n).unwrap()]);
    (0..length.div_ceil(32))
        .flat_map(hash)
        .take(length)
        .collect()
}

fn refusal(text: &str) -> String {
    let error = Secrets::parse(text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.to_string()
}

#[test]
fn every_spelling_of_base64_is_the_same_secret() {
    let secret = bytes(1, 40);
    let one = Secrets::parse(&STANDARD.encode(&secret)).unwrap();
    for text in [STANDARD_NO_PAD.encode(&secret), URL_SAFE.encode(&secret)] {
        let other = Secrets::parse(&format!(" {text}\n")).unwrap();
        assert_eq!(other.keyed_hash("d", b"m"), one.keyed_hash("d", b"m"));
    }
}

/// Fault of the field: an all-zero key was accepted.
#[test]
fn never_a_weak_secret() {
    let encode = |secret: &[u8]| STANDARD.encode(secret);
    let counting: Vec<u8> = (0..64).collect();
    let strides: Vec<u8> = (0..64_u8).map(|n| n.wrapping_mul(7)).collect();
    for (text, part) in [
        (String::new(), "it is empty"),
        (" \n".into(), "it is empty"),
        ("not base64!".into(), "secret 1 is not base64"),
        (encode(&bytes(1, 31)), "secret 1 is shorter than 32 bytes"),
        (
            encode(&bytes(1, 1_025)),
            "secret 1 is longer than 1,024 bytes",
        ),
        (encode(&[0; 32]), "secret 1 is not random"),
        (encode(&[0xa5; 64]), "secret 1 is not random"),
        (encode(&counting), "secret 1 is not random"),
        (encode(&strides), "secret 1 is not random"),
        (
            encode(&b"\xf0\x9f\x01\x88".repeat(16)),
            "secret 1 is not random",
        ),
        (
            encode(b"correct horse battery staple, and then some more"),
            "secret 1 is not random",
        ),
        (
            format!("{} {}", encode(&bytes(1, 32)), encode(&[0; 32])),
            "secret 2 is not random",
        ),
        (
            format!("{0} {0}", encode(&bytes(1, 32))),
            "secret 2 is given twice",
        ),
        (
            (0..9).map(|n| encode(&bytes(n, 32)) + " ").collect(),
            "more than 8 secrets",
        ),
    ] {
        let error = refusal(&text);
        assert!(error.contains(part), "{error}");
        assert!(error.contains("ATPROTO_SECRET") && error.contains("openssl rand -base64 32"));
    }
}

#[test]
fn never_a_secret_in_debug_or_in_an_error() {
    let text = STANDARD.encode(bytes(3, 32));
    assert_eq!(
        format!("{:?}", Secrets::parse(&text).unwrap()),
        "Secrets(1 redacted)"
    );
    let error = refusal(&format!("{text} {text}"));
    assert!(!error.contains(&text[..8]), "{error}");
}

#[test]
fn random_secrets_are_good_ones() {
    for _ in 0..2_000 {
        Secrets::generate().unwrap();
    }
}

#[test]
fn a_keyed_hash_depends_on_everything() {
    let (one, two) = (STANDARD.encode(bytes(1, 32)), STANDARD.encode(bytes(2, 32)));
    let secrets = Secrets::parse(&one).unwrap();
    let other = Secrets::parse(&two).unwrap();
    let all = [
        secrets.keyed_hash("a", b"bc"),
        secrets.keyed_hash("ab", b"c"),
        secrets.keyed_hash("", b"abc"),
        other.keyed_hash("a", b"bc"),
    ];
    assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), all.len());
    assert!(secrets.matches_keyed_hash("a", b"bc", &all[0]));
    assert!(!secrets.matches_keyed_hash("a", b"bc", &all[3]));
    assert!(!secrets.matches_keyed_hash("a", b"bc", &[]));
    // After a rotation the old hashes are still known.
    let rotated = Secrets::parse(&format!("{two} {one}")).unwrap();
    assert!(rotated.matches_keyed_hash("a", b"bc", &all[0]));
    assert_eq!(rotated.keyed_hash("a", b"bc"), all[3]);
}

#[test]
fn the_development_secret_is_made_once_and_private() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join(".atproto");
    let makers: Vec<_> = (0..8)
        .map(|_| {
            let folder = folder.clone();
            std::thread::spawn(move || {
                Secrets::load_or_create(&folder)
                    .unwrap()
                    .keyed_hash("", b"")
            })
        })
        .collect();
    let hashes: HashSet<_> = makers
        .into_iter()
        .map(|maker| maker.join().unwrap())
        .collect();
    assert_eq!(hashes.len(), 1, "all use the one that came first");
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, [".gitignore", "secret"]);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| {
            fs::metadata(folder.join(name))
                .unwrap()
                .permissions()
                .mode()
        };
        assert_eq!(mode("secret") & 0o777, 0o600);
        fs::set_permissions(folder.join("secret"), fs::Permissions::from_mode(0o644)).unwrap();
        Secrets::load_or_create(&folder).unwrap();
        assert_eq!(mode("secret") & 0o777, 0o600, "made private again");
    }
}

#[test]
fn a_spoiled_development_secret_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for content in [&b""[..], b"short", b"\xff\xfe"] {
        fs::write(folder.path().join("secret"), content).unwrap();
        let error = Secrets::load_or_create(folder.path())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("delete it") && error.contains("ATPROTO_SECRET"),
            "{error}"
        );
    }
    let error = Secrets::load_or_create(&folder.path().join("secret/x")).unwrap_err();
    assert!(error.to_string().contains("cannot be made"), "{error}");
}
