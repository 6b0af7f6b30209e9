//! Form-encoded requests to an authorization server.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// The header a DPoP proof travels in.
pub const DPOP: HeaderName = HeaderName::from_static("dpop");

/// What is posted to an endpoint, before the parts that are new for each attempt are added.
pub struct Form {
    endpoint: Url,
    fields: Vec<(&'static str, SecretString)>,
}

impl Form {
    /// An empty form for `endpoint`.
    #[must_use]
    pub fn new(endpoint: Url) -> Self {
        Self {
            endpoint,
            fields: Vec::new(),
        }
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned().into()));
        self
    }

    /// Adds a field, if there is a value.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Where it is posted to.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// The request of one attempt: the fields, a proof of its own, and the client's own assertion.
    ///
    /// # Errors
    /// The proof is not a header value; cannot happen with our own.
    pub fn request<B: From<Vec<u8>>>(
        &self,
        proof: &str,
        assertion: Option<&str>,
    ) -> Result<Request<B>, Error> {
        let mut body = Serializer::new(String::new());
        for (name, value) in &self.fields {
            body.append_pair(name, value.expose_secret());
        }
        if let Some(assertion) = assertion {
            body.append_pair("client_assertion_type", super::assertion::TYPE);
            body.append_pair("client_assertion", assertion);
        }
        let body = Zeroizing::new(body.finish());
        let cannot = |error: http::Error| {
            Error::new(
                ErrorKind::InvalidRequest,
                "the request cannot be built; the endpoint or the proof is malformed",
            )
            .with_source(error)
        };
        let mut proof = HeaderValue::from_str(proof).map_err(|error| cannot(error.into()))?;
        proof.set_sensitive(true);
        Request::builder()
            .method(Method::POST)
            .uri(self.endpoint.as_str())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            )
            .header(DPOP, proof)
            .body(B::from(body.as_bytes().to_vec()))
            .map_err(cannot)
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.fields.iter().map(|(name, _)| name);
        f.debug_struct("Form")
            .field("endpoint", &self.endpoint.as_str())
            .field("fields", &names.collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests;
