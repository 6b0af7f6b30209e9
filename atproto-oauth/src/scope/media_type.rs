//! Media types and media ranges, as in `blob:image/*`.

use super::percent::Text;

/// A media type, `type/*` or `*/*`, without parameters.
pub(super) const fn is_media_range(mut text: Text<'_>) -> bool {
    match (
        MediaWord::take(&mut text, true),
        MediaWord::take(&mut text, false),
    ) {
        (Some(MediaWord::Star), Some(kind)) => matches!(kind, MediaWord::Star),
        (Some(MediaWord::Name), Some(_)) => true,
        _ => false,
    }
}

/// Every media type of `wanted` is one of `held`. Case does not matter in media types, and servers
/// answer in lower case.
pub(super) const fn media_covers(mut held: Text<'_>, mut wanted: Text<'_>) -> bool {
    if held.is("*/*") {
        return true;
    }
    loop {
        match (held.take(), wanted.take()) {
            (Some(b'/'), Some(b'/')) if held.is("*") => return true,
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(&b) => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

enum MediaWord {
    Star,
    Name,
}

impl MediaWord {
    /// The word before the slash, or the one that ends the text.
    const fn take(text: &mut Text<'_>, slash: bool) -> Option<Self> {
        let (mut length, mut star) = (0_usize, false);
        loop {
            match text.take() {
                Some(b'/') if slash => break,
                None if !slash => break,
                Some(b'*') if length == 0 => star = true,
                Some(byte) if !star && is_media_byte(byte, length == 0) => {}
                _ => return None,
            }
            length += 1;
        }
        match length {
            0 | 128.. => None,
            _ if star => Some(Self::Star),
            _ => Some(Self::Name),
        }
    }
}

/// RFC 6838, section 4.2.
const fn is_media_byte(byte: u8, first: bool) -> bool {
    byte.is_ascii_alphanumeric()
        || (!first
            && matches!(
                byte,
                b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+'
            ))
}
