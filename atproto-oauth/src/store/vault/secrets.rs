//! The application's secrets, and the keys made of them.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::jose::{base64url, constant_time_eq, random};
use crate::store::policy::{MAX_SECRET_BYTES, MAX_SECRETS, MIN_DIFFERENT_BYTES, MIN_SECRET_BYTES};
use crate::store::private_file::{self, publish};

/// The values of `ATPROTO_SECRET`: the first seals and hashes, all of them open, so a secret is
/// replaced by putting the new one in front and removing the old one later.
///
/// Every use has a key of its own, derived with HKDF-SHA-256 (RFC 5869); the secrets themselves are
/// not kept. `Debug` shows how many there are.
#[derive(Clone)]
pub struct Secrets(Arc<[Keys]>);

/// What one secret is good for.
pub(super) struct Keys {
    /// Names the secret in what it sealed; says nothing about it.
    pub(super) id: [u8; 4],
    pub(super) rows: Zeroizing<[u8; 32]>,
    hashes: Zeroizing<[u8; 32]>,
}

impl Secrets {
    /// Reads one or more secrets, separated by white space: each at least 32 random bytes in base64
    /// (either alphabet, padded or not).
    ///
    /// # Errors
    /// `configuration`, when there is none, or one is not base64, too short, too long, given twice, or
    /// visibly not random: all bytes alike, a repeated pattern, readable text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut all: Vec<Keys> = Vec::new();
        for (index, word) in text.split_ascii_whitespace().enumerate() {
            let keys = decode(word).and_then(|secret| Keys::derive(&secret));
            let keys =
                keys.map_err(|problem| refuse(&format!("secret {} {problem}", index + 1)))?;
            // Their names have to tell them apart, too; by chance two are alike once in 2^32 times.
            if all.iter().any(|other| other.id == keys.id) {
                return Err(refuse(&format!("secret {} is given twice", index + 1)));
            }
            all.push(keys);
        }
        match all.len() {
            0 => Err(refuse("it is empty")),
            1..=MAX_SECRETS => Ok(Self(all.into())),
            _ => Err(refuse("it has more than 8 secrets; remove the oldest")),
        }
    }

    /// New secrets that are kept nowhere: what is sealed with them is lost with the process.
    ///
    /// # Errors
    /// `temporarily_unavailable` when the operating system has no random bytes.
    pub fn generate() -> Result<Self, Error> {
        Self::parse(&Self::generate_text()?)
    }

    /// A new secret as `ATPROTO_SECRET` takes it.
    ///
    /// # Errors
    /// As [`generate`](Self::generate).
    pub fn generate_text() -> Result<Zeroizing<String>, Error> {
        let secret = Zeroizing::new(random::<32>()?);
        Ok(Zeroizing::new(base64url::encode(&*secret)))
    }

    /// The secret in the file `secret` of `folder`, made when it is missing. For development: anyone who can
    /// read the folder can read the sessions in it.
    ///
    /// The file is for its owner only and appears whole or not at all; of several processes that start
    /// together, all use the one that came first.
    ///
    /// # Errors
    /// `configuration`, when the file cannot be read or made, or holds something else.
    pub fn load_or_create(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("secret");
        let wrong = |problem: String| {
            let text = format!(
                "`{}` {problem}; delete it to get a new one (all accounts have to sign in \
                 again), or set `ATPROTO_SECRET`",
                path.display()
            );
            Error::new(ErrorKind::Configuration, text)
        };
        if !path.exists() {
            let text = Self::generate_text()?;
            private_file::create_folder(folder)
                .and_then(|()| publish(&path, |file| private_file::write(file, text.as_bytes())))
                .map_err(|error| wrong(format!("cannot be made: {error}")))?;
        }
        private_file::only_for_its_owner(&path)
            .map_err(|error| wrong(format!("cannot be made private: {error}")))?;
        let text = fs::read_to_string(&path).map(Zeroizing::new);
        let text = text.map_err(|error| wrong(format!("cannot be read: {error}")))?;
        Self::parse(&text).map_err(|_| wrong("does not hold a secret".into()))
    }

    /// A keyed hash (HMAC-SHA-256) of `message`, for one purpose: those who see it can neither make
    /// nor check guesses. `domain` names the purpose, so that the hashes of one are worth nothing for
    /// another. It changes with the first secret; compare with
    /// [`matches_keyed_hash`](Self::matches_keyed_hash).
    #[must_use]
    pub fn keyed_hash(&self, domain: &str, message: &[u8]) -> [u8; 32] {
        self.0
            .first()
            .map_or([0; 32], |keys| keys.hash(domain, message))
    }

    /// Whether `hash` is the keyed hash of `message` under any of the secrets, in constant time.
    #[must_use]
    pub fn matches_keyed_hash(&self, domain: &str, message: &[u8], hash: &[u8]) -> bool {
        let matches = |keys: &Keys| constant_time_eq(&keys.hash(domain, message), hash);
        self.0.iter().any(matches)
    }

    pub(super) fn keys(&self) -> &[Keys] {
        &self.0
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} redacted)", self.0.len())
    }
}

