//! The end of a sign-in: one answer, checked before anything is believed.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::authorize::state_id;
use super::exchange::{Exchange, Failed, revoke_tokens};
use super::resolve::Freshness;
use super::session::Session;
use super::{Inner, OAuthClient, SessionKey};
use crate::jose::{constant_time_eq, sha256};
use crate::protocol::authorization_server::AuthorizationServer;
use crate::protocol::callback::{Callback, Outcome, refusal};
use crate::protocol::identity::DidDocument;
use crate::protocol::token::{self, Received, Refusal, Tokens};
use crate::store::Commit;
use crate::store::{PendingRecord, SessionRecord};
use crate::types::Handle;
use crate::{Error, ErrorKind};

/// How long the exchange of the code may take. It is never repeated (CB-08).
const DEADLINE: Duration = Duration::from_secs(20);

/// Somebody signed in, and their session is stored.
#[derive(Debug)]
pub struct SignedIn {
    session: Session,
    return_to: Option<String>,
    app_state: Option<String>,
    missing: Vec<String>,
}

impl SignedIn {
    /// The new session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The new session, for keeps.
    #[must_use]
    pub fn into_session(self) -> Session {
        self.session
    }

    /// The local path that was given at the start.
    #[must_use]
    pub fn return_to(&self) -> Option<&str> {
        self.return_to.as_deref()
    }

    /// What the application gave at the start.
    #[must_use]
    pub fn app_state(&self) -> Option<&str> {
        self.app_state.as_deref()
    }

    /// Permissions that were asked for and not granted: the person took them out, or the server does
    /// not know them (SC-16).
    #[must_use]
    pub fn missing(&self) -> &[String] {
        &self.missing
    }
}

impl OAuthClient {
    /// Completes a sign-in. `query` is the callback's query string without `?`; `binding` is what the
    /// browser brought back of [`Authorization::binding`](super::Authorization::binding).
    ///
    /// The request is taken once, whatever comes of it. A session exists only when this returns it; if
    /// a check fails after tokens were issued, they are revoked. The work goes on if the caller is
    /// dropped, so nothing is left half done.
    ///
    /// # Errors
    /// [`InvalidCallbackRequest`](ErrorKind::InvalidCallbackRequest) and
    /// [`IssuerMismatch`](ErrorKind::IssuerMismatch) before any request is sent,
    /// [`AccessDenied`](ErrorKind::AccessDenied) if the person said no,
    /// [`SubjectMismatch`](ErrorKind::SubjectMismatch),
    /// [`TokenValidationFailed`](ErrorKind::TokenValidationFailed),
    /// [`SessionStoreFailed`](ErrorKind::SessionStoreFailed) and
    /// [`TemporarilyUnavailable`](ErrorKind::TemporarilyUnavailable) after. Errors of a known request
    /// carry its [`app_state`](Error::app_state).
    pub async fn callback(&self, query: &str, binding: Option<&str>) -> Result<SignedIn, Error> {
        let callback = Callback::parse(query)?;
        let pending = self.0.take_pending(&callback, binding).await?;
        let client = self.clone();
        let task = tokio::spawn(async move {
            let (app_state, return_to) = (pending.app_state.clone(), pending.return_to.clone());
            let result = client.complete(callback, pending).await;
            result.map_err(|error| error.with_app_state(app_state, return_to))
        });
        task.await.unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::TokenValidationFailed,
                "the sign-in broke; start it again",
            )
            .with_source(error))
        })
    }

    async fn complete(
        &self,
        callback: Callback,
        pending: PendingRecord,
    ) -> Result<SignedIn, Error> {
        let code = match callback.outcome {
            Outcome::Code(code) => code,
            Outcome::Refused { error, description } => {
                return Err(refusal(&error, description.as_deref()));
            }
        };
        let inner = &self.0;
        let server = inner
            .authorization_server(&pending.issuer, None, Freshness::Cached)
            .await?;
        let mut nonce = pending.issuer_nonce.clone();
        let mut exchange = Exchange {
            inner,
            issuer: &pending.issuer,
            dpop_key: &pending.dpop_key,
            client_key: inner.client_key(&pending.auth)?,
            nonce: &mut nonce,
            deadline: DEADLINE,
        };
        // The account that was asked for is checked while the code is exchanged.
        let early = async {
            match &pending.did {
                Some(did) => Some(
                    inner
                        .verify_issuer(did, &pending.issuer, Freshness::Fresh)
                        .await,
                ),
                None => None,
            }
        };
        let (answer, early) = futures_util::future::join(
            inner.redeem(&mut exchange, &server, &pending, &code),
            early,
        )
        .await;
        let (received, tokens) = answer?;
        let checked = async {
            let tokens = tokens?;
            let document = inner.check_subject(&pending, &tokens, early).await?;
            let handle = inner.handle_of(&pending, &document).await;
            let record = inner.new_session(&pending, &tokens, &document, handle)?;
            inner.store_session(record).await
        };
        let live = match checked.await {
            Ok(live) => live,
            Err(error) => {
                let Received {
                    access_token,
                    refresh_token,
                } = &received;
                let revoked = revoke_tokens(
                    &mut exchange,
                    server.revocation_endpoint.as_ref(),
                    refresh_token.as_ref(),
                    access_token.as_ref(),
                );
                if let Err(failed) = revoked.await {
                    tracing::warn!(error = ?Error::from(failed), "refused tokens were not revoked");
                }
                return Err(error);
            }
        };
        if let Some(old) = pending
            .replaces
            .as_deref()
            .and_then(|key| key.parse::<SessionKey>().ok())
            && let Err(error) = self.revoke(&old).await
        {
            tracing::warn!(%error, "the replaced session was not ended");
        }
        let session: Session = Session::new(self.clone(), live);
        let missing = session.missing();
        Ok(SignedIn {
            session,
            return_to: pending.return_to,
            app_state: pending.app_state,
            missing,
        })
    }
}

