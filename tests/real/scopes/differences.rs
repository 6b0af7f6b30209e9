//! Where the reference implementation and this one are known to differ, and why it stays so.
//!
//! Each difference has an example that only it explains, so one that is no longer needed fails. It is
//! told by the text alone, without the grammar under test.

use atproto_oauth::Scope;
use percent_encoding::percent_decode_str;

use super::generator::main_key;

macro_rules! eight {
    ($text:expr) => {
        concat!($text, $text, $text, $text, $text, $text, $text, $text)
    };
}

pub(super) struct Difference {
    pub(super) reason: &'static str,
    pub(super) example: &'static str,
    pub(super) explains: fn(&str) -> bool,
}

/// What only the reference takes for a permission.
pub(super) const ONLY_THEIRS: &[Difference] = &[
    Difference {
        reason: "SC-01, RFC 6749: the characters of a scope are checked elsewhere in the server",
        example: "blob:image/\u{e9}",
        explains: |text| !has_scope_characters(text),
    },
    Difference {
        reason: "SC-07, RFC 6838: any characters around the one `/` of a media type are taken",
        example: "blob:image/png;q=1",
        explains: |text| {
            let media = || {
                values(text, "accept")
                    .into_iter()
                    .all(|media| is_media(&media))
            };
            has_scope_characters(text) && text.starts_with("blob") && !media()
        },
    },
    Difference {
        reason: "SC-02: parameters have a name and a value; empty ones are skipped as in forms",
        example: "repo:a.b.c?action=create&",
        explains: |text| {
            let query = query(text);
            !query.is_empty() && query.split('&').any(str::is_empty)
        },
    },
    Difference {
        reason: "SC-02: the first `?` begins the parameters; a second one is skipped as in addresses",
        example: "repo??collection=a.b.c",
        explains: |text| query(text).starts_with('?'),
    },
    Difference {
        reason: "SC-02: a `%` has its two digits; as in forms, a stray one is itself",
        example: "rpc:a.b.c?aud=did:web:x%23%1%37B",
        explains: |text| {
            let mut parts = query(text).split('%').skip(1).map(str::as_bytes);
            !parts.all(
                |part| matches!(part, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()),
            )
        },
    },
    Difference {
        reason: "SC-08: `action` is one string in the specification, a list in the reference",
        example: "account:email?action=read&action=manage",
        explains: |text| text.starts_with("account") && values(text, "action").len() > 1,
    },
    Difference {
        reason: "SC-05, specification \"NSID\": the authority has at most 253 characters, not only the whole 317",
        example: "repo:a.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
            .aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
            .aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
            .aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b",
        explains: |text| {
            let names = ["collection", "lxm", "nsid"]
                .map(|key| values(text, key))
                .concat();
            let authority = |name: &String| name.rfind('.').unwrap_or(0);
            names.iter().any(|name| authority(name) > 253)
        },
    },
    Difference {
        reason: "whatever came from outside is bounded",
        example: LONG,
        explains: |text| text.len() > Scope::MAX_BYTES,
    },
];

/// What only this implementation takes for a permission.
pub(super) const ONLY_OURS: &[Difference] = &[
    Difference {
        reason: "SC-02: parameters are percent-encoded; a `+` is a `+`, and no space as in forms. \
            (An application cannot declare it.)",
        example: "blob?accept=image/svg+xml",
        explains: |text| query(text).contains('+'),
    },
    Difference {
        reason: "SC-06, specification \"DID\": content with DIDs of other methods is taken as it comes. \
            (An application cannot declare a malformed `did:plc` or `did:web`.)",
        example: "rpc:a.b.c?aud=did:example:x%23s",
        explains: |text| {
            let services = values(text, "aud");
            services
                .iter()
                .any(|service| !is_known_did(service.split('#').next().unwrap()))
        },
    },
];

/// What an application can declare and the reference refuses.
pub(super) const DECLARED: &[Difference] = &[Difference {
    reason: "the protocol may have further DID methods one day",
    example: "rpc:a.b.c?aud=did:example:x%23s",
    explains: |text| {
        let services = values(text, "aud");
        let known = |service: &String| {
            ["did:plc:", "did:web:"]
                .iter()
                .any(|method| service.starts_with(method))
        };
        services.iter().any(|service| !known(service))
    },
}];

