//! The binary form of records: only what is needed is written, and every read is bounds-checked.
//!
//! Numbers are LEB128 (seven bits per byte, low first, the shortest form only); bytes and texts carry
//! their length as such a number; an option is a byte 0 or 1 before its value; fixed arrays stand as
//! they are. Every record begins with a byte that names its format.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::store::StoreError;
use crate::store::vault::interner::Interner;
use crate::types::{Issuer, Origin, Timestamp};

/// Builds the bytes of a record. They hold secrets and are wiped, also when the buffer grows.
#[derive(Default)]
pub struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    /// An empty record.
    #[must_use]
    pub fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(2_048)))
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.array(&[byte]);
    }

    /// A yes or no.
    pub fn flag(&mut self, flag: bool) {
        self.byte(flag.into());
    }

    /// A number.
    pub fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.byte(low_byte(number) | 0x80);
            number >>= 7;
        }
        self.byte(low_byte(number));
    }

    /// A moment.
    pub fn time(&mut self, time: Timestamp) {
        self.number(time.0);
    }

    /// Bytes whose number the reader knows.
    pub fn array(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut grown = Zeroizing::new(Vec::with_capacity(needed * 2));
            grown.extend_from_slice(&self.0);
            // This drops the old buffer, which wipes it; `Vec` growing by itself would not.
            self.0 = grown;
        }
        self.0.extend_from_slice(bytes);
    }

    /// Any bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.array(bytes);
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// A secret text.
    pub fn secret(&mut self, text: &SecretString) {
        self.text(text.expose_secret());
    }

    /// Perhaps a value.
    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} bytes)", self.0.len())
    }
}

fn low_byte(number: u64) -> u8 {
    number.to_le_bytes()[0]
}

/// Reads the bytes of a record. Whatever they are, it answers with values or an error, and takes no
/// more memory than they have.
pub struct Reader<'a> {
    rest: &'a [u8],
    interner: &'a Interner,
}

impl<'a> Reader<'a> {
    /// From the start of `bytes`; texts that repeat are shared through `interner`.
    #[must_use]
    pub fn new(bytes: &'a [u8], interner: &'a Interner) -> Self {
        Self {
            rest: bytes,
            interner,
        }
    }

    /// The byte that names the record's format must be `known`.
    ///
    /// # Errors
    /// [`StoreError::unknown`] for another format; [`StoreError::unreadable`], like every function here, when the
    /// bytes are something else.
    pub fn format(&mut self, known: u8) -> Result<(), StoreError> {
        self.format_among(&[known]).map(drop)
    }

    /// The byte that names the record's format, which must be one of `known`.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn format_among(&mut self, known: &[u8]) -> Result<u8, StoreError> {
        let format = self.byte()?;
        if known.contains(&format) {
            return Ok(format);
        }
        Err(StoreError::unknown(
            "a stored record is of a format that this version does not know; run the version that \
             wrote it, or sign in again",
        ))
    }

    /// One byte.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn byte(&mut self) -> Result<u8, StoreError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A yes or no.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn flag(&mut self) -> Result<bool, StoreError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(damaged()),
        }
    }

    /// A number.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn number(&mut self) -> Result<u64, StoreError> {
        let mut number = 0;
        for shift in (0..=63).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            let overflows = bits << shift >> shift != bits;
            let longer_than_needed = byte == 0 && shift > 0;
            if overflows || longer_than_needed {
                return Err(damaged());
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(damaged())
    }

    /// A number of at most 32 bits.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn small_number(&mut self) -> Result<u32, StoreError> {
        u32::try_from(self.number()?).map_err(|_| damaged())
    }

    /// A moment.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.number().map(Timestamp)
    }

    /// `N` bytes.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(damaged)?;
        self.rest = rest;
        Ok(*bytes)
    }

    /// Any bytes.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn bytes(&mut self) -> Result<&'a [u8], StoreError> {
        let length = usize::try_from(self.number()?).map_err(|_| damaged())?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(damaged)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A text.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn text(&mut self) -> Result<&'a str, StoreError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| damaged())
    }

    /// A secret text.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn secret(&mut self) -> Result<SecretString, StoreError> {
        self.text().map(SecretString::from)
    }

    /// A text that many records have in common.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn shared_text(&mut self) -> Result<Arc<str>, StoreError> {
        self.text().map(|text| self.shared(text))
    }

    /// The shared form of a text that was read before.
    #[must_use]
    pub fn shared(&self, text: &str) -> Arc<str> {
        self.interner.text(text)
    }

    /// A server's address.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn origin(&mut self) -> Result<Origin, StoreError> {
        let text = self.text()?;
        self.interner.origin(text).map_err(|_| damaged())
    }

    /// An issuer.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn issuer(&mut self) -> Result<Issuer, StoreError> {
        self.origin().map(Issuer::from)
    }

    /// A text that must be a `T`.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn parsed<T: std::str::FromStr>(&mut self) -> Result<T, StoreError> {
        self.text()?.parse().map_err(|_| damaged())
    }

    /// Perhaps a value.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.flag()?.then(|| read(self)).transpose()
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// As [`format`](Self::format).
    pub fn end(self) -> Result<(), StoreError> {
        self.rest.is_empty().then_some(()).ok_or_else(damaged)
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader({} bytes left)", self.rest.len())
    }
}

/// The record cannot be what was written.
pub(super) fn damaged() -> StoreError {
    StoreError::unreadable("a stored record is damaged; it is not used, sign in again")
}

#[cfg(test)]
mod tests;