impl Inner {
    /// The request that this callback answers, taken out of the store. A wrong browser or a wrong
    /// server leaves it where it is (CB-01 to CB-04, AR-14).
    async fn take_pending(
        &self,
        callback: &Callback,
        binding: Option<&str>,
    ) -> Result<PendingRecord, Error> {
        let unknown = || {
            Error::new(
                ErrorKind::InvalidCallbackRequest,
                "this sign-in is not known here: it expired, was used already, or was started in \
                 another browser; start again",
            )
        };
        let id = state_id(&callback.state);
        let stored = self
            .vault
            .get::<PendingRecord>(&id)
            .await?
            .ok_or_else(unknown)?;
        let binding = sha256(binding.unwrap_or_default().as_bytes());
        if !constant_time_eq(&binding, &stored.record.binding_hash) {
            return Err(unknown());
        }
        callback.check_issuer(&stored.record.issuer)?;
        let delete = self
            .vault
            .delete::<PendingRecord>(&id, Some(stored.version));
        match self.vault.commit(vec![delete]).await? {
            Commit::Done if stored.record.expires_at > self.clock.now() => Ok(stored.record),
            _ => Err(unknown()),
        }
    }

    /// Exchanges the code, once (CB-07, CB-08).
    async fn redeem(
        &self,
        exchange: &mut Exchange<'_>,
        server: &AuthorizationServer,
        pending: &PendingRecord,
        code: &SecretString,
    ) -> Result<(Received, Result<Tokens, Error>), Error> {
        let client_id = &self.identity.client_id;
        let form = token::code_form(
            server,
            client_id,
            &pending.redirect_uri,
            code,
            &pending.verifier,
        );
        let response = match exchange.send(&form).await {
            Ok(response) => response,
            Err(Failed::Local(error)) => return Err(error),
            Err(failed) => return Err(failed.into()),
        };
        if !response.status().is_success() {
            let (Refusal::InvalidGrant(failure)
            | Refusal::Client(failure)
            | Refusal::Other(failure)) = Refusal::of(&response);
            return Err(failure.into_error(
                ErrorKind::TokenValidationFailed,
                "the authorization server did not accept the sign-in; start it again",
            ));
        }
        Ok((Received::of(&response), Tokens::check(&response)))
    }

    /// The tokens are for the account that was asked for, and that account is hosted by the server that
    /// issued them (ID-17, ID-18, CB-12).
    async fn check_subject(
        &self,
        pending: &PendingRecord,
        tokens: &Tokens,
        early: Option<Result<DidDocument, Error>>,
    ) -> Result<DidDocument, Error> {
        match (&pending.did, early) {
            (Some(did), _) if *did != tokens.subject => Err(Error::new(
                ErrorKind::SubjectMismatch,
                format!(
                    "another account came back than the one that was asked for; sign in as `{}`, or \
                     start again with the other account",
                    pending.handle.as_ref().map_or(did.as_str(), Handle::as_str)
                ),
            )),
            (Some(_), Some(document)) => document,
            _ => {
                self.verify_issuer(&tokens.subject, &pending.issuer, Freshness::Fresh)
                    .await
            }
        }
    }

    /// The handle to show: the one that was typed, if the fresh document still claims it, or the
    /// document's own, once it is verified.
    async fn handle_of(&self, pending: &PendingRecord, document: &DidDocument) -> Option<Handle> {
        if pending.handle.is_some() && pending.handle == document.handle {
            return pending.handle.clone();
        }
        self.verified_handle(document).await
    }

    fn new_session(
        &self,
        pending: &PendingRecord,
        tokens: &Tokens,
        document: &DidDocument,
        handle: Option<Handle>,
    ) -> Result<SessionRecord, Error> {
        let now = self.clock.now();
        let key = SessionKey::<()>::fresh(tokens.subject.clone())?;
        Ok(SessionRecord {
            did: tokens.subject.clone(),
            nonce: *key.nonce(),
            handle,
            handle_checked_at: now,
            issuer: pending.issuer.clone(),
            pds: document.pds.clone(),
            requested: pending.scope.clone(),
            granted: tokens.scope.as_str().into(),
            access_token: tokens.access_token.clone(),
            refresh_token: tokens.refresh_token.clone(),
            access_expires_at: tokens.expires_in.map(|life| now.plus(life)),
            dpop_key: pending.dpop_key.clone(),
            auth: pending.auth.clone(),
            issuer_nonce: None,
            pds_nonce: None,
            created_at: now,
            refreshed_at: now,
            refreshing: None,
            ended: None,
            expires_at: Some(self.session_end(&pending.auth, now, now)),
        })
    }

    /// Writes a new session; without a durable write there is none (TK-22).
    async fn store_session(&self, record: SessionRecord) -> Result<Arc<super::live::Live>, Error> {
        let change = self.vault.put(&record, None)?;
        match self.vault.commit(vec![change]).await? {
            Commit::Done => Ok(self.live.insert(record, 1)),
            Commit::Conflict(_) => Err(Error::new(
                ErrorKind::SessionStoreFailed,
                "a session with this key exists already; start again",
            )),
        }
    }
}
