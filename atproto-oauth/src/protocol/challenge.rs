//! `WWW-Authenticate`: which challenges a server makes (RFC 9110 §11.6.1).

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

use super::policy::MAX_CHALLENGES;

/// One challenge: its scheme in lower case and two of its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) scheme: String,
    pub(super) error: Option<String>,
    pub(super) description: Option<String>,
}

impl Challenge {
    /// The scheme is one of access tokens or proofs.
    pub(super) fn is_about_tokens(&self) -> bool {
        matches!(self.scheme.as_str(), "dpop" | "bearer")
    }
}

/// The challenges of all `WWW-Authenticate` headers; what cannot be read is left out.
pub(super) fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let values = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .take(MAX_CHALLENGES);
    for item in values.filter_map(|v| v.to_str().ok()).flat_map(items) {
        let parameter = match scheme(item) {
            Some(_) if found.len() == MAX_CHALLENGES => break,
            Some((scheme, rest)) => {
                found.push(Challenge {
                    scheme: scheme.to_ascii_lowercase(),
                    ..Challenge::default()
                });
                rest
            }
            None => item,
        };
        let (Some((name, value)), Some(last)) = (parameter.split_once('='), found.last_mut())
        else {
            continue;
        };
        match name.trim().to_ascii_lowercase().as_str() {
            "error" => last.error = Some(unquote(value)),
            "error_description" => last.description = Some(unquote(value)),
            _ => {}
        }
    }
    found
}

/// The scheme that starts `item` and what is behind it. `name=value` and `name = value` have none.
fn scheme(item: &str) -> Option<(&str, &str)> {
    let (word, rest) = item.split_once([' ', '\t']).unwrap_or((item, ""));
    (!word.contains('=') && !rest.trim_start().starts_with('=')).then_some((word, rest))
}

/// Splits at commas outside quotes.
fn items(value: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = value.split(move |c: char| {
        let ends = c == ',' && !quoted;
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
        ends
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// A token as it is, a quoted string without its quotes and escapes.
fn unquote(value: &str) -> String {
    let value = value.trim();
    let Some(inner) = value.strip_prefix('"') else {
        return value.to_owned();
    };
    let (mut text, mut escaped) = (String::new(), false);
    for c in inner.chars() {
        match c {
            '"' if !escaped => break,
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            _ => text.push(c),
        }
        escaped = false;
    }
    text
}

#[cfg(test)]
mod tests;
