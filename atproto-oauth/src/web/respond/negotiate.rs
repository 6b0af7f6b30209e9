//! Content negotiation: whether a person's browser loads a page, or a program asks.

use http::header::{ACCEPT, HeaderName};
use http::request::Parts;
use http::{HeaderMap, Method};

const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The headers of browsers that load a page before a person asks for it.
const PREFETCH_HEADERS: [HeaderName; 4] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-purpose"),
    HeaderName::from_static("x-moz"),
];

/// The answer should be a page: the browser loads a document, or `Accept` prefers HTML to JSON.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    is(headers, &DEST, "document") || accepts_html(headers)
}

/// A browser loads a page. Without `Sec-Fetch-*`, `Accept` decides.
pub(crate) fn is_navigation(parts: &Parts) -> bool {
    let headers = &parts.headers;
    match (headers.contains_key(MODE), headers.contains_key(DEST)) {
        (false, false) => accepts_html(headers),
        (mode, dest) => {
            (!mode || is(headers, &MODE, "navigate")) && (!dest || is(headers, &DEST, "document"))
        }
    }
}

/// A person loads a page, wherever the link was: a `GET` navigation, not a prefetch. It may be sent to
/// the sign-in page and come back. (Whether it may start or end a session is a stricter question.)
pub(crate) fn is_person_navigation(parts: &Parts) -> bool {
    let ahead = PREFETCH_HEADERS
        .iter()
        .any(|name| parts.headers.contains_key(name));
    parts.method == Method::GET && is_navigation(parts) && !ahead
}

/// The header stands there once, with this value.
fn is(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    let mut all = headers.get_all(name).iter();
    all.next().is_some_and(|found| found == value) && all.next().is_none()
}

/// HTML is named in `Accept`, and JSON is not wanted more.
fn accepts_html(headers: &HeaderMap) -> bool {
    let (mut html, mut json) = (MediaPreference::default(), MediaPreference::default());
    let values = headers.get_all(ACCEPT).iter();
    let ranges = values
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','));
    for (position, range) in ranges.enumerate() {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let Some(quality) = quality(parts) else {
            continue;
        };
        match kind.as_str() {
            "text/html" | "application/xhtml+xml" => html.take(3, quality, position),
            "text/*" => html.take(2, quality, position),
            "application/json" => json.take(3, quality, position),
            "application/*" => json.take(2, quality, position),
            "*/*" => {
                html.take(1, quality, position);
                json.take(1, quality, position);
            }
            _ => {}
        }
    }
    // `*/*` alone is what programs send: it does not ask for a page.
    html.precision > 1
        && html.quality > 0
        && (html.quality, html.precision, json.position)
            > (json.quality, json.precision, html.position)
}

/// How much a media type is wanted: the most precise range decides, then the first.
#[derive(Default)]
struct MediaPreference {
    precision: u8,
    quality: u16,
    position: usize,
}

impl MediaPreference {
    fn take(&mut self, precision: u8, quality: u16, position: usize) {
        if precision > self.precision {
            *self = Self {
                precision,
                quality,
                position,
            };
        }
    }
}

/// `q` in thousandths, 1000 if it is not given; `None` if it is malformed.
fn quality<'a>(mut parameters: impl Iterator<Item = &'a str>) -> Option<u16> {
    let Some(text) = parameters.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")))
    else {
        return Some(1000);
    };
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{rest:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
