//! One refresh token, spent once, and what its server says to that.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use super::{DEADLINE, LEASE, later, session_end};
use crate::client::Inner;
use crate::client::client_auth::auth_of;
use crate::client::exchange::{Exchange, Failed};
use crate::client::expanding::{Expanding, renew};
use crate::client::live::{Current, Live, ended};
use crate::client::resolve::{Freshness, IDENTITY_LIFE};
use crate::jose::random;
use crate::protocol::Response;
use crate::protocol::authorization_server::AuthorizationServer;
use crate::protocol::failure::Failure;
use crate::protocol::identity::DidDocument;
use crate::protocol::token::{self, Received, Refusal, Tokens};
use crate::store::{Commit, Expanded, Intent, SessionRecord};
use crate::{Error, ErrorKind};

/// A request that was sent: what the row said before, and what it says now.
struct Sent<'a> {
    live: &'a Arc<Live>,
    before: &'a Current,
    /// With the intent.
    record: SessionRecord,
    /// The row's, with the intent.
    version: u64,
    forced: bool,
}

impl Inner {
    /// Spends the refresh token. `None`: somebody else was quicker, look again.
    pub(super) async fn spend(
        self: &Arc<Self>,
        live: &Arc<Live>,
        current: &Current,
        forced: bool,
    ) -> Result<Option<Arc<Current>>, Error> {
        let record = &current.record;
        let Some(refresh_token) = &record.refresh_token else {
            return Err(ended());
        };
        let sets = Expanding::start(self, &record.requested);
        // Everything that can fail without cost comes before the token is spent (CA-06, ID-19).
        let client_key = self.client_key(&record.auth)?;
        let verified = self.verify_issuer(&record.did, &record.issuer, Freshness::Cached);
        let (document, server) = verified.await.map_err(unverified)?;
        let mut next = record.clone();
        self.look_at_handle(&mut next, &document).await;
        next.pds = document.pds;
        next.pds_nonce = live.pds_nonce(&next.pds);

        if let Some(key) = client_key {
            // Pinned before it is sent: should the answer be lost, no other key may follow (CA-05, CA-10).
            next.auth = auth_of(key);
        }

        let start = Instant::now();
        next.refreshing = Some(Intent {
            holder: random()?,
            deadline: self.clock.now().plus(LEASE),
        });
        if let Commit::Conflict(_) = self.write(&next, current.version).await? {
            return Ok(None);
        }
        let sent = Sent {
            live,
            before: current,
            record: next,
            version: current.version + 1,
            forced,
        };
        live.advance(current.rewritten(sent.record.clone(), sent.version));
        let left = DEADLINE.saturating_sub(start.elapsed());
        if left.is_zero() {
            self.withdraw(sent).await;
            return Err(later(None));
        }
        let mut exchange = Exchange {
            inner: self,
            issuer: &record.issuer,
            dpop_key: &record.dpop_key,
            client_key,
            nonce: record.issuer_nonce.clone(),
        };
        let form = token::refresh_form(&server, &self.identity.client_id, refresh_token);
        let sending = Instant::now();
        let response = match exchange.send(&form, left).await {
            Ok(response) => response,
            Err(Failed::Transport(error)) if !error.never_sent() => {
                // The token may be spent: the intent stays, and the next try waits it out (TK-08).
                return Err(later(Some(LEASE)).with_source(error));
            }
            Err(Failed::Transport(error)) => {
                self.withdraw(sent).await;
                return Err(later(None).with_source(error));
            }
            Err(Failed::Local(error)) => {
                self.withdraw(sent).await;
                return Err(error);
            }
        };
        let answered = Instant::now();
        // Fresh tokens are written at once: what is not known by now is not waited for (SC-17).
        let sets = sets.within(Duration::ZERO).await;
        let current = self.answered(sent, sets, &response, &mut exchange, &server);
        let current = current.await?;
        // From when the server answers until the row is written, the end of this process costs the session (TK-08).
        if current.unsaved.is_none() {
            tracing::debug!(
                answered_us = micros(answered.duration_since(sending)),
                written_us = micros(answered.elapsed()),
                "a session was renewed"
            );
        }
        Ok(Some(current))
    }

