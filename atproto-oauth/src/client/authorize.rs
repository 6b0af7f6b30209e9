//! The start: who, where, and a pushed request.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::exchange::{Exchange, Failed};
use super::trouble::unreachable;
use super::{Authorization, Authorize, Inner, OAuthClient};
use crate::jose::{DpopKey, base64url, random_token, sha256};
use crate::protocol::par::{self, AuthorizationRequest};
use crate::protocol::pkce;
use crate::scope::ScopeSet;
use crate::store::{Commit, PendingRecord};
use crate::{Error, ErrorKind};

/// How long a person may take between start and callback (AR-13).
pub(crate) const PENDING_LIFE: Duration = Duration::from_mins(10);

/// Sign-ins that are started at the same time. Each opens connections to servers that a stranger names,
/// so their number is what one stranger can cost everybody.
pub(super) const STARTS: usize = 128;

/// How long the pushed request may take, with every repetition.
const DEADLINE: Duration = Duration::from_secs(10);

impl OAuthClient {
    /// Starts a sign-in for `input`: a handle, a DID, or the https URL of a PDS or entryway (ID-01).
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
    pub async fn authorize(&self, input: &str, options: Authorize) -> Result<Authorization, Error> {
        let inner = &self.0;
        options.check()?;
        let _place = inner.starts.try_acquire().map_err(|_| {
            Error::new(
                ErrorKind::RateLimited,
                "too many sign-ins are being started; try again in a moment",
            )
            .with_retry_after(Some(Duration::from_secs(5)))
        })?;
        let scope = inner.requested_scope(options.scope.as_deref())?;
        let redirect_uri = inner
            .identity
            .redirect_uri(options.redirect_uri.as_deref())?
            .to_owned();
        let (subject, server) = inner.subject(input).await?;
        let did = subject.expected(options.replaced().as_ref())?;
        let dpop_key = Arc::new(DpopKey::generate()?);
        let verifier = pkce::verifier()?;
        let (state, binding) = (random_token()?, SecretString::from(random_token()?));
        inner.hear_of_keys().await;
        let auth = inner.new_auth()?;
        let request = AuthorizationRequest {
            client_id: &inner.identity.client_id,
            redirect_uri: &redirect_uri,
            scope: &scope,
            state: &state,
            verifier: &verifier,
            login_hint: subject.hint(),
            prompt: options.prompt,
        };
        let mut exchange = Exchange {
            inner,
            issuer: &server.issuer,
            dpop_key: &dpop_key,
            client_key: inner.client_key(&auth)?,
            nonce: None,
        };
        let form = par::form(&server, &request);
        let response = exchange.send(&form, DEADLINE).await.map_err(not_pushed)?;
        let request_uri = par::request_uri(&response)?;
        let issuer_nonce = exchange.nonce;
        let url = par::authorization_url(&server, &inner.identity.client_id, &request_uri);
        let (handle, pds) = subject.into_parts();
        let now = inner.clock.now();
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
            expires_at: now.plus(PENDING_LIFE),
            return_to: options.return_to,
            app_state: options.app_state,
            replaces: options.replaces,
        };
        let change = inner.vault.put(&record, None)?;
        match inner.vault.commit(vec![change]).await? {
            Commit::Done => Ok(Authorization {
                url: url.into(),
                state,
                binding,
            }),
            Commit::Conflict(_) => Err(invalid("the same request exists already; start again")),
        }
    }
}

impl Inner {
    /// The scope to ask for: declared, with `atproto`, without duplicates (CM-07, AR-08).
    fn requested_scope(&self, wanted: Option<&str>) -> Result<String, Error> {
        let Some(wanted) = wanted else {
            return Ok(self.identity.default_scope.clone());
        };
        if wanted.len() > ScopeSet::MAX_BYTES {
            return Err(invalid("the list of scopes is too long; ask for less"));
        }
        let declared: Vec<&str> = self.identity.declared.split(' ').collect();
        let mut list: Vec<&str> = vec!["atproto"];
        for one in wanted.split(' ').filter(|one| !one.is_empty()) {
            if !declared.contains(&one) {
                return Err(invalid(format!(
                    "`{one}` is not a permission that this application declares; add it to `scopes` or \
                     `optional_scopes`"
                )));
            }
            if !list.contains(&one) {
                list.push(one);
            }
        }
        if list.contains(&"transition:chat.bsky") && !list.contains(&"transition:generic") {
            return Err(invalid(
                "`transition:chat.bsky` needs `transition:generic`; ask for both",
            ));
        }
        Ok(list.join(" "))
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

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidRequest, message)
}
