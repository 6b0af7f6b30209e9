//! Private keys.

use std::fmt;
use std::sync::OnceLock;

use p256::SecretKey;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use zeroize::Zeroizing;

use super::PublicKey;
use super::random::no_randomness;
use crate::error::{Error, ErrorKind};

#[cfg(test)]
mod tests;

/// A P-256 private key. `Debug` shows nothing of it, and its scalar is wiped when it is dropped (the
/// signing backend keeps a form of its own, which it does not wipe).
///
/// What it is for is said by `DpopKey` and [`ClientKey`](super::ClientKey), which
/// cannot stand in for each other.
pub struct PrivateKey {
    d: Zeroizing<[u8; 32]>,
    public: PublicKey,
    // Importing costs as much as signing, so it is done once, at the first signature.
    signer: OnceLock<Option<EcdsaKeyPair>>,
}

impl PrivateKey {
    /// A new key.
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` when the operating system has no random bytes.
    pub fn generate() -> Result<Self, Error> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document =
            EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).map_err(no_randomness)?;
        let (d, x, y) = split_generated(document.as_ref()).ok_or_else(damaged)?;
        Ok(Self::new(d, PublicKey { x, y }))
    }

    internal! {
        /// Restores a key from what [`parts`](Self::parts) gave.
        ///
        /// Only the range of `d` is checked here; that the point belongs to it is found at the first
        /// signature. So this is for the library's own sealed records, never for a key from elsewhere.
        ///
        /// # Errors
        ///
        /// `session_store_failed` when `d` is zero or not below the order of the curve.
        pub fn from_parts(d: &[u8; 32], x: &[u8; 32], y: &[u8; 32]) -> Result<Self, Error> {
            SecretKey::from_slice(d).map_err(|_| damaged())?;
            let public = PublicKey { x: *x, y: *y };
            Ok(Self::new(Zeroizing::new(*d), public))
        }
    }

    internal! {
        /// The scalar and the two coordinates, big-endian: all there is to store.
        #[must_use]
        pub fn parts(&self) -> (Zeroizing<[u8; 32]>, [u8; 32], [u8; 32]) {
            (self.d.clone(), self.public.x, self.public.y)
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    internal! {
        /// The ES256 signature of `message`: r and s, 64 bytes (RFC 7518 section 3.4).
        ///
        /// # Errors
        ///
        /// `temporarily_unavailable` without random bytes, `session_store_failed` when a restored key
        /// turns out to be damaged.
        pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], Error> {
            let random = SystemRandom::new();
            let signer = self.signer.get_or_init(|| {
                EcdsaKeyPair::from_private_key_and_public_key(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    self.d.as_slice(),
                    &self.public.uncompressed(),
                    &random,
                )
                .ok()
            });
            let signature = signer
                .as_ref()
                .ok_or_else(damaged)?
                .sign(&random, message)
                .map_err(no_randomness)?;
            signature.as_ref().try_into().map_err(|_| damaged())
        }
    }

    /// A key whose halves are known to belong together.
    pub(super) fn new(d: Zeroizing<[u8; 32]>, public: PublicKey) -> Self {
        Self {
            d,
            public,
            signer: OnceLock::new(),
        }
    }

    /// The scalar, for export.
    pub(super) fn secret(&self) -> Result<SecretKey, Error> {
        SecretKey::from_slice(self.d.as_slice()).map_err(|_| damaged())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(redacted)")
    }
}

type Parts = (Zeroizing<[u8; 32]>, [u8; 32], [u8; 32]);

/// Takes a generated PKCS#8 document apart. Its layout is fixed: 36 bytes of headers, the scalar, the
/// headers of the public key, the two coordinates.
fn split_generated(document: &[u8]) -> Option<Parts> {
    const PUBLIC_KEY: [u8; 6] = [0xa1, 0x44, 0x03, 0x42, 0x00, 0x04];
    let (_, rest) = document.split_at_checked(36)?;
    let (d, rest) = rest.split_first_chunk::<32>()?;
    let (header, rest) = rest.split_first_chunk::<6>()?;
    let (x, y) = rest.split_first_chunk::<32>()?;
    (*header == PUBLIC_KEY).then_some((Zeroizing::new(*d), *x, y.try_into().ok()?))
}

fn damaged() -> Error {
    Error::new(
        ErrorKind::SessionStoreFailed,
        "a stored key is damaged; sign in again",
    )
}
