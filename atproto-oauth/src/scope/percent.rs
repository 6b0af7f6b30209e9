//! Text that may hold percent triplets, compared without being copied, so that it works in `const`.

/// Encoded bytes, read decoded and one at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    pub(super) const fn new(encoded: &'a [u8]) -> Self {
        Self(encoded)
    }

    /// The next decoded byte. A `%` without two digits, which the syntax check has refused, is itself.
    pub(super) const fn take(&mut self) -> Option<u8> {
        let [first, after @ ..] = self.0 else {
            return None;
        };
        if *first == b'%'
            && let Some((byte, rest)) = triplet(self.0)
        {
            self.0 = rest;
            return Some(byte);
        }
        self.0 = after;
        Some(*first)
    }

    pub(super) const fn is(self, literal: &str) -> bool {
        match self.after(literal) {
            Some(rest) => rest.0.is_empty(),
            None => false,
        }
    }

    /// What follows `literal`, if this begins with it.
    pub(super) const fn after(mut self, literal: &str) -> Option<Self> {
        let mut wanted = literal.as_bytes();
        while let [byte, after @ ..] = wanted {
            match self.take() {
                Some(mine) if mine == *byte => wanted = after,
                _ => return None,
            }
        }
        Some(self)
    }

    pub(super) const fn starts_with(self, literal: &str) -> bool {
        self.after(literal).is_some()
    }

    /// What stands before the first `mark`, and what stands after it.
    pub(super) const fn cut(self, mark: u8) -> (Self, Option<Self>) {
        let mut rest = self;
        loop {
            let left = rest.0.len();
            match rest.take() {
                Some(byte) if byte == mark => {
                    let (before, _) = self.0.split_at(self.0.len() - left);
                    return (Self(before), Some(rest));
                }
                Some(_) => {}
                None => return (self, None),
            }
        }
    }

    /// How many decoded bytes there are.
    pub(super) const fn length(mut self) -> usize {
        let mut length = 0;
        while self.take().is_some() {
            length += 1;
        }
        length
    }

    /// How many bytes there are when all but the plainest characters are encoded.
    pub(super) const fn encoded_length(mut self) -> usize {
        let mut length = 0;
        while let Some(byte) = self.take() {
            length += if is_plain(byte) { 1 } else { 3 };
        }
        length
    }

    /// The byte stands here as it is, not encoded.
    pub(super) const fn has_bare(self, byte: u8) -> bool {
        cut(self.0, byte).1.is_some()
    }

    pub(super) const fn same(mut self, mut other: Text<'_>) -> bool {
        loop {
            match (self.take(), other.take()) {
                (Some(a), Some(b)) if a == b => {}
                (None, None) => return true,
                _ => return false,
            }
        }
    }

    /// The decoded bytes.
    pub(super) fn decoded(mut self) -> Vec<u8> {
        std::iter::from_fn(|| self.take()).collect()
    }
}

/// Every `%` is followed by two hexadecimal digits.
pub(super) const fn triplets_are_whole(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        if *first == b'%' && triplet(rest).is_none() {
            return false;
        }
        rest = after;
    }
    true
}

/// What stands before the first `mark`, and what stands after it.
pub(super) const fn cut(bytes: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    let (mut rest, mut before) = (bytes, 0);
    while let [first, after @ ..] = rest {
        if *first == mark {
            return (bytes.split_at(before).0, Some(after));
        }
        rest = after;
        before += 1;
    }
    (bytes, None)
}

/// `==` for bytes, which is not `const` yet. From the end, as permissions often begin alike.
pub(super) const fn same_bytes(mut a: &[u8], mut b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    while let ([before_x @ .., x], [before_y @ .., y]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (before_x, before_y);
    }
    true
}

/// Never percent-encoded.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'*' | b':' | b'/')
}

const fn triplet(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, rest @ ..] = bytes else {
        return None;
    };
    match (digit(*high), digit(*low)) {
        (Some(high), Some(low)) => Some((high << 4 | low, rest)),
        _ => None,
    }
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
