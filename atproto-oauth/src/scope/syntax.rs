//! The syntax that all permissions share: `resource[:positional][?key=value&key=value]`.

use super::percent::{Text, cut, triplets_are_whole};
use super::policy::MAX_SCOPE_LEN;

/// Why a text is not a permission: "problem; repair".
pub(super) type Reason = &'static str;

const TOO_LONG: Reason =
    "it is longer than 8192 bytes with its special characters percent-encoded; split it";

/// A text taken apart. It says nothing yet about whether the resource exists.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax<'a> {
    pub(super) resource: &'a [u8],
    pub(super) positional: Option<Text<'a>>,
    query: &'a [u8],
}

impl<'a> Syntax<'a> {
    /// Checks the characters and takes the text apart.
    pub(super) const fn parse(text: &'a str) -> Result<Self, Reason> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err("it is empty; remove it");
        }
        if bytes.len() > MAX_SCOPE_LEN {
            return Err(TOO_LONG);
        }
        if let Err(reason) = check_characters(bytes) {
            return Err(reason);
        }
        if !triplets_are_whole(bytes) {
            return Err("`%` must be followed by two hexadecimal digits; write `%25` for a `%`");
        }
        let syntax = Self::split(text);
        if !has_values(syntax.query) {
            return Err("a parameter has no value; write `key=value`, joined by `&`");
        }
        // The canonical spelling is a permission too.
        if syntax.encoded_length() > MAX_SCOPE_LEN {
            return Err(TOO_LONG);
        }
        Ok(syntax)
    }

    /// Takes a text apart that was checked before.
    pub(super) const fn split(text: &'a str) -> Self {
        let (head, query) = cut(text.as_bytes(), b'?');
        let (resource, positional) = cut(head, b':');
        Self {
            resource,
            positional: match positional {
                Some(bytes) => Some(Text::new(bytes)),
                None => None,
            },
            query: match query {
                Some(bytes) => bytes,
                None => &[],
            },
        }
    }

    /// How long this is with everything percent-encoded that ever is.
    const fn encoded_length(&self) -> usize {
        let mut length = self.resource.len();
        if let Some(positional) = self.positional {
            length += 1 + positional.encoded_length();
        }
        let mut parameters = self.parameters();
        while let Some((key, value)) = parameters.take() {
            length += 2 + key.length() + value.encoded_length();
        }
        length
    }

    pub(super) const fn parameters(&self) -> Parameters<'a> {
        Parameters(self.query)
    }

    /// The values of `key`; the positional part comes first where it stands for `key`.
    pub(super) const fn values(&self, key: &'static str, positional: bool) -> Values<'a> {
        Values {
            first: if positional { self.positional } else { None },
            key,
            parameters: self.parameters(),
        }
    }
}

/// The `key=value` pairs, in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters<'a>(&'a [u8]);

impl<'a> Parameters<'a> {
    pub(super) const fn take(&mut self) -> Option<(Text<'a>, Text<'a>)> {
        if self.0.is_empty() {
            return None;
        }
        let (pair, rest) = cut(self.0, b'&');
        self.0 = match rest {
            Some(rest) => rest,
            None => &[],
        };
        let (key, value) = cut(pair, b'=');
        let value = match value {
            Some(value) => value,
            None => &[],
        };
        Some((Text::new(key), Text::new(value)))
    }
}

/// The values of one key, in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a> {
    first: Option<Text<'a>>,
    key: &'static str,
    parameters: Parameters<'a>,
}

impl<'a> Values<'a> {
    /// One value that no key stands for.
    pub(super) const fn only(value: &'a [u8]) -> Self {
        Self {
            first: Some(Text::new(value)),
            key: "",
            parameters: Parameters(&[]),
        }
    }

    pub(super) const fn take(&mut self) -> Option<Text<'a>> {
        if let Some(first) = self.first {
            self.first = None;
            return Some(first);
        }
        while let Some((key, value)) = self.parameters.take() {
            if key.is(self.key) {
                return Some(value);
            }
        }
        None
    }
}

/// RFC 6749, section 3.3.
pub(super) const fn check_characters(bytes: &[u8]) -> Result<(), Reason> {
    let mut rest = bytes;
    while let [byte, after @ ..] = rest {
        match *byte {
            0x21 | 0x23..=0x5b | 0x5d..=0x7e => {}
            b' ' => return Err("it contains a space; write one string per permission"),
            _ => {
                return Err(
                    "it contains a character that no scope may have; remove or percent-encode it",
                );
            }
        }
        rest = after;
    }
    Ok(())
}

const fn has_values(query: &[u8]) -> bool {
    if query.is_empty() {
        return true;
    }
    let mut rest = query;
    loop {
        let (pair, after) = cut(rest, b'&');
        if cut(pair, b'=').1.is_none() {
            return false;
        }
        match after {
            Some(after) => rest = after,
            None => return true,
        }
    }
}
