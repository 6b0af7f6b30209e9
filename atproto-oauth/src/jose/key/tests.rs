use super::*;

#[test]
fn a_generated_key_signs_and_its_public_half_verifies() {
    let key = PrivateKey::generate().unwrap();
    let signature = key.sign(b"message").unwrap();
    assert!(key.public().verify(b"message", &signature));
    assert!(!key.public().verify(b"massage", &signature));
}

/// DP-12
#[test]
fn two_generated_keys_differ() {
    let (one, two) = (
        PrivateKey::generate().unwrap(),
        PrivateKey::generate().unwrap(),
    );
    assert_ne!(one.public(), two.public());
    assert_ne!(*one.parts().0, *two.parts().0);
}

/// The layout that `split_generated` relies on, against an independent reader of PKCS#8.
#[test]
fn a_generated_key_is_taken_apart_correctly() {
    let key = PrivateKey::generate().unwrap();
    let (d, x, y) = key.parts();
    let point = SecretKey::from_slice(d.as_slice()).unwrap().public_key();
    assert_eq!(key.public().point(), Some(point));
    assert_eq!((&x, &y), (key.public().x(), key.public().y()));
}

#[test]
fn a_document_of_another_layout_is_refused() {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
    let bytes = document.as_ref();
    assert!(split_generated(bytes).is_some());
    for len in 0..bytes.len() {
        assert!(split_generated(&bytes[..len]).is_none(), "{len}");
    }
    let mut moved = bytes.to_vec();
    moved.insert(0, 0);
    assert!(split_generated(&moved).is_none());
}

#[test]
fn a_key_survives_its_parts() {
    let key = PrivateKey::generate().unwrap();
    let (d, x, y) = key.parts();
    let restored = PrivateKey::from_parts(&d, &x, &y).unwrap();
    assert_eq!(restored.public(), key.public());
    let signature = restored.sign(b"message").unwrap();
    assert!(key.public().verify(b"message", &signature));
}

#[test]
fn a_scalar_out_of_range_is_refused() {
    let (_, x, y) = PrivateKey::generate().unwrap().parts();
    let order = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE";
    let order: [u8; 32] = crate::jose::base64url::decode(order)
        .unwrap()
        .try_into()
        .unwrap();
    for d in [[0; 32], [0xff; 32], order] {
        let error = PrivateKey::from_parts(&d, &x, &y).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionStoreFailed);
    }
}

/// The check that `from_parts` leaves to the first signature.
#[test]
fn parts_that_do_not_belong_together_never_sign() {
    let (d, ..) = PrivateKey::generate().unwrap().parts();
    let (_, x, y) = PrivateKey::generate().unwrap().parts();
    for (x, y) in [(x, y), ([1; 32], [2; 32])] {
        let key = PrivateKey::from_parts(&d, &x, &y).unwrap();
        for _ in 0..2 {
            let error = key.sign(b"message").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SessionStoreFailed);
        }
    }
}

#[test]
fn the_signer_is_made_once_and_only_when_needed() {
    let key = PrivateKey::generate().unwrap();
    assert!(key.signer.get().is_none());
    key.sign(b"message").unwrap();
    let first: *const _ = key.signer.get().unwrap();
    key.sign(b"message").unwrap();
    assert_eq!(first, std::ptr::from_ref(key.signer.get().unwrap()));
}

#[test]
fn a_key_signs_from_many_threads() {
    let key = PrivateKey::generate().unwrap();
    std::thread::scope(|scope| {
        for n in 0..8_u8 {
            let key = &key;
            scope.spawn(move || {
                let signature = key.sign(&[n]).unwrap();
                assert!(key.public().verify(&[n], &signature));
            });
        }
    });
}

/// TK-20
#[test]
fn debug_shows_nothing() {
    let key = PrivateKey::generate().unwrap();
    key.sign(b"message").unwrap();
    assert_eq!(
        format!("{key:?} {key:#?}"),
        "PrivateKey(redacted) PrivateKey(redacted)"
    );
}

/// TK-20: what is left of a key in memory when it is dropped is zeros, by its types.
#[test]
fn a_private_key_is_zeroized_when_it_is_dropped() {
    fn is_zeroized<T: zeroize::ZeroizeOnDrop>(_: &T) {}
    let key = PrivateKey::generate().unwrap();
    is_zeroized(&key.d);
    let (d, ..) = key.parts();
    is_zeroized(&d);
    let _: crate::types::SecretText = key.to_pem().unwrap();
}