/// Where the reference's normal form means something else than the permission.
pub(super) const MEANING: &[Difference] = &[Difference {
    reason: "the reference prints a `%` as it is, so that what follows is read as encoded",
    example: "rpc:a.b.c?aud=did:web:localhost%253A3000%23s",
    explains: |text| {
        values(text, "aud")
            .iter()
            .any(|service| service.contains('%'))
    },
}];

/// Where the two normal forms mean the same and are spelled otherwise.
pub(super) const SPELLING: &[Difference] = &[
    Difference {
        reason: "other characters are percent-encoded; the reference leaves a `+` that it would itself \
            read as a space",
        example: "blob?accept=a/b&accept=image/svg%2Bxml",
        explains: |text| {
            let keys = ["accept", "aud"].map(|key| values(text, key)).concat();
            keys.iter()
                .any(|value| value.contains(|mark| "+,@%!'()~".contains(mark)))
        },
    },
    Difference {
        reason: "SC-13: the reference keeps the named form where one media type is named twice",
        example: "blob?accept=image/png&accept=IMAGE/PNG",
        explains: |text| {
            let mut media = values(text, "accept");
            media
                .iter_mut()
                .for_each(|media| media.make_ascii_lowercase());
            media.sort_unstable();
            media.windows(2).any(|pair| pair[0] == pair[1])
        },
    },
];

/// What is allowed only here. The text is the held and the wanted permissions.
pub(super) const ALLOWED_BY_US: &[Difference] = &[Difference {
    reason: "SC-07, RFC 6838: media types have no case; the reference forgets that when it compares",
    example: "blob:IMAGE/png blob:image/png",
    explains: |texts| {
        let mut media = texts.split(' ').flat_map(|text| values(text, "accept"));
        media.any(|media| media.contains(|c: char| c.is_ascii_uppercase()))
    },
}];

/// What is allowed only by the reference. The text is the held and the wanted permissions.
pub(super) const ALLOWED_BY_THEM: &[Difference] = &[Difference {
    reason: "SC-12: `transition:generic` does not reach `chat.bsky`, so neither does it reach all methods",
    example: "transition:generic rpc:*?aud=did:web:x%23s",
    explains: |texts| {
        let mut methods = texts.split(' ').flat_map(|text| values(text, "lxm"));
        texts.contains("transition:generic") && methods.any(|method| method == "*")
    },
}];

/// Longer than 8192 bytes.
const LONG: &str = concat!(
    "repo?collection=a.b.c",
    eight!(eight!(eight!("&collection=a.b.c")))
);

fn has_scope_characters(text: &str) -> bool {
    let fits = |byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    text.bytes().all(fits)
}

fn query(text: &str) -> &str {
    text.split_once('?').map_or("", |(_, query)| query)
}

/// The decoded values of `key`, from the positional part too where that stands for it.
pub(super) fn values(text: &str, key: &str) -> Vec<String> {
    let head = text.split('?').next().unwrap();
    let positional = head
        .split_once(':')
        .filter(|(resource, _)| main_key(resource) == key);
    let pairs = query(text)
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let named = pairs.filter(|(name, _)| decoded(name) == key);
    positional
        .into_iter()
        .chain(named)
        .map(|(_, value)| decoded(value))
        .collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn is_media(media: &str) -> bool {
    let Some((kind, part)) = media.split_once('/') else {
        return false;
    };
    let is_name = |name: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        let first = name.bytes().next().unwrap_or(b'.');
        first.is_ascii_alphanumeric() && name.len() <= 127 && name.bytes().all(fits)
    };
    match (kind, part) {
        (kind, "*") => kind == "*" || is_name(kind),
        (kind, part) => is_name(kind) && is_name(part),
    }
}

/// A DID that both know for certain.
fn is_known_did(did: &str) -> bool {
    if let Some(id) = did.strip_prefix("did:plc:") {
        let fits = |byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7');
        return id.len() == 24 && id.bytes().all(fits);
    }
    let Some(host) = did.strip_prefix("did:web:") else {
        return did == "*";
    };
    if let Some(port) = host.strip_prefix("localhost%3A") {
        return port.parse::<u16>().is_ok();
    }
    let fits = |label: &str| {
        let inside = label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inside && !label.is_empty() && !label.starts_with("xn--")
    };
    host.split('.').all(fits)
        && host
            .rsplit('.')
            .next()
            .unwrap()
            .starts_with(char::is_alphabetic)
}
