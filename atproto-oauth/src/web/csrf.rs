//! CSRF checks: where a request comes from, by Fetch Metadata and `Origin`.

use http::header::{HeaderMap, ORIGIN};

use crate::types::Origin;

/// A person's navigation that a page of this site or no page at all started: a typed address, a bookmark, a
/// link of this site. Absent headers count as one, for browsers that do not send them.
///
/// A sibling subdomain is another site's page here: it may not start a flow.
pub(crate) fn is_own_navigation(headers: &HeaderMap) -> bool {
    let absent_or = |name: &str, good: &[&str]| match values(headers, name) {
        Values::None => true,
        Values::One(value) => good.contains(&value),
        Values::Strange => false,
    };
    absent_or("sec-fetch-site", &["same-origin", "none"])
        && absent_or("sec-fetch-mode", &["navigate"])
        && absent_or("sec-fetch-dest", &["document"])
        && !is_prefetch(headers)
}

/// A click of a person on a link of our own page, and the browser says so: the one kind of GET that
/// may sign a person out.
pub(crate) fn is_own_click(headers: &HeaderMap) -> bool {
    let is = |name: &str, good: &str| matches!(values(headers, name), Values::One(v) if v == good);
    is("sec-fetch-site", "same-origin")
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document")
        && is("sec-fetch-user", "?1")
        && !is_prefetch(headers)
}

/// A POST of one of our own pages: `Sec-Fetch-Site: same-origin` or, in browsers without it, an
/// `Origin` that is the base URL. A request with neither is no form of ours.
pub(crate) fn is_own_post(headers: &HeaderMap, base_url: &Origin) -> bool {
    match values(headers, "sec-fetch-site") {
        Values::One(site) => site == "same-origin",
        Values::None => {
            matches!(values(headers, ORIGIN.as_str()), Values::One(o) if o == base_url.as_str())
        }
        Values::Strange => false,
    }
}

/// The browser fetches ahead; no person has clicked yet.
fn is_prefetch(headers: &HeaderMap) -> bool {
    let ahead = |name: &str| {
        headers
            .get_all(name)
            .iter()
            .any(|v| v.as_bytes() == b"prefetch")
    };
    headers.contains_key("sec-purpose") || ahead("purpose") || ahead("x-moz")
}

enum Values<'a> {
    None,
    One(&'a str),
    /// Doubled, or not text.
    Strange,
}

fn values<'a>(headers: &'a HeaderMap, name: &str) -> Values<'a> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Values::None,
        (Some(one), None) => one.to_str().map_or(Values::Strange, Values::One),
        (Some(_), Some(_)) => Values::Strange,
    }
}

#[cfg(test)]
mod tests;
