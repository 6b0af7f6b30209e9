//! Renewing tokens: one request at a time per session, intent before sending, written before use.
//!
//! A refresh token is good for one use. So before it is spent, the row says that somebody is about to
//! spend it and until when an answer may come; whoever finds such an intent waits it out and reads the
//! row again before trying. Only `invalid_grant` to such a try, with nothing newer in the row, ends a
//! session.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::Inner;
use super::exchange::{Exchange, Failed, revoke_tokens};
use super::live::{Current, Live, ended};
use super::resolve::Freshness;
use crate::jose::random;
use crate::protocol::Response;
use crate::protocol::authorization_server::AuthorizationServer;
use crate::protocol::token::{self, Received, Refusal, Tokens};
use crate::store::{ClientAuth, Intent, SessionRecord};
use crate::store::{Commit, StoreError};
use crate::types::Timestamp;
use crate::{Error, ErrorKind};

/// How long a refresh request may take; shorter than its lease.
const DEADLINE: Duration = Duration::from_secs(15);

/// How long nobody else may try.
const LEASE: Duration = Duration::from_secs(20);

/// How long to leave a server alone that could not answer.
const BACKOFF: Duration = Duration::from_secs(5);

/// A token is renewed this long before it expires, or a sixth of its life, whichever is shorter.
const EARLY: Duration = Duration::from_mins(1);

/// A server that rejects tokens it has just issued is not asked for new ones more often (TK-14).
const FLOOR: Duration = Duration::from_secs(10);

impl Inner {
    /// The session with a token that is good to use: renewed if it is about to expire, or if it is the
    /// one that a server has just `rejected`.
    pub(crate) async fn usable(
        self: &Arc<Self>,
        live: &Arc<Live>,
        rejected: Option<&Arc<Current>>,
    ) -> Result<Arc<Current>, Error> {
        live.check()?;
        let (current, now) = (live.current(), self.clock.now());
        let stale = match rejected {
            Some(old) if old.has_token(current.record.access_token.expose_secret()) => {
                let fresh = now < current.record.refreshed_at.plus(FLOOR);
                !fresh || is_expired(&current.record, now)
            }
            Some(_) => false,
            None => is_expiring(&current.record, now),
        };
        if !stale {
            return Ok(current);
        }
        // In a task of its own: a caller that goes away must not leave a spent token behind.
        let (inner, shared, old) = (self.clone(), live.clone(), current.clone());
        let task = tokio::spawn(async move { inner.refresh(&shared, &old).await });
        let result = task.await.unwrap_or_else(|error| {
            Err(Error::new(
                ErrorKind::TemporarilyUnavailable,
                "the refresh broke; try again",
            )
            .with_source(error))
        });
        match result {
            Err(error) if error.is_transient() && rejected.is_none() => {
                let current = live.current();
                if is_expired(&current.record, self.clock.now()) {
                    Err(error)
                } else {
                    Ok(current)
                }
            }
            other => other,
        }
    }

    /// Takes its turn, then looks again before it does anything (TK-02, TK-03).
    async fn refresh(&self, live: &Arc<Live>, old: &Current) -> Result<Arc<Current>, Error> {
        let mut not_before = live.turn.lock().await;
        let token = old.record.access_token.expose_secret();
        loop {
            live.check()?;
            let mut current = live.current();
            if !current.has_token(token) {
                return Ok(current);
            }
            let now = self.clock.now();
            if let Some(until) = not_before.filter(|until| *until > now) {
                return Err(later(Some(now.until(until))));
            }
            if !current.unsaved {
                current = self.reread(live, &current).await?;
                if !current.has_token(token) {
                    return Ok(current);
                }
            }
            if let Some(intent) = &current.record.refreshing
                && intent.deadline > now
            {
                tokio::time::sleep(now.until(intent.deadline)).await;
                continue;
            }
            match self.spend(live, &current).await {
                Ok(Some(current)) => {
                    *not_before = None;
                    return Ok(current);
                }
                Ok(None) => {}
                Err(error) => {
                    if error.is_transient() {
                        let wait = error.retry_after().unwrap_or(BACKOFF).max(BACKOFF);
                        *not_before = Some(self.clock.now().plus(wait));
                    }
                    return Err(error);
                }
            }
        }
    }

    /// What the store says now. A row that is gone was signed out.
    async fn reread(&self, live: &Live, current: &Arc<Current>) -> Result<Arc<Current>, Error> {
        let id = live.key.to_string();
        match self.vault.get::<SessionRecord>(&id).await? {
            None => {
                self.live.end(&id);
                Err(ended())
            }
            Some(stored) if stored.version != current.version => {
                let (record, version) = (stored.record, stored.version);
                Ok(live.set(Current {
                    record,
                    version,
                    unsaved: false,
                }))
            }
            Some(_) => Ok(current.clone()),
        }
    }

