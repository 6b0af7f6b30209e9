//! Completes a sign-in: the callback is checked before anything is exchanged or stored.

use std::fmt;
use std::sync::Arc;

use super::authorize::state_id;
use super::redeem::Redeemed;
use crate::client::client::OAuthClient;
use crate::client::discovery::expansion_lookup::ExpansionLookup;
use crate::client::policy::{REFUSED_REVOKE_DEADLINE, SET_WAIT};
use crate::client::session::key::SessionKey;
use crate::client::session::session::Session;
use crate::error::{Error, ErrorKind};
use crate::jose::{constant_time_eq, sha256};
use crate::protocol::callback::{Callback, Outcome, refusal};
use crate::store::{Commit, PendingRecord, StoreError};

/// A completed sign-in, whose session is stored. `Debug` leaves out what the application gave.
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

    /// Takes the new session out.
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

    /// Permissions that were asked for and not granted: the person took them out, or the server does not know
    /// them.
    #[must_use]
    pub fn missing(&self) -> &[String] {
        &self.missing
    }
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn")
            .field("session", &self.session)
            .field("return_to", &self.return_to)
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}

/// The outcome of a callback, and what the sign-in was for.
pub(crate) struct CallbackOutcome {
    pub(crate) result: Result<SignedIn, Error>,
    /// The sign-in was for more permissions.
    pub(crate) upgrade: Option<Upgrade>,
}

/// A session that makes way for one with more permissions.
pub(crate) struct Upgrade {
    pub(crate) key: SessionKey,
    /// Everything that was asked for.
    pub(crate) scope: Arc<str>,
}

/// What happens to the replaced session when the new one is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Replaced {
    Ends,
    Stays,
}

impl Upgrade {
    fn of(pending: &PendingRecord) -> Option<Self> {
        let key = pending.replaces.as_deref()?.parse().ok()?;
        let scope = pending.scope.clone();
        Some(Self { key, scope })
    }
}

impl OAuthClient {
    /// Completes a sign-in. `query` is the callback's query string without `?`; `binding` is what the
    /// browser brought back of [`Authorization::binding`](crate::Authorization::binding).
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
        let pending = self.take_pending(&callback, binding).await?;
        self.finish(callback, pending, Replaced::Ends).await
    }

    /// As [`callback`](Self::callback), where the caller ends the session that is replaced, once the new
    /// one stands.
    pub(crate) async fn complete_callback(
        &self,
        query: &str,
        binding: Option<&str>,
    ) -> CallbackOutcome {
        let taken = async {
            let callback = Callback::parse(query)?;
            let pending = self.take_pending(&callback, binding).await?;
            Ok((callback, pending))
        };
        match taken.await {
            Ok((callback, pending)) => CallbackOutcome {
                upgrade: Upgrade::of(&pending),
                result: self.finish(callback, pending, Replaced::Stays).await,
            },
            Err(error) => CallbackOutcome {
                upgrade: None,
                result: Err(error),
            },
        }
    }

    /// In a task of its own, which goes on if the caller is dropped.
    async fn finish(
        &self,
        callback: Callback,
        pending: PendingRecord,
        replaced: Replaced,
    ) -> Result<SignedIn, Error> {
        let (client, in_flight) = (self.clone(), self.0.in_flight.begin());
        let task = tokio::spawn(async move {
            let _in_flight = in_flight;
            let (app_state, return_to) = (pending.app_state.clone(), pending.return_to.clone());
            let result = client.complete(callback, pending, replaced).await;
            result.map_err(|error| error.with_app_state(app_state, return_to))
        });
        task.await.unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::TokenValidationFailed,
                "the sign-in was interrupted; start it again",
            )
            .with_source(error))
        })
    }

    async fn complete(
        &self,
        callback: Callback,
        pending: PendingRecord,
        replaced: Replaced,
    ) -> Result<SignedIn, Error> {
        let code = match callback.outcome {
            Outcome::Code(code) => code,
            Outcome::Refused { error, description } => {
                return Err(refusal(&error, description.as_deref()));
            }
        };
        let sets = ExpansionLookup::start(&self.0.discovery, &pending.scope);
        let Redeemed {
            mut exchange,
            server,
            received,
            record,
        } = self.redeem(&pending, &code).await?;
        let stored = match record {
            Ok(mut record) => {
                record.expanded = sets.within(SET_WAIT).await;
                self.0.sessions.insert(record).await
            }
            Err(error) => Err(error),
        };
        let state = match stored {
            Ok(state) => state,
            Err(error) => {
                let revoked = exchange.revoke(
                    server.revocation_endpoint.as_ref(),
                    received.refresh_token.as_ref(),
                    received.access_token.as_ref(),
                    REFUSED_REVOKE_DEADLINE,
                );
                if let Err(failed) = revoked.await {
                    tracing::warn!(error = %failed, "refused tokens were not revoked");
                }
                return Err(error);
            }
        };
        if replaced == Replaced::Ends
            && let Some(Upgrade { key, .. }) = Upgrade::of(&pending)
            && let Err(error) = self.start_revoking(&key).await
        {
            tracing::warn!(%error, "the replaced session was not ended");
        }
        let session: Session = Session::new(self.clone(), state);
        let missing = session.missing();
        Ok(SignedIn {
            session,
            return_to: pending.return_to,
            app_state: pending.app_state,
            missing,
        })
    }

    /// The request that this callback answers, taken out of the store. A wrong browser or a wrong server leaves
    /// it where it is (RFC 9207 §2.4, RFC 9700 §4.7).
    async fn take_pending(
        &self,
        callback: &Callback,
        binding: Option<&str>,
    ) -> Result<PendingRecord, Error> {
        let id = state_id(&callback.state);
        let stored = match self.0.sessions.vault.get::<PendingRecord>(&id).await {
            Ok(Some(stored)) => stored,
            Ok(None) => return Err(unknown()),
            Err(error) if error.is_unreadable() && !error.is_unknown() => {
                return Err(unknown().with_source(error));
            }
            Err(error) => return Err(error.into()),
        };
        let (pending, version) = (stored.record, stored.version);
        let binding = sha256(binding.unwrap_or_default().as_bytes());
        if !constant_time_eq(&binding, &pending.binding_hash) {
            return Err(unknown());
        }
        if let Err(error) = callback.check_issuer(&pending.issuer) {
            return Err(error.with_app_state(pending.app_state, pending.return_to));
        }
        let delete = self
            .0
            .sessions
            .vault
            .delete::<PendingRecord>(&id, Some(version));
        match self.0.sessions.vault.commit(vec![delete]).await {
            Ok(Commit::Done) if pending.expires_at > self.0.context.now() => Ok(pending),
            Ok(_) => Err(unknown()),
            Err(error) => Err(not_taken(error, pending)),
        }
    }
}

/// One error for every state that cannot be used here, so that callers cannot probe which exist.
fn unknown() -> Error {
    Error::new(
        ErrorKind::InvalidCallbackRequest,
        "this sign-in is not known here: it expired, was used already, or was started in another \
         browser; start again",
    )
}

fn not_taken(error: StoreError, pending: PendingRecord) -> Error {
    Error::from(error).with_app_state(pending.app_state, pending.return_to)
}
