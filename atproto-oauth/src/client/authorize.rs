//! The start: who, where, and a pushed request.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::exchange::Exchange;
use super::{Inner, OAuthClient};
use crate::jose::{DpopKey, base64url, random_token, sha256};
use crate::protocol::authorization_server::AuthorizationServer;
use crate::protocol::par::{self, AuthorizationRequest, Prompt};
use crate::protocol::{dpop, pkce};
use crate::scope::ScopeSet;
use crate::store::{Commit, PendingRecord};
use crate::types::{Did, Handle, Origin};
use crate::{Error, ErrorKind};

/// How long a person may take between start and callback (AR-13).
pub(crate) const PENDING_LIFE: Duration = Duration::from_mins(10);

/// How long the pushed request may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// Longest `app_state`, in bytes.
const MAX_APP_STATE: usize = 4 * 1024;

/// What a sign-in asks for, beyond who.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Authorize {
    /// The permissions, separated by spaces; a subset of what the client declares, always with
    /// `atproto`. Default: the client's own.
    pub scope: Option<String>,
    /// What the server should ask the person.
    pub prompt: Option<Prompt>,
    /// One of the client's redirect URIs. Default: the first (RU-02).
    pub redirect_uri: Option<String>,
    /// The local path to go to afterwards. Kept, not used.
    pub return_to: Option<String>,
    /// Anything the application wants back with the session; at most 4 KiB. It never leaves the store
    /// (AR-06).
    pub app_state: Option<String>,
    /// The key of a session that the new one replaces once it is stored; untouched if the sign-in fails
    /// (SC-18).
    pub replaces: Option<String>,
}

/// A sign-in that was started: send the person to [`url`](Self::url) and keep
/// [`binding`](Self::binding) where only their browser can bring it back.
#[derive(Debug)]
pub struct Authorization {
    url: String,
    state: String,
    binding: SecretString,
}

impl Authorization {
    /// Where to send the person.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The request's `state`, to tell several apart.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The secret that binds the request to the browser that started it: in a `HttpOnly` cookie, or in
    /// the memory of a program that waits for its own callback. [`OAuthClient::callback`] needs it
    /// (AR-14).
    #[must_use]
    pub fn binding(&self) -> &SecretString {
        &self.binding
    }
}

/// Who or what was typed.
enum Subject {
    Account {
        did: Did,
        handle: Option<Handle>,
        pds: Origin,
        hint: String,
    },
    Server(Option<Origin>),
}

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
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) for options the client does not declare, and
    /// [`TemporarilyUnavailable`](ErrorKind::TemporarilyUnavailable).
    pub async fn authorize(&self, input: &str, options: Authorize) -> Result<Authorization, Error> {
        let inner = &self.0;
        let scope = inner.requested_scope(options.scope.as_deref())?;
        let redirect_uri = inner
            .identity
            .redirect_uri(options.redirect_uri.as_deref())?
            .to_owned();
        if options
            .app_state
            .as_ref()
            .is_some_and(|state| state.len() > MAX_APP_STATE)
        {
            return Err(invalid(
                "`app_state` is larger than 4 KiB; keep it in your own store",
            ));
        }
        let (subject, server) = inner.subject(input).await?;
        let now = inner.clock.now();
        let dpop_key = Arc::new(DpopKey::generate()?);
        let verifier = pkce::verifier()?;
        let (state, binding) = (random_token()?, SecretString::from(random_token()?));
        let auth = inner.new_auth();
        let mut issuer_nonce = None;
        let request = AuthorizationRequest {
            client_id: &inner.identity.client_id,
            redirect_uri: &redirect_uri,
            scope: &scope,
            state: &state,
            verifier: &verifier,
            login_hint: subject.hint(),
            prompt: options.prompt,
        };
        let form = par::form(&server, &request);
        let mut exchange = Exchange {
            inner,
            issuer: &server.issuer,
            dpop_key: &dpop_key,
            client_key: inner.client_key(&auth)?,
            nonce: &mut issuer_nonce,
            deadline: DEADLINE,
        };
        let response = exchange.send(&form).await?;
        let request_uri = par::request_uri(&response)?;
        if dpop::nonce(response.headers()).is_none() {
            return Err(Error::new(
                ErrorKind::AuthorizationUrlFailed,
                "the authorization server sent no DPoP nonce; it is not safe to sign in there",
            ));
        }
        let url = par::authorization_url(&server, &inner.identity.client_id, &request_uri);
        let (did, handle, pds) = subject.into_parts();
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
        let scope = list.join(" ");
        ScopeSet::parse_granted(&scope)?;
        Ok(scope)
    }

    async fn subject(&self, input: &str) -> Result<(Subject, Arc<AuthorizationServer>), Error> {
        use super::resolve::Freshness::Cached;
        let text = crate::types::clean_input(input)?;
        if text.contains("://") {
            let origin = self.typed_origin(&text)?;
            let (server, pds) = self.server_at(&origin).await?;
            return Ok((Subject::Server(pds), server));
        }
        let (account, hint) = if text.starts_with("did:") {
            let did: Did = text.parse()?;
            (self.account_of_did(&did).await?, did.to_string())
        } else {
            let handle = Handle::from_input(&text)?;
            (self.account_of_handle(&handle).await?, handle.to_string())
        };
        let pds = account.document.pds;
        let issuer = self.issuer_of(&pds, Cached).await?;
        let server = self
            .authorization_server(&issuer, Some(&pds), Cached)
            .await?;
        let did = account.document.did;
        Ok((
            Subject::Account {
                did,
                handle: account.handle,
                pds,
                hint,
            },
            server,
        ))
    }

    /// The origin of a URL that a person typed; a trailing slash is forgiven.
    fn typed_origin(&self, text: &str) -> Result<Origin, Error> {
        let origin = text
            .strip_suffix('/')
            .unwrap_or(text)
            .to_ascii_lowercase()
            .parse::<Origin>();
        origin.ok().filter(|origin| self.network.servers.allow(origin)).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidHandle,
                "this is not the address of a public server; write a handle, or `https://` and a host",
            )
        })
    }
}

impl Subject {
    fn hint(&self) -> Option<&str> {
        match self {
            Self::Account { hint, .. } => Some(hint),
            Self::Server(_) => None,
        }
    }

    fn into_parts(self) -> (Option<Did>, Option<Handle>, Option<Origin>) {
        match self {
            Self::Account {
                did, handle, pds, ..
            } => (Some(did), handle, Some(pds)),
            Self::Server(pds) => (None, None, pds),
        }
    }
}

pub(super) fn state_id(state: &str) -> String {
    base64url::encode(&sha256(state.as_bytes()))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidRequest, message)
}
