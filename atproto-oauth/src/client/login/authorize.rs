//! Starts a sign-in: resolves the account, pushes the authorization request, stores what the callback needs.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::options::{Authorization, AuthorizeOptions};
use super::target::LoginTarget;
use crate::client::client::OAuthClient;
use crate::client::policy::{PAR_DEADLINE, PENDING_LIFETIME, START_RETRY_AFTER};
use crate::client::server::exchange::{Exchange, Failed};
use crate::client::server::transport_error::unreachable;
use crate::error::{Error, ErrorKind};
use crate::jose::{DpopKey, base64url, random_token, sha256};
use crate::protocol::par::{self, AuthorizationRequest};
use crate::protocol::pkce;
use crate::store::{Commit, PendingRecord};

impl OAuthClient {
    /// Starts a sign-in for `input`: a handle, a DID, or the https URL of a PDS or entryway (AT Protocol OAuth:
    /// Identity Authentication).
    ///
    /// Resolves the account, finds its authorization server, pushes the request there and stores what
    /// the callback will need. Nothing is stored if anything fails.
    ///
    /// # Errors
    /// [`InvalidHandle`](ErrorKind::InvalidHandle),
    /// [`AuthorizationServerMetadataFailed`](ErrorKind::AuthorizationServerMetadataFailed),
    /// [`AuthorizationUrlFailed`](ErrorKind::AuthorizationUrlFailed),
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) for options the client does not declare,
    /// [`RateLimited`](ErrorKind::RateLimited) and
    /// [`TemporarilyUnavailable`](ErrorKind::TemporarilyUnavailable).
    pub async fn authorize(
        &self,
        input: &str,
        options: AuthorizeOptions,
    ) -> Result<Authorization, Error> {
        let inner = &self.0;
        let keys = &inner.sessions.keys;
        options.check()?;
        let _permit = inner.starts.try_acquire().map_err(|_| {
            Error::new(
                ErrorKind::RateLimited,
                "too many sign-ins are being started; try again in a moment",
            )
            .with_retry_after(Some(START_RETRY_AFTER))
        })?;
        let scope = inner
            .registration
            .requested_scope(options.scope.as_deref())?;
        let redirect_uri = inner
            .registration
            .redirect_uri(options.redirect_uri.as_deref())?
            .to_owned();
        let (target, server) = LoginTarget::resolve(&inner.discovery, input).await?;
        let did = target.expected(options.replaces.as_ref())?;
        let dpop_key = Arc::new(DpopKey::generate()?);
        let verifier = pkce::verifier()?;
        let (state, binding) = (random_token()?, SecretString::from(random_token()?));
        keys.sync().await;
        let auth = keys.new_auth()?;
        let request = AuthorizationRequest {
            client_id: &inner.registration.client_id,
            redirect_uri: &redirect_uri,
            scope: &scope,
            state: &state,
            verifier: &verifier,
            login_hint: target.hint(),
            prompt: options.prompt,
        };
        let mut exchange = Exchange {
            context: &inner.context,
            issuer: &server.issuer,
            dpop_key: &dpop_key,
            client_key: keys.client_key(&auth)?,
            nonce: None,
        };
        let form = par::form(&server, &request);
        let response = exchange
            .send(&form, PAR_DEADLINE)
            .await
            .map_err(not_pushed)?;
        let request_uri = par::request_uri(&response)?;
        let issuer_nonce = exchange.nonce;
        let url = par::authorization_url(&server, &inner.registration.client_id, &request_uri);
        let (handle, pds) = target.into_parts();
        let now = inner.context.now();
        let record = PendingRecord {
            state_hash: sha256(state.as_bytes()),
            issuer: server.issuer.clone(),
            pds,
            did,
            handle,
            dpop_key,
            verifier,
            redirect_uri,
            scope: scope.into(),
            auth,
            issuer_nonce,
            binding_hash: sha256(binding.expose_secret().as_bytes()),
            created_at: now,
            expires_at: now.plus(PENDING_LIFETIME),
            return_to: options.return_to,
            app_state: options.app_state,
            replaces: options.replaces.map(|key| key.to_string()),
        };
        let change = inner.sessions.vault.put(&record, None)?;
        match inner.sessions.vault.commit(vec![change]).await? {
            Commit::Done => Ok(Authorization {
                url: url.into(),
                state,
                binding,
            }),
            Commit::Conflict(_) => Err(Error::invalid_request(
                "the same request exists already; start again",
            )),
        }
    }
}

/// The id of the stored request of that `state`.
pub(super) fn state_id(state: &str) -> String {
    base64url::encode(&sha256(state.as_bytes()))
}

fn not_pushed(failed: Failed) -> Error {
    match failed {
        Failed::Transport(error) => unreachable(
            error,
            ErrorKind::AuthorizationUrlFailed,
            "the authorization server",
        ),
        Failed::Local(error) => error,
    }
}
