//! The identifiers that scopes are made of: NSIDs, DIDs, and services of an account.

use super::percent::Text;
use super::policy::{MAX_AUDIENCE_LEN, MAX_DOMAIN_LEN, MAX_SEGMENT_LEN};

/// A namespaced identifier: at least three segments, the last one letters and digits.
pub(super) const fn is_nsid(mut text: Text<'_>) -> bool {
    let (mut before, mut authority) = (0_usize, 0_usize);
    while let Some(segment) = Segment::take(&mut text) {
        if !segment.more {
            let name = !segment.hyphen && !segment.digit_first;
            return name && before >= 2 && authority <= MAX_DOMAIN_LEN;
        }
        if before == 0 && segment.digit_first {
            return false;
        }
        authority += segment.length + (before > 0) as usize;
        before += 1;
    }
    false
}

/// A service of an account: a DID and a fragment, `did:web:api.example.com#svc`.
pub(super) const fn is_service(text: Text<'_>) -> bool {
    match text.cut(b'#') {
        (did, Some(fragment)) => is_did(did) && is_fragment(fragment),
        (_, None) => false,
    }
}

/// A DID that can be looked up, as far as the AT Protocol knows its method. Specification "DID".
pub(super) const fn is_usable_did(did: Text<'_>) -> bool {
    if let Some(id) = did.after("did:plc:") {
        return is_plc(id);
    }
    let Some(id) = did.after("did:web:") else {
        return true;
    };
    match id.after("localhost%3A") {
        Some(port) => is_port(port),
        None => is_host(id),
    }
}

/// One dot-separated part of an NSID.
struct Segment {
    length: usize,
    digit_first: bool,
    hyphen: bool,
    more: bool,
}

impl Segment {
    const fn take(text: &mut Text<'_>) -> Option<Self> {
        let mut segment = Self {
            length: 0,
            digit_first: false,
            hyphen: false,
            more: false,
        };
        // Starting as if after a hyphen refuses the empty segment and the one that begins with one.
        let mut last = b'-';
        while let Some(byte) = text.take() {
            if byte == b'.' {
                segment.more = true;
                break;
            }
            if byte == b'-' {
                if segment.length == 0 {
                    return None;
                }
                segment.hyphen = true;
            } else if !byte.is_ascii_alphanumeric() {
                return None;
            }
            if segment.length == 0 {
                segment.digit_first = byte.is_ascii_digit();
            }
            segment.length += 1;
            last = byte;
        }
        if last == b'-' || segment.length > MAX_SEGMENT_LEN {
            return None;
        }
        Some(segment)
    }
}

/// The syntax that all methods share; the identifier ends neither with `:` nor with `%`.
const fn is_did(did: Text<'_>) -> bool {
    let Some(mut rest) = did.after("did:") else {
        return false;
    };
    let mut method = false;
    loop {
        match rest.take() {
            Some(b'a'..=b'z') => method = true,
            Some(b':') if method => break,
            _ => return false,
        }
    }
    let mut last = b':';
    while let Some(byte) = rest.take() {
        if !is_did_byte(byte) {
            return false;
        }
        last = byte;
    }
    !matches!(last, b':' | b'%') && did.length() <= MAX_AUDIENCE_LEN
}

const fn is_did_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'%' | b'-')
}

const fn is_plc(mut id: Text<'_>) -> bool {
    let mut length = 0;
    while let Some(byte) = id.take() {
        if !matches!(byte, b'a'..=b'z' | b'2'..=b'7') {
            return false;
        }
        length += 1;
    }
    length == 24
}

const fn is_host(mut id: Text<'_>) -> bool {
    let short = id.length() <= MAX_DOMAIN_LEN;
    while let Some(label) = Segment::take(&mut id) {
        if !label.more {
            // One that begins with a digit would be an IP address.
            return short && !label.digit_first;
        }
    }
    false
}

const fn is_port(mut id: Text<'_>) -> bool {
    let (mut port, mut digits) = (0_u32, 0);
    while let Some(byte) = id.take() {
        if !byte.is_ascii_digit() || digits == 5 {
            return false;
        }
        port = port * 10 + (byte - b'0') as u32;
        digits += 1;
    }
    digits > 0 && port <= 65_535
}

/// RFC 3986, section 3.5: at least one character, `%` only with its two digits.
const fn is_fragment(mut text: Text<'_>) -> bool {
    let (mut length, mut digits) = (0_usize, 0_u8);
    while let Some(byte) = text.take() {
        let fits = if digits > 0 {
            byte.is_ascii_hexdigit()
        } else {
            byte == b'%' || is_fragment_byte(byte)
        };
        if !fits {
            return false;
        }
        digits = if byte == b'%' {
            2
        } else {
            digits.saturating_sub(1)
        };
        length += 1;
    }
    length > 0 && digits == 0
}

const fn is_fragment_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'@' | b'/' | b'?')
        || matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')')
        || matches!(byte, b'*' | b'+' | b',' | b';' | b'=')
}