    /// Spends the refresh token. `None`: somebody else was quicker, look again.
    async fn spend(
        &self,
        live: &Arc<Live>,
        current: &Current,
    ) -> Result<Option<Arc<Current>>, Error> {
        let record = &current.record;
        let Some(refresh_token) = &record.refresh_token else {
            return Err(ended());
        };
        // Everything that can fail without cost comes before the token is spent (CA-06, ID-19).
        let client_key = self.client_key(&record.auth)?;
        let document = self
            .verify_issuer(&record.did, &record.issuer, Freshness::Cached)
            .await
            .map_err(moved)?;
        let server = self
            .authorization_server(&record.issuer, None, Freshness::Cached)
            .await?;
        let now = self.clock.now();
        let intent = Intent {
            holder: random()?,
            deadline: now.plus(LEASE),
        };
        let mut next = SessionRecord {
            refreshing: Some(intent),
            ..record.clone()
        };
        let change = self.vault.put(&next, Some(current.version))?;
        if let Commit::Conflict(_) = self.vault.commit(vec![change]).await? {
            return Ok(None);
        }
        let version = current.version + 1;
        live.set(Current {
            record: next.clone(),
            version,
            unsaved: false,
        });
        let mut nonce = record.issuer_nonce.clone();
        let mut exchange = Exchange {
            inner: self,
            issuer: &record.issuer,
            dpop_key: &record.dpop_key,
            client_key,
            nonce: &mut nonce,
            deadline: DEADLINE,
        };
        let form = token::refresh_form(&server, &self.identity.client_id, refresh_token);
        let response = match exchange.send(&form).await {
            Ok(response) => response,
            Err(Failed::Transport(error)) if !error.never_sent() => {
                // The token may be spent: the intent stays, and the next try waits it out (TK-08).
                return Err(Failed::Transport(error).into());
            }
            Err(failed) => {
                self.withdraw(live, next, version).await;
                return Err(failed.into());
            }
        };
        next.refreshing = None;
        next.pds = document.pds;
        if client_key.is_some() && record.auth == ClientAuth::None {
            next.auth = self.new_auth();
        }
        if !response.status().is_success() {
            next.issuer_nonce = nonce;
            return self.refused(live, &response, next, version).await.map(Some);
        }
        let (received, tokens) = (Received::of(&response), Tokens::check(&response));
        match tokens {
            Ok(tokens) if tokens.subject == record.did => {
                self.adopt(&mut next, tokens);
                next.issuer_nonce = nonce;
                self.keep(live, next, version, &server).await.map(Some)
            }
            Ok(_) => {
                let refresh = received.refresh_token.as_ref();
                let access = received.access_token.as_ref();
                let endpoint = server.revocation_endpoint.as_ref();
                drop(revoke_tokens(&mut exchange, endpoint, refresh, access).await);
                self.forget(live, version).await;
                Err(Error::new(
                    ErrorKind::SessionEnded,
                    "the server renewed the session of another account; sign in again",
                ))
            }
            Err(error) => {
                // The old refresh token is spent. Keep the new one, and use nothing else (TK-06).
                next.refresh_token = received.refresh_token.or(next.refresh_token);
                next.access_expires_at = Some(Timestamp(0));
                next.issuer_nonce = nonce;
                self.keep(live, next, version, &server).await?;
                Err(error)
            }
        }
    }

    /// Fresh tokens into the record (TK-04, TK-11, SC-17).
    fn adopt(&self, record: &mut SessionRecord, tokens: Tokens) {
        let now = self.clock.now();
        record.access_token = tokens.access_token;
        record.refresh_token = tokens.refresh_token.or(record.refresh_token.take());
        record.access_expires_at = tokens.expires_in.map(|life| now.plus(life));
        record.granted = tokens.scope.as_str().into();
        record.refreshed_at = now;
        record.expires_at = Some(self.session_end(&record.auth, record.created_at, now));
    }

    /// Writes fresh tokens before anybody uses them (TK-01). If the store fails they are used from
    /// memory and written as soon as it works again; they are never thrown away.
    async fn keep(
        &self,
        live: &Arc<Live>,
        record: SessionRecord,
        version: u64,
        server: &AuthorizationServer,
    ) -> Result<Arc<Current>, Error> {
        match self.write(&record, version).await {
            Ok(Commit::Done) => Ok(live.set(Current {
                record,
                version: version + 1,
                unsaved: false,
            })),
            Ok(Commit::Conflict(_)) => {
                let current = live.current();
                let newer = self.reread(live, &current).await;
                if newer.is_err() {
                    // Signed out meanwhile: what was just issued must not live on.
                    let mut nonce = record.issuer_nonce.clone();
                    let mut exchange = Exchange {
                        inner: self,
                        issuer: &record.issuer,
                        dpop_key: &record.dpop_key,
                        client_key: self.client_key(&record.auth)?,
                        nonce: &mut nonce,
                        deadline: DEADLINE,
                    };
                    let endpoint = server.revocation_endpoint.as_ref();
                    let (refresh, access) = (record.refresh_token.as_ref(), &record.access_token);
                    drop(revoke_tokens(&mut exchange, endpoint, refresh, Some(access)).await);
                }
                newer
            }
            Err(error) => {
                tracing::error!(%error, "fresh tokens could not be written; keeping them in memory");
                Ok(live.set(Current {
                    record,
                    version,
                    unsaved: true,
                }))
            }
        }
    }

