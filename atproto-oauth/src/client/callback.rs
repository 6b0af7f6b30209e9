//! The end of a sign-in: one answer, checked before anything is believed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::authorize::state_id;
use super::expanding::{Expanding, PATIENCE};
use super::redeem::Redeemed;
use super::session::Session;
use super::{Inner, OAuthClient, SessionKey};
use crate::jose::{constant_time_eq, sha256};
use crate::protocol::callback::{Callback, Outcome, refusal};
use crate::store::{Commit, PendingRecord, StoreError};
use crate::{Error, ErrorKind};

/// How long a server may take to revoke what was refused, while a person waits.
const REVOKE_DEADLINE: Duration = Duration::from_secs(2);

/// Somebody signed in, and their session is stored. `Debug` leaves out what the application gave.
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

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn")
            .field("session", &self.session)
            .field("return_to", &self.return_to)
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}

/// What came of a callback, and what it was for.
pub(crate) struct Landed {
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

/// What becomes of the session that is replaced, when the new one is stored.
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
        self.answered(callback, pending, Replaced::Ends).await
    }

    /// As [`callback`](Self::callback), where the caller ends the session that is replaced, once the new
    /// one has come to stay.
    pub(crate) async fn land(&self, query: &str, binding: Option<&str>) -> Landed {
        let taken = async {
            let callback = Callback::parse(query)?;
            let pending = self.0.take_pending(&callback, binding).await?;
            Ok((callback, pending))
        };
        match taken.await {
            Ok((callback, pending)) => Landed {
                upgrade: Upgrade::of(&pending),
                result: self.answered(callback, pending, Replaced::Stays).await,
            },
            Err(error) => Landed {
                upgrade: None,
                result: Err(error),
            },
        }
    }

    /// In a task of its own, which goes on if the caller is dropped.
    async fn answered(
        &self,
        callback: Callback,
        pending: PendingRecord,
        replaced: Replaced,
    ) -> Result<SignedIn, Error> {
        let (client, going_on) = (self.clone(), self.0.work.goes_on());
        let task = tokio::spawn(async move {
            let _going_on = going_on;
            let (app_state, return_to) = (pending.app_state.clone(), pending.return_to.clone());
            let result = client.complete(callback, pending, replaced).await;
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
        replaced: Replaced,
    ) -> Result<SignedIn, Error> {
        let code = match callback.outcome {
            Outcome::Code(code) => code,
            Outcome::Refused { error, description } => {
                return Err(refusal(&error, description.as_deref()));
            }
        };
        let sets = Expanding::start(&self.0, &pending.scope);
        let Redeemed {
            mut exchange,
            server,
            received,
            record,
        } = self.0.redeem(&pending, &code).await?;
        let stored = match record {
            Ok(mut record) => {
                record.expanded = sets.within(PATIENCE).await;
                self.0.store_session(record).await
            }
            Err(error) => Err(error),
        };
        let live = match stored {
            Ok(live) => live,
            Err(error) => {
                let revoked = exchange.revoke(
                    server.revocation_endpoint.as_ref(),
                    received.refresh_token.as_ref(),
                    received.access_token.as_ref(),
                    REVOKE_DEADLINE,
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
        let id = state_id(&callback.state);
        let stored = match self.vault.get::<PendingRecord>(&id).await {
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
        let delete = self.vault.delete::<PendingRecord>(&id, Some(version));
        match self.vault.commit(vec![delete]).await {
            Ok(Commit::Done) if pending.expires_at > self.clock.now() => Ok(pending),
            Ok(_) => Err(unknown()),
            Err(error) => Err(not_taken(error, pending)),
        }
    }
}

/// One answer for every state that is not ours to use, so that nobody learns which exist.
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