    async fn answered(
        self: &Arc<Self>,
        mut sent: Sent<'_>,
        sets: Vec<Expanded>,
        response: &Response,
        exchange: &mut Exchange<'_>,
        server: &AuthorizationServer,
    ) -> Result<Arc<Current>, Error> {
        sent.record.issuer_nonce = exchange.nonce.clone();
        if !response.status().is_success() {
            return self.refused(sent, response).await;
        }
        let received = Received::of(response);
        let (access, refresh) = (&received.access_token, &received.refresh_token);
        match Tokens::check(response) {
            Ok(tokens) if tokens.subject == sent.record.did => {
                self.take_over(&mut sent.record, tokens);
                renew(&mut sent.record.expanded, sets, &sent.record.granted);
                self.save_sent(sent).await
            }
            Ok(_) => {
                let endpoint = server.revocation_endpoint.as_ref();
                let revoked =
                    exchange.revoke(endpoint, refresh.as_ref(), access.as_ref(), DEADLINE);
                if let Err(error) = revoked.await {
                    tracing::warn!(%error, "the tokens of another account were not revoked");
                }
                if let Some(newer) = self.forget(sent.live, &sent.record, sent.version).await? {
                    return Ok(newer);
                }
                Err(Error::new(
                    ErrorKind::SessionEnded,
                    "the server renewed the session of another account; sign in again",
                ))
            }
            Err(error) if refresh.is_none() && access.is_none() => {
                // No token response at all, more likely somebody in between: the token may be spent (TK-07, TK-08).
                Err(later(Some(LEASE)).with_source(error))
            }
            Err(error) => {
                // The old refresh token is spent. Keep the new one, and use nothing else (TK-06).
                tracing::error!(%error, "the answer to a refresh is not acceptable");
                sent.record.refresh_token = received.refresh_token.or(sent.record.refresh_token);
                self.save_sent(sent).await?;
                Err(error)
            }
        }
    }

    /// Fresh tokens into the record (TK-04, TK-11, SC-17).
    fn take_over(&self, record: &mut SessionRecord, tokens: Tokens) {
        let now = self.clock.now();
        record.access_token = tokens.access_token;
        record.refresh_token = tokens.refresh_token.or(record.refresh_token.take());
        record.access_expires_at = tokens.expires_in.map(|life| now.plus(life));
        record.granted = tokens.scope.as_str().into();
        record.refreshed_at = now;
        record.used_at = None;
        record.expires_at = Some(session_end(&record.auth, record.created_at, now));
    }

    async fn save_sent(self: &Arc<Self>, sent: Sent<'_>) -> Result<Arc<Current>, Error> {
        if sent.forced {
            sent.live.was_forced.store(true, Ordering::Relaxed);
        }
        let mut record = sent.record;
        record.refreshing = None;
        let mut next = Current::new(record, sent.version);
        next.unsaved = Some(sent.before.record.access_token.clone());
        self.save(sent.live, next).await
    }

    /// What a refusal means. Only `invalid_grant`, with nothing newer in the store, ends a session
    /// (TK-07).
    async fn refused(&self, sent: Sent<'_>, response: &Response) -> Result<Arc<Current>, Error> {
        match Refusal::of(response) {
            Refusal::InvalidGrant(failure) => {
                if let Some(newer) = self.forget(sent.live, &sent.record, sent.version).await? {
                    return Ok(newer);
                }
                let message = "the session ended at its server; sign in again";
                Err(failure.into_error(ErrorKind::SessionEnded, message))
            }
            Refusal::Client(failure) => {
                self.withdraw(sent).await;
                tracing::error!(
                    code = failure.code,
                    "the authorization server refuses this client"
                );
                Err(failure.into_error(
                    ErrorKind::Configuration,
                    "the authorization server does not accept this application now; its operator must \
                     check the client metadata and keys",
                ))
            }
            Refusal::Other(failure) => {
                if !is_answer(&failure) {
                    // As if nothing had been heard: the intent stays (TK-08).
                    return Err(later(Some(LEASE)));
                }
                self.withdraw(sent).await;
                let said = format!("{} {}", failure.status.as_u16(), failure.code);
                Err(later(failure.retry_after).with_server_said(&said))
            }
        }
    }

    /// Nothing was spent: takes the intent back.
    async fn withdraw(&self, sent: Sent<'_>) {
        let mut record = sent.record;
        record.refreshing = None;
        match self.write(&record, sent.version).await {
            Ok(Commit::Done) => {
                let version = sent.version + 1;
                sent.live.advance(sent.before.rewritten(record, version));
            }
            Ok(Commit::Conflict(_)) => {}
            Err(error) => tracing::warn!(%error, "the next refresh has to wait"),
        }
    }

    /// Looks whether the handle still belongs to the account, if that was some time ago (ID-20). One
    /// that cannot be looked at now is kept for as long as the account claims it.
    async fn look_at_handle(&self, record: &mut SessionRecord, document: &DidDocument) {
        let now = self.clock.now();
        let same = record.handle.is_some() && record.handle == document.handle;
        if same && now < record.handle_checked_at.plus(IDENTITY_LIFE) {
            return;
        }
        match self.handle_now(document).await {
            Ok(handle) => {
                record.handle = handle;
                record.handle_checked_at = now;
            }
            Err(_) if same => {}
            Err(_) => record.handle = None,
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The authorization server itself refuses, and has spent nothing. A gateway that lost it, or a server that
/// broke down in the middle, cannot tell.
fn is_answer(failure: &Failure) -> bool {
    let status = failure.status;
    let broken = status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE;
    (!broken || !failure.code.is_empty()) && !status.is_success()
}

/// The account moved to another server: its refresh token stays where it was issued (TK-09, TK-10).
/// Anything else is no reason to end a session (TK-07).
fn unverified(error: Error) -> Error {
    if error.kind() != ErrorKind::IssuerMismatch {
        return later(error.retry_after()).with_source(error);
    }
    Error::new(
        ErrorKind::IssuerChanged,
        "the account moved to another server; sign in again",
    )
    .with_source(error)
}