    pub(super) async fn write(
        &self,
        record: &SessionRecord,
        version: u64,
    ) -> Result<Commit, StoreError> {
        let change = self.vault.put(record, Some(version))?;
        self.vault.commit(vec![change]).await
    }

    /// What a refusal means. Only `invalid_grant`, with nothing newer in the store, ends a session
    /// (TK-07).
    async fn refused(
        &self,
        live: &Arc<Live>,
        response: &Response,
        record: SessionRecord,
        version: u64,
    ) -> Result<Arc<Current>, Error> {
        let refusal = Refusal::of(response);
        if let Refusal::InvalidGrant(failure) = refusal {
            let current = live.current();
            let newer = self.reread(live, &current).await?;
            if newer.version != version {
                return Ok(newer);
            }
            self.forget(live, version).await;
            let message = "the session ended at its server; sign in again";
            return Err(failure.into_error(ErrorKind::SessionEnded, message));
        }
        self.withdraw(live, record, version).await;
        Err(match refusal {
            Refusal::Client(failure) => {
                tracing::error!(
                    code = failure.code,
                    "the authorization server refuses this client"
                );
                failure.into_error(
                    ErrorKind::Configuration,
                    "the authorization server does not accept this application now; its operator must \
                     check the client metadata and keys",
                )
            }
            Refusal::InvalidGrant(failure) | Refusal::Other(failure) => {
                let transient = later(failure.retry_after);
                let said = format!("{} {}", failure.status.as_u16(), failure.code);
                transient.with_server_said(&said)
            }
        })
    }

    /// Nothing was spent: takes the intent back.
    async fn withdraw(&self, live: &Live, mut record: SessionRecord, version: u64) {
        record.refreshing = None;
        if let Ok(Commit::Done) = self.write(&record, version).await {
            live.set(Current {
                record,
                version: version + 1,
                unsaved: false,
            });
        }
    }

    /// The session ended at its server: deletes the row it was known by.
    async fn forget(&self, live: &Live, version: u64) {
        let id = live.key.to_string();
        let delete = self.vault.delete::<SessionRecord>(&id, Some(version));
        if let Err(error) = self.vault.commit(vec![delete]).await {
            tracing::error!(%error, "an ended session could not be deleted");
        }
        self.live.end(&id);
    }

    /// When a session ends at the latest (TK-13): two weeks after sign-in for a public client, 180 days
    /// after the last refresh for a confidential one.
    pub(crate) fn session_end(
        &self,
        auth: &ClientAuth,
        created_at: Timestamp,
        refreshed_at: Timestamp,
    ) -> Timestamp {
        const DAY: u64 = 24;
        match auth {
            ClientAuth::None => created_at.plus(Duration::from_hours(14 * DAY)),
            ClientAuth::PrivateKeyJwt { .. } => refreshed_at.plus(Duration::from_hours(180 * DAY)),
        }
    }
}

fn is_expired(record: &SessionRecord, now: Timestamp) -> bool {
    record.access_expires_at.is_some_and(|end| end <= now)
}

/// About to expire. Sessions of one server do not all do so at once: each has its own moment (TK-11).
fn is_expiring(record: &SessionRecord, now: Timestamp) -> bool {
    let Some(end) = record.access_expires_at else {
        return false;
    };
    let life = record.refreshed_at.until(end);
    let early = EARLY.min(life / 6).as_secs();
    let [spread, ..] = record.nonce;
    let jitter = early * u64::from(spread) / 512;
    end <= now.plus(Duration::from_secs(early.saturating_sub(jitter)))
}

fn later(wait: Option<Duration>) -> Error {
    Error::new(
        ErrorKind::TemporarilyUnavailable,
        "the session cannot be renewed now; try again in a moment",
    )
    .with_retry_after(wait)
}

/// The account moved to another server: its refresh token stays where it was issued (TK-09, TK-10).
fn moved(error: Error) -> Error {
    if error.kind() != ErrorKind::IssuerMismatch {
        return error;
    }
    Error::new(
        ErrorKind::SessionEnded,
        "the account moved to another server; sign in again",
    )
    .with_source(error)
}