impl Keys {
    fn derive(secret: &[u8]) -> Result<Self, &'static str> {
        let root = Hkdf::<Sha256>::new(Some(b"atproto-oauth"), secret);
        let mut keys = Self {
            id: [0; 4],
            rows: Zeroizing::default(),
            hashes: Zeroizing::default(),
        };
        root.expand(b"atproto-oauth row key id v1", &mut keys.id)
            .and_then(|()| root.expand(b"atproto-oauth row v1", &mut *keys.rows))
            .and_then(|()| root.expand(b"atproto-oauth hash v1", &mut *keys.hashes))
            .map_err(|_| "cannot be used")?;
        Ok(keys)
    }

    fn hash(&self, domain: &str, message: &[u8]) -> [u8; 32] {
        let length = (domain.len() as u64).to_be_bytes();
        let all = Zeroizing::new([&length[..], domain.as_bytes(), message].concat());
        // HKDF's first step is HMAC-SHA-256 with the salt as its key.
        let (hash, _) = Hkdf::<Sha256>::extract(Some(&*self.hashes), &all);
        hash.into()
    }
}

fn decode(word: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let url_alphabet = |c| match c {
        '+' => '-',
        '/' => '_',
        other => other,
    };
    let unpadded = word.trim_end_matches('=').chars().map(url_alphabet);
    let text = Zeroizing::new(unpadded.collect::<String>());
    let secret = base64url::decode(&text).map(Zeroizing::new);
    let secret = secret.ok_or("is not base64")?;
    if secret.len() < MIN_SECRET_BYTES {
        return Err("is shorter than 32 bytes");
    }
    if secret.len() > MAX_SECRET_BYTES {
        return Err("is longer than 1,024 bytes");
    }
    // By chance, 32 random bytes are refused here less than once in 10^13 times.
    let readable = secret
        .iter()
        .all(|byte| matches!(byte, b'\t'..=b'\r' | b' '..=b'~'));
    if readable || has_pattern(&secret) {
        return Err("is not random");
    }
    Ok(secret)
}

/// Few different bytes, or one byte after the other.
fn has_pattern(secret: &[u8]) -> bool {
    let mut seen = [false; 256];
    let mut different = 0;
    let mut steps = [0_usize; 256];
    let mut previous = 0_u8;
    for byte in secret {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            different += usize::from(!std::mem::replace(seen, true));
        }
        if let Some(count) = steps.get_mut(usize::from(byte.wrapping_sub(previous))) {
            *count += 1;
        }
        previous = *byte;
    }
    different < MIN_DIFFERENT_BYTES || steps.iter().any(|count| *count > secret.len() / 2)
}

fn refuse(problem: &str) -> Error {
    let text = format!(
        "`ATPROTO_SECRET`: {problem}; give at least 32 random bytes in base64, from \
         `atproto-oauth keygen` or `openssl rand -base64 32`"
    );
    Error::new(ErrorKind::Configuration, text)
}

#[cfg(test)]
mod tests;
