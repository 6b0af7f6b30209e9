//! Exchanges the code for tokens, and checks them before they become a session.

use std::sync::Arc;

use futures_util::future::join;
use secrecy::SecretString;

use crate::client::client::OAuthClient;
use crate::client::discovery::CachePolicy::{BypassCache, UseCache};
use crate::client::policy::CODE_EXCHANGE_DEADLINE;
use crate::client::server::exchange::{Exchange, Failed};
use crate::client::server::transport_error::unreachable;
use crate::client::session::key::SessionKey;
use crate::client::session::refresh::session_end;
use crate::error::{Error, ErrorKind};
use crate::protocol::authorization_server::AuthorizationServer;
use crate::protocol::identity::DidDocument;
use crate::protocol::token::{self, Received, Refusal, Tokens};
use crate::scope::ScopeSet;
use crate::store::{PendingRecord, SessionRecord};
use crate::types::{Did, Handle};

/// The result of a code exchange.
pub(super) struct Redeemed<'a> {
    pub(super) exchange: Exchange<'a>,
    pub(super) server: Arc<AuthorizationServer>,
    /// What has to be revoked if there is no session in the end.
    pub(super) received: Received,
    /// The session, if every check passed.
    pub(super) record: Result<SessionRecord, Error>,
}

/// An account, as the directory and its server describe it at this moment.
struct Checked {
    document: DidDocument,
    handle: Option<Handle>,
}

impl OAuthClient {
    /// Exchanges the code, once (RFC 6749 §4.1.3, §4.1.2). The account that was asked for is checked meanwhile.
    ///
    /// # Errors
    /// No tokens were issued.
    pub(super) async fn redeem<'a>(
        &'a self,
        pending: &'a PendingRecord,
        code: &SecretString,
    ) -> Result<Redeemed<'a>, Error> {
        let (discovery, keys) = (&self.0.discovery, &self.0.sessions.keys);
        let server = discovery
            .authorization_server(&pending.issuer, None, UseCache)
            .await?;
        keys.sync().await;
        let mut exchange = Exchange {
            context: &self.0.context,
            issuer: &pending.issuer,
            dpop_key: &pending.dpop_key,
            client_key: keys.client_key(&pending.auth)?,
            nonce: pending.issuer_nonce.clone(),
        };
        let form = token::code_form(
            &server,
            &self.0.registration.client_id,
            &pending.redirect_uri,
            code,
            &pending.verifier,
        );
        let early = async {
            match &pending.did {
                Some(did) => Some(self.checked(did, pending).await),
                None => None,
            }
        };
        let (response, early) =
            join(exchange.send_code(&form, CODE_EXCHANGE_DEADLINE), early).await;
        let response = response.map_err(not_exchanged)?;
        if !response.status().is_success() {
            let (Refusal::InvalidGrant(failure)
            | Refusal::Client(failure)
            | Refusal::Other(failure)) = Refusal::of(&response);
            return Err(failure.into_error(
                ErrorKind::TokenValidationFailed,
                "the authorization server did not accept the sign-in; start it again",
            ));
        }
        let record = match Tokens::check(&response) {
            Ok(tokens) => match self.account_of(pending, &tokens, early).await {
                Ok(account) => self.session_of(pending, tokens, account, exchange.nonce.clone()),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        Ok(Redeemed {
            exchange,
            server,
            received: Received::of(&response),
            record,
        })
    }

    /// The tokens are for the account that was asked for, and that account is hosted by the server that issued
    /// them (AT Protocol OAuth: Identity Authentication).
    async fn account_of(
        &self,
        pending: &PendingRecord,
        tokens: &Tokens,
        early: Option<Result<Checked, Error>>,
    ) -> Result<Checked, Error> {
        match (&pending.did, early) {
            (Some(did), _) if *did != tokens.subject => Err(Error::new(
                ErrorKind::SubjectMismatch,
                format!(
                    "another account came back than the one that was asked for; sign in as `{}`, or \
                     start again with the other account",
                    pending.handle.as_ref().map_or(did.as_str(), Handle::as_str)
                ),
            )),
            (Some(_), Some(account)) => account,
            _ => self.checked(&tokens.subject, pending).await,
        }
    }

    /// Looks up again who hosts the account, past every cache (AT Protocol OAuth: Identity Authentication), and
    /// which handle it has.
    async fn checked(&self, did: &Did, pending: &PendingRecord) -> Result<Checked, Error> {
        let discovery = &self.0.discovery;
        let (document, _) = discovery
            .verify_issuer(did, &pending.issuer, BypassCache)
            .await?;
        let handle = match discovery.current_handle(&document).await {
            Ok(handle) => handle,
            // It was verified when the person typed it, minutes ago.
            Err(_) if pending.handle == document.handle => pending.handle.clone(),
            Err(_) => None,
        };
        Ok(Checked { document, handle })
    }

    fn session_of(
        &self,
        pending: &PendingRecord,
        tokens: Tokens,
        account: Checked,
        issuer_nonce: Option<String>,
    ) -> Result<SessionRecord, Error> {
        warn_if_broader(&pending.scope, &tokens.scope);
        let now = self.0.context.now();
        let key = SessionKey::<()>::random(tokens.subject.clone())?;
        Ok(SessionRecord {
            did: tokens.subject,
            random_id: *key.random_id(),
            handle: account.handle,
            handle_checked_at: now,
            issuer: pending.issuer.clone(),
            pds: account.document.pds,
            requested: pending.scope.clone(),
            granted: tokens.scope.as_str().into(),
            expanded: Vec::new(),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            access_expires_at: tokens.expires_in.map(|life| now.plus(life)),
            dpop_key: pending.dpop_key.clone(),
            auth: pending.auth.clone(),
            issuer_nonce,
            pds_nonce: None,
            created_at: now,
            refreshed_at: now,
            refreshing: None,
            used_at: None,
            expires_at: Some(session_end(&pending.auth, now, now)),
        })
    }
}

fn not_exchanged(failed: Failed) -> Error {
    match failed {
        Failed::Transport(error) => unreachable(
            error,
            ErrorKind::TokenValidationFailed,
            "the authorization server",
        ),
        Failed::Local(error) => error,
    }
}

/// Warns of scopes that were granted without being requested. They are stored; `allows` ignores them.
fn warn_if_broader(requested: &str, granted: &str) {
    let (Ok(requested), Ok(granted)) = (
        ScopeSet::parse_granted(requested),
        ScopeSet::parse_granted(granted),
    ) else {
        return;
    };
    let broader = requested.missing(&granted);
    let sets = requested.iter().any(|one| one.starts_with("include:"));
    if !broader.is_empty() && !sets {
        tracing::warn!(%broader, "the authorization server granted more than was asked for");
    }
}
