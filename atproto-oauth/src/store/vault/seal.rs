//! Sealing: encryption of rows, bound to their place in the store.

use std::fmt;

use bytes::Bytes;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::jose::random;
use crate::store::{RowKey, Secrets, StoreError};
use crate::types::Timestamp;

/// Seals rows with XChaCha20-Poly1305, whose random nonces may repeat for practically no number of
/// rows.
///
/// A sealed value is a format byte, 4 bytes that name the secret, the nonce (24), the ciphertext and
/// its tag (16). Authenticated with it, though not stored in it: the client id and everything the
/// store keeps beside the value, so a row that was moved, relabelled, rolled back under a newer
/// version, or copied from another application does not open. There is no unsealed form.
pub struct Sealer {
    ciphers: Vec<([u8; 4], XChaCha20Poly1305)>,
    client_id: String,
}

/// Where a value belongs.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// The row's name.
    pub key: &'a RowKey,
    /// The row's version.
    pub version: u64,
    /// The row's group.
    pub group: &'a str,
    /// When the row expires.
    pub expires_at: Option<Timestamp>,
}

const FORMAT: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;

impl Sealer {
    /// For the rows of one client.
    #[must_use]
    pub fn new(secrets: &Secrets, client_id: &str) -> Self {
        let cipher = |rows: &[u8; 32]| XChaCha20Poly1305::new(rows.into());
        let ciphers = secrets
            .keys()
            .iter()
            .map(|keys| (keys.id, cipher(&keys.rows)));
        Self {
            ciphers: ciphers.collect(),
            client_id: client_id.into(),
        }
    }

    /// Seals `plain` with the first secret.
    ///
    /// # Errors
    /// [`StoreError::down`] when the operating system has no random bytes.
    pub fn seal(&self, label: Label<'_>, plain: &[u8]) -> Result<Bytes, StoreError> {
        let failed = || StoreError::failed("a record could not be sealed");
        let (id, cipher) = self.ciphers.first().ok_or_else(failed)?;
        let nonce = random::<NONCE>()
            .map_err(|error| StoreError::down("a record could not be sealed").with_source(error))?;
        let mut sealed = Vec::with_capacity(1 + id.len() + NONCE + plain.len() + TAG);
        sealed.push(FORMAT);
        sealed.extend_from_slice(id);
        sealed.extend_from_slice(&nonce);
        let start = sealed.len();
        sealed.extend_from_slice(plain);
        let text = sealed.get_mut(start..).ok_or_else(failed)?;
        let tag = cipher
            .encrypt_inout_detached(&XNonce::from(nonce), &self.context(label), text.into())
            .map_err(|_| failed())?;
        sealed.extend_from_slice(&tag);
        Ok(sealed.into())
    }

    /// Whether the name in `sealed` is that of the first secret, with which everything new is sealed.
    /// The name is not authenticated; only [`open`](Self::open) proves anything.
    #[must_use]
    pub fn is_newest(&self, sealed: &[u8]) -> bool {
        let first = self.ciphers.first().map(|(id, _)| id);
        split(sealed).is_some_and(|envelope| Some(envelope.key_id) == first)
    }

    /// Opens what [`seal`](Self::seal) made for the same label, with whichever secret it was.
    ///
    /// # Errors
    /// [`StoreError::unknown`] for what another secret or a later version sealed, [`StoreError::unreadable`] for
    /// anything else.
    pub fn open(&self, label: Label<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let envelope = split(sealed).ok_or_else(|| match sealed.first() {
            Some(format) if *format > FORMAT => StoreError::unknown(
                "a stored row is sealed in a way that this version does not know; run the version that wrote it",
            ),
            _ => StoreError::unreadable("a stored row is not a sealed one; it is not used"),
        })?;
        let context = self.context(label);
        let mut known = false;
        for (id, cipher) in &self.ciphers {
            if id != envelope.key_id {
                continue;
            }
            known = true;
            let mut plain = Zeroizing::new(envelope.text.to_vec());
            let (nonce, tag) = (XNonce::from(*envelope.nonce), Tag::from(*envelope.tag));
            let text = plain.as_mut_slice().into();
            if cipher
                .decrypt_inout_detached(&nonce, &context, text, &tag)
                .is_ok()
            {
                return Ok(plain);
            }
        }
        Err(if known {
            StoreError::unreadable("a stored row was changed or moved; it is not used")
        } else {
            StoreError::unknown(
                "a stored row was sealed with a secret that is not here; put that secret back at the end of \
                 `ATPROTO_SECRET`, or sign in again",
            )
        })
    }

    /// All that the value is bound to, unambiguously: every part with its length.
    fn context(&self, label: Label<'_>) -> Vec<u8> {
        let expiry = label.expires_at.map_or([0; 9], |Timestamp(seconds)| {
            let mut expiry = [1; 9];
            let (_, end) = expiry.split_at_mut(1);
            end.copy_from_slice(&seconds.to_be_bytes());
            expiry
        });
        let parts: [&[u8]; 7] = [
            b"atproto-oauth row v1",
            self.client_id.as_bytes(),
            &[label.key.kind.tag()],
            label.key.id.as_bytes(),
            &label.version.to_be_bytes(),
            label.group.as_bytes(),
            &expiry,
        ];
        let mut context = Vec::with_capacity(512);
        for part in parts {
            context.extend_from_slice(&(part.len() as u64).to_be_bytes());
            context.extend_from_slice(part);
        }
        context
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} secrets redacted)", self.ciphers.len())
    }
}

struct Envelope<'a> {
    key_id: &'a [u8; 4],
    nonce: &'a [u8; NONCE],
    text: &'a [u8],
    tag: &'a [u8; TAG],
}

fn split(sealed: &[u8]) -> Option<Envelope<'_>> {
    let (format, rest) = sealed.split_first()?;
    let (key_id, rest) = rest.split_first_chunk()?;
    let (nonce, rest) = rest.split_first_chunk()?;
    let (text, tag) = rest.split_last_chunk()?;
    (*format == FORMAT).then_some(Envelope {
        key_id,
        nonce,
        text,
        tag,
    })
}

#[cfg(test)]
mod tests;
