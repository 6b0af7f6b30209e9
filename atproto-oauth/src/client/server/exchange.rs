//! The exchange of one form with one authorization server: a DPoP proof, a client assertion, and a retry if the server
//! demands a nonce.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use super::context::RequestContext;
use super::transport_error::unreachable;
use crate::client::policy::MAX_SERVER_ANSWER;
use crate::error::{Error, ErrorKind};
use crate::jose::{ClientKey, DpopKey};
use crate::protocol::dpop::{self, Proof};
use crate::protocol::endpoint::origin_of;
use crate::protocol::failure::Failure;
use crate::protocol::form::Form;
use crate::protocol::revocation::{self, Hint};
use crate::protocol::{Response, assertion};
use crate::transport::{Limits, TransportError};
use crate::types::Issuer;

/// A client, an authorization server, and the keys between them.
pub(crate) struct Exchange<'a> {
    pub(crate) context: &'a RequestContext,
    pub(crate) issuer: &'a Issuer,
    pub(crate) dpop_key: &'a DpopKey,
    pub(crate) client_key: Option<&'a ClientKey>,
    /// The session's own newest nonce of the issuer; read and written (RFC 9449 §9, §8.2).
    pub(crate) nonce: Option<String>,
}

/// Why an exchange has no answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Nothing was sent, or the answer never came; see [`TransportError::never_sent`].
    Transport(TransportError),
    /// Nothing was sent, because of this client.
    Local(Error),
}

impl Exchange<'_> {
    /// Sends `form`; once more if the server wants a nonce, once more if its clock differs from ours. Each
    /// attempt has a proof and an assertion of its own (RFC 9449 §11.1, §8). All of them are over within
    /// `deadline`.
    pub(crate) async fn send(
        &mut self,
        form: &Form,
        deadline: Duration,
    ) -> Result<Response, Failed> {
        let end = Instant::now() + deadline;
        let (mut nonce, mut clock) = (false, false);
        loop {
            let now = self.context.now();
            let response = self.attempt(form, end).await?;
            if !nonce && demands_nonce(&response) {
                nonce = true;
            } else if !clock
                && self
                    .context
                    .clock_skew
                    .learn(form.endpoint(), now, &response)
            {
                clock = true;
            } else {
                return Ok(response);
            }
            if end <= Instant::now() {
                return Ok(response);
            }
        }
    }

    /// As [`send`](Self::send), for a code: it is sent again only because a nonce was wanted (RFC 6749 §4.1.2).
    pub(crate) async fn send_code(
        &mut self,
        form: &Form,
        deadline: Duration,
    ) -> Result<Response, Failed> {
        let end = Instant::now() + deadline;
        let first = self.attempt(form, end).await?;
        if demands_nonce(&first) && Instant::now() < end {
            return self.attempt(form, end).await;
        }
        Ok(first)
    }

    async fn attempt(&mut self, form: &Form, end: Instant) -> Result<Response, Failed> {
        let (context, url) = (self.context, form.endpoint());
        // Endpoints may be on other hosts than the issuer; a nonce goes back to where it came from.
        let own = origin_of(url) == self.issuer.as_str();
        let known = self.nonce.clone().filter(|_| own);
        let nonce = known.or_else(|| context.nonces.get(url));
        let now = context.clock_skew.server_time(url, context.now());
        let proof = Proof {
            method: &http::Method::POST,
            url,
            nonce: nonce.as_deref(),
            access_token: None,
            now,
        };
        let proof = proof.sign(self.dpop_key).map_err(Failed::Local)?;
        let assertion = match self.client_key {
            Some(key) => Some(
                assertion::assertion(key, &context.client_id, self.issuer, now)
                    .map_err(Failed::Local)?,
            ),
            None => None,
        };
        let request = form
            .request(&proof, assertion.as_deref())
            .map_err(Failed::Local)?;
        let left = end.saturating_duration_since(Instant::now());
        let response = context
            .fetch(request, Limits::new(left, MAX_SERVER_ANSWER))
            .await
            .map_err(Failed::Transport)?;
        if let Some(nonce) = dpop::nonce(response.headers()) {
            context.nonces.put(url, nonce);
            if own {
                self.nonce = Some(nonce.to_owned());
            }
        }
        Ok(response)
    }

    /// Revokes the refresh token, then the access token, as far as the server allows it (RFC 7009 §2, §2.1). A
    /// server without the endpoint cannot revoke (RFC 7009 §2.2).
    ///
    /// # Errors
    /// The first thing that went wrong; both were tried.
    pub(crate) async fn revoke(
        &mut self,
        endpoint: Option<&Url>,
        refresh: Option<&SecretString>,
        access: Option<&SecretString>,
        deadline: Duration,
    ) -> Result<(), Error> {
        let Some(endpoint) = endpoint else {
            return Ok(());
        };
        let mut result = Ok(());
        for (token, hint) in [(refresh, Hint::RefreshToken), (access, Hint::AccessToken)] {
            let Some(token) = token else { continue };
            let client_id = &self.context.client_id;
            let form = revocation::form(endpoint.clone(), client_id, token, hint);
            let one = match self.send(&form, deadline).await {
                Ok(response) if response.status().is_success() => Ok(()),
                Ok(response) => Err(Failure::of(&response).into_error(
                    ErrorKind::TokenValidationFailed,
                    "the authorization server refused the revocation; it is tried again later",
                )),
                Err(failed) => Err(failed.into()),
            };
            result = result.and(one);
        }
        result
    }
}

/// The server demands a nonce, and gives one.
fn demands_nonce(response: &Response) -> bool {
    dpop::wants_nonce(response) && dpop::nonce(response.headers()).is_some()
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Local(error) => error,
            Failed::Transport(error) => unreachable(
                error,
                ErrorKind::AuthorizationServerMetadataFailed,
                "the authorization server",
            ),
        }
    }
}
