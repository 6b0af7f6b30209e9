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

    pub(super) const fn is(mut self, literal: &str) -> bool {
        let mut wanted = literal.as_bytes();
        while let [byte, after @ ..] = wanted {
            match self.take() {
                Some(mine) if mine == *byte => wanted = after,
                _ => return false,
            }
        }
        self.0.is_empty()
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

    pub(super) const fn starts_with(mut self, literal: &str) -> bool {
        let mut wanted = Text(literal.as_bytes());
        loop {
            match (wanted.take(), self.take()) {
                (None, _) => return true,
                (Some(a), Some(b)) if a == b => {}
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
