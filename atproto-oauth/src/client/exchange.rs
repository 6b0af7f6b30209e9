//! One form to one authorization server: a proof, an assertion, and one more try if it wants a nonce.

use std::time::Duration;

use secrecy::SecretString;

use super::Inner;
use crate::jose::{ClientKey, DpopKey, sha256};
use crate::protocol::dpop::{self, Proof};
use crate::protocol::form::Form;
use crate::protocol::{Response, assertion};
use crate::store::ClientAuth;
use crate::transport::{Limits, TransportError};
use crate::types::Issuer;
use crate::{Error, ErrorKind};

/// Largest answer of an authorization server's endpoints, in bytes (SS-05).
const MAX_ANSWER: u64 = 64 * 1024;

/// Who talks to which server, with which keys.
pub(crate) struct Exchange<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) issuer: &'a Issuer,
    pub(crate) dpop_key: &'a DpopKey,
    pub(crate) client_key: Option<&'a ClientKey>,
    /// The session's own newest nonce of this server; read and written (DP-07, DP-08).
    pub(crate) nonce: &'a mut Option<String>,
    pub(crate) deadline: Duration,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Nothing was sent, or the answer never came; see [`TransportError::never_sent`].
    Transport(TransportError),
    /// Nothing was sent, and it is our own fault.
    Local(Error),
}

impl Exchange<'_> {
    /// Sends `form`; at most two attempts, each with a proof and an assertion of its own (CB-08,
    /// DP-05, DP-10, CA-04).
    pub(crate) async fn send(&mut self, form: &Form) -> Result<Response, Failed> {
        let first = self.attempt(form).await?;
        if dpop::wants_nonce(&first) && dpop::nonce(first.headers()).is_some() {
            return self.attempt(form).await;
        }
        Ok(first)
    }

    async fn attempt(&mut self, form: &Form) -> Result<Response, Failed> {
        let (url, now) = (form.endpoint(), self.inner.clock.now());
        let seed = self.nonce.clone().or_else(|| self.inner.nonces.get(url));
        let proof = Proof {
            method: &http::Method::POST,
            url,
            nonce: seed.as_deref(),
            access_token: None,
            now,
        };
        let proof = proof.sign(self.dpop_key).map_err(Failed::Local)?;
        let assertion = match self.client_key {
            Some(key) => Some(
                assertion::assertion(key, &self.inner.identity.client_id, self.issuer, now)
                    .map_err(Failed::Local)?,
            ),
            None => None,
        };
        let request = form
            .request(&proof, assertion.as_deref())
            .map_err(Failed::Local)?;
        let limits = Limits::new(self.deadline, MAX_ANSWER);
        let response = self
            .inner
            .fetch(request, limits)
            .await
            .map_err(Failed::Transport)?;
        if let Some(nonce) = dpop::nonce(response.headers()) {
            self.inner.nonces.put(url, nonce);
            *self.nonce = Some(nonce.to_owned());
        }
        Ok(response)
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Local(error) => error,
            Failed::Transport(error) => unreachable(error, "the authorization server"),
        }
    }
}

/// A server that does not answer, as an error for people.
pub(crate) fn unreachable(error: TransportError, who: &str) -> Error {
    use crate::transport::Problem;
    let (kind, message) = match error.problem() {
        Problem::Refused => (
            ErrorKind::AuthorizationServerMetadataFailed,
            format!("{who} is not on the public internet; nothing was sent there"),
        ),
        Problem::TooLarge | Problem::Redirected => (
            ErrorKind::AuthorizationServerMetadataFailed,
            format!("{who} gave an answer that cannot be accepted"),
        ),
        _ => (
            ErrorKind::TemporarilyUnavailable,
            format!("{who} does not answer; try again in a moment"),
        ),
    };
    Error::new(kind, message).with_source(error)
}

impl Inner {
    /// The key a session is pinned to, or none for a public one (CA-05). A public session of a client
    /// that has become confidential takes the active key (CA-10).
    pub(crate) fn client_key(&self, auth: &ClientAuth) -> Result<Option<&ClientKey>, Error> {
        let keys = &self.identity.keys;
        match auth {
            ClientAuth::None => Ok(keys.first()),
            ClientAuth::PrivateKeyJwt { kid, thumbprint } => {
                let same = |key: &&ClientKey| key.kid() == kid && thumbprint_of(key) == *thumbprint;
                keys.iter().find(same).map(Some).ok_or_else(|| {
                    Error::new(
                        ErrorKind::Configuration,
                        format!(
                            "the client key `{kid}` that this session was made with is gone; put it \
                             back into `ATPROTO_CLIENT_KEYS`, after the new one"
                        ),
                    )
                })
            }
        }
    }

    /// How a new session authenticates its client: with the first key, if there is one.
    pub(crate) fn new_auth(&self) -> ClientAuth {
        self.identity
            .keys
            .first()
            .map_or(ClientAuth::None, |key| ClientAuth::PrivateKeyJwt {
                kid: key.kid().to_owned(),
                thumbprint: thumbprint_of(key),
            })
    }
}

/// The RFC 7638 thumbprint, as bytes.
fn thumbprint_of(key: &ClientKey) -> [u8; 32] {
    sha256(key.public().jwk_json().as_bytes())
}

/// Both tokens of a session that must not live on are revoked, as far as the server lets us (CB-13).
pub(crate) async fn revoke_tokens(
    exchange: &mut Exchange<'_>,
    endpoint: Option<&url::Url>,
    refresh: Option<&SecretString>,
    access: Option<&SecretString>,
) -> Result<(), Failed> {
    use crate::protocol::revocation::{Hint, form};
    let Some(endpoint) = endpoint else {
        return Ok(());
    };
    let client_id = exchange.inner.identity.client_id.clone();
    for (token, hint) in [(refresh, Hint::RefreshToken), (access, Hint::AccessToken)] {
        let Some(token) = token else { continue };
        let form = form(endpoint.clone(), &client_id, token, hint);
        let response = exchange.send(&form).await?;
        if !response.status().is_success() {
            let failure = crate::protocol::failure::Failure::of(&response);
            let message = "the authorization server refused the revocation";
            return Err(Failed::Local(
                failure.into_error(ErrorKind::TokenValidationFailed, message),
            ));
        }
    }
    Ok(())
}
