//! Demonstrating Proof of Possession (RFC 9449): proofs, nonces and their challenges.

use http::{HeaderMap, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;

use super::Response;
use super::challenge::challenges;
use super::failure::Failure;
use super::policy::MAX_NONCE;
use crate::error::Error;
use crate::jose::{DpopKey, base64url, random_token, sha256, sign_compact};
use crate::types::Timestamp;

/// What one proof is about. Each attempt needs a proof of its own (RFC 9449 §11.1).
#[derive(Debug)]
pub struct Proof<'a> {
    /// `htm`.
    pub method: &'a Method,
    /// `htu`, once its query and fragment are cut off (RFC 9449 §4.2).
    pub url: &'a Url,
    /// The server's newest nonce, if it has given one.
    pub nonce: Option<&'a str>,
    /// The access token that is sent along, for `ath`.
    pub access_token: Option<&'a SecretString>,
    /// `iat`.
    pub now: Timestamp,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: &'a str,
    htm: &'a str,
    htu: &'a str,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
}

impl Proof<'_> {
    /// Signs the proof with `key` (RFC 9449 §4.2).
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn sign(&self, key: &DpopKey) -> Result<String, Error> {
        let htu = htu(self.url);
        let ath = self
            .access_token
            .map(|t| sha256(t.expose_secret().as_bytes()));
        let claims = Claims {
            jti: &random_token()?,
            htm: self.method.as_str(),
            htu: &htu,
            iat: self.now.0,
            nonce: self.nonce,
            ath: ath.map(|hash| base64url::encode(&hash)),
        };
        let header = format!(
            r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#,
            key.private().public().jwk_json()
        );
        let claims = serde_json::to_string(&claims).unwrap_or_default();
        sign_compact(key.private(), &header, &claims)
    }
}

/// The URL without what RFC 9449 leaves out (query and fragment) and without what no server should see
/// (user information).
fn htu(url: &Url) -> String {
    use url::Position::{AfterPath, BeforeHost, BeforeUsername};
    [&url[..BeforeUsername], &url[BeforeHost..AfterPath]].concat()
}

/// The nonce an answer brings, on success and failure alike (RFC 9449 §8.2). One that is too long or has
/// characters that RFC 9449 does not allow is left out.
#[must_use]
pub fn nonce(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get("dpop-nonce")?.to_str().ok()?;
    let allowed = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    (!text.is_empty() && text.len() <= MAX_NONCE && text.bytes().all(allowed)).then_some(text)
}

/// The server wants the request again, with its nonce. An authorization server says so in the body, a resource
/// server in `WWW-Authenticate`; either is taken from both (RFC 9449 §8).
#[must_use]
pub fn wants_nonce(response: &Response) -> bool {
    match response.status() {
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
            says(response.headers(), "use_dpop_nonce")
                || Failure::of(response).code == "use_dpop_nonce"
        }
        _ => false,
    }
}

/// A resource server says that the access token is no longer good (AT Protocol XRPC: Service Proxying).
#[must_use]
pub fn rejects_token(status: StatusCode, headers: &HeaderMap) -> bool {
    status == StatusCode::UNAUTHORIZED && says(headers, "invalid_token")
}

fn says(headers: &HeaderMap, error: &str) -> bool {
    let challenges = challenges(headers);
    challenges
        .iter()
        .any(|c| c.is_about_tokens() && c.error.as_deref() == Some(error))
}

#[cfg(test)]
mod tests;
