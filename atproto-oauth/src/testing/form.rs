//! Forms and query strings, read strictly.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::refusal::Refusal;

/// The parameters of a form or query string, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(pub(super) Vec<(String, String)>);

impl Form {
    /// Any `application/x-www-form-urlencoded` text.
    pub(super) fn parse(text: &[u8]) -> Self {
        Self(
            url::form_urlencoded::parse(text)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The body of a request to an OAuth endpoint: the right content type, nothing doubled (RFC 9126 §2.1; RFC
    /// 6749 section 3.2).
    pub(super) fn strict(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        if !is_form(headers) {
            return Err(Refusal::invalid_request(
                "the content type must be application/x-www-form-urlencoded",
            ));
        }
        let form = Self::parse(body);
        if let Some(name) = form.doubled() {
            return Err(Refusal::invalid_request(format!(
                "the parameter {name} is doubled"
            )));
        }
        Ok(form)
    }

    /// The first parameter of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every parameter of that name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there and not be empty.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::invalid_request(format!("the parameter {name} is missing")))
    }

    /// A name that occurs twice.
    pub(super) fn doubled(&self) -> Option<&str> {
        let names = || self.0.iter().map(|(name, _)| name.as_str());
        names().find(|name| names().filter(|other| other == name).count() > 1)
    }
}

/// Whether the body is said to be a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}
