//! A code becomes tokens, and tokens a session: every check before anybody sees it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use secrecy::SecretString;

use super::exchange::{Exchange, Failed};
use super::live::Live;
use super::refresh::session_end;
use super::resolve::Freshness;
use super::trouble::unreachable;
use super::{Inner, SessionKey};
use crate::protocol::authorization_server::AuthorizationServer;
use crate::protocol::identity::DidDocument;
use crate::protocol::token::{self, Received, Refusal, Tokens};
use crate::scope::ScopeSet;
use crate::store::{Commit, PendingRecord, SessionRecord};
use crate::types::{Did, Handle};
use crate::{Error, ErrorKind};

/// How long the exchange of the code may take. It is never repeated (CB-08).
const DEADLINE: Duration = Duration::from_secs(20);

/// What came of a code.
pub(super) struct Redeemed<'a> {
    pub(super) exchange: Exchange<'a>,
    pub(super) server: Arc<AuthorizationServer>,
    /// What has to be revoked if there is no session in the end.
    pub(super) received: Received,
    /// The session, if everything is in order.
    pub(super) record: Result<SessionRecord, Error>,
}

/// An account, as the directory and its server describe it at this moment.
struct Checked {
    document: DidDocument,
    handle: Option<Handle>,
}

impl Inner {
    /// Exchanges the code, once (CB-07, CB-08). The account that was asked for is checked meanwhile.
    ///
    /// # Errors
    /// There are no tokens.
    pub(super) async fn redeem<'a>(
        &'a self,
        pending: &'a PendingRecord,
        code: &SecretString,
    ) -> Result<Redeemed<'a>, Error> {
        let server = self
            .authorization_server(&pending.issuer, None, Freshness::Cached)
            .await?;
        self.hear_of_keys().await;
        let mut exchange = Exchange {
            inner: self,
            issuer: &pending.issuer,
            dpop_key: &pending.dpop_key,
            client_key: self.client_key(&pending.auth)?,
            nonce: pending.issuer_nonce.clone(),
        };
        let form = token::code_form(
            &server,
            &self.identity.client_id,
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
        let (response, early) = join(exchange.send_code(&form, DEADLINE), early).await;
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

    /// The tokens are for the account that was asked for, and that account is hosted by the server that
    /// issued them (ID-17, ID-18, CB-12).
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

    /// Asks anew who hosts the account, whatever is remembered (ID-16), and which handle it has.
    async fn checked(&self, did: &Did, pending: &PendingRecord) -> Result<Checked, Error> {
        let (document, _) = self
            .verify_issuer(did, &pending.issuer, Freshness::Fresh)
            .await?;
        let handle = match self.handle_now(&document).await {
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
        let now = self.clock.now();
        let key = SessionKey::<()>::fresh(tokens.subject.clone())?;
        Ok(SessionRecord {
            did: tokens.subject,
            nonce: *key.nonce(),
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

    /// Writes a new session; without a durable write there is none (TK-22).
    pub(super) async fn store_session(&self, record: SessionRecord) -> Result<Arc<Live>, Error> {
        let key = SessionKey::<()>::new(record.did.clone(), record.nonce);
        let (before, look) = (self.live.ends(), self.look());
        let change = self.vault.put(&record, None)?;
        match self.vault.commit(vec![change]).await {
            Ok(Commit::Done) => match self.live.insert(record, 1, before, look) {
                Some(live) => Ok(live),
                None => self.live(&key).await,
            },
            Ok(Commit::Conflict(_)) => Err(Error::new(
                ErrorKind::SessionStoreFailed,
                "a session with this key exists already; start again",
            )),
            Err(error) => {
                // It may be there all the same, and its tokens are about to be revoked.
                let delete = self.vault.delete::<SessionRecord>(&key.to_string(), None);
                if let Err(again) = self.vault.commit(vec![delete]).await {
                    tracing::warn!(error = %again, "a refused session may still be in the store");
                }
                Err(error.into())
            }
        }
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

/// More than was asked for is kept, and never used (CB-15).
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
