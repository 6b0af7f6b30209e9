//! The token request of a refresh: one refresh token, sent once, and what its server answers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use super::{Refresher, later, session_end};
use crate::client::client_keys::auth_of;
use crate::client::discovery::CachePolicy::UseCache;
use crate::client::discovery::expansion_lookup::{ExpansionLookup, update_expanded};
use crate::client::policy::{IDENTITY_LIFETIME, REFRESH_DEADLINE, REFRESH_LEASE};
use crate::client::server::exchange::{Exchange, Failed};
use crate::client::session::state::{SessionState, Snapshot, ended};
use crate::error::{Error, ErrorKind};
use crate::jose::random;
use crate::protocol::Response;
use crate::protocol::authorization_server::AuthorizationServer;
use crate::protocol::failure::Failure;
use crate::protocol::identity::DidDocument;
use crate::protocol::token::{self, Received, Refusal, Tokens};
use crate::store::{Commit, Expanded, RefreshLease, SessionRecord};

/// A token request in flight: the row before it, and the row with its lease.
struct Sent<'a> {
    state: &'a Arc<SessionState>,
    before: &'a Snapshot,
    /// With the lease.
    record: SessionRecord,
    /// The version of the row with the lease.
    version: u64,
    forced: bool,
}

impl Refresher {
    /// Sends the refresh token. `None`: another process was quicker, read the row again.
    pub(super) async fn send(
        self: &Arc<Self>,
        state: &Arc<SessionState>,
        current: &Snapshot,
        forced: bool,
    ) -> Result<Option<Arc<Snapshot>>, Error> {
        let record = &current.record;
        let Some(refresh_token) = &record.refresh_token else {
            return Err(ended());
        };
        let sets = ExpansionLookup::start(&self.discovery, &record.requested);
        // Everything that can fail without cost comes before the token is sent (AT Protocol OAuth: Identity
        // Authentication).
        let client_key = self.sessions.keys.client_key(&record.auth)?;
        let verified = self
            .discovery
            .verify_issuer(&record.did, &record.issuer, UseCache);
        let (document, server) = verified.await.map_err(unverified)?;
        let mut next = record.clone();
        self.check_handle(&mut next, &document).await;
        next.pds = document.pds;
        next.pds_nonce = state.pds_nonce(&next.pds);

        if let Some(key) = client_key {
            // Pinned before it is sent: should the answer be lost, no other key may follow (AT Protocol OAuth:
            // Confidential Client Authentication).
            next.auth = auth_of(key);
        }

        let start = Instant::now();
        next.refreshing = Some(RefreshLease {
            holder: random()?,
            deadline: self.sessions.now().plus(REFRESH_LEASE),
        });
        if let Commit::Conflict(_) = self.write(&next, current.version).await? {
            return Ok(None);
        }
        let sent = Sent {
            state,
            before: current,
            record: next,
            version: current.version + 1,
            forced,
        };
        state.set_if_newer(current.rewritten(sent.record.clone(), sent.version));
        let left = REFRESH_DEADLINE.saturating_sub(start.elapsed());
        if left.is_zero() {
            self.release_lease(sent).await;
            return Err(later(None));
        }
        let mut exchange = Exchange {
            context: &self.context,
            issuer: &record.issuer,
            dpop_key: &record.dpop_key,
            client_key,
            nonce: record.issuer_nonce.clone(),
        };
        let form = token::refresh_form(&server, &self.context.client_id, refresh_token);
        let sending = Instant::now();
        let response = match exchange.send(&form, left).await {
            Ok(response) => response,
            Err(Failed::Transport(error)) if !error.never_sent() => {
                // The token may be spent: the lease stays, and the next try waits for its end.
                return Err(later(Some(REFRESH_LEASE)).with_source(error));
            }
            Err(Failed::Transport(error)) => {
                self.release_lease(sent).await;
                return Err(later(None).with_source(error));
            }
            Err(Failed::Local(error)) => {
                self.release_lease(sent).await;
                return Err(error);
            }
        };
        let answered = Instant::now();
        // Fresh tokens are written at once: sets that are not known by now are not waited for (AT Protocol
        // Permissions: Permission Sets).
        let sets = sets.within(Duration::ZERO).await;
        let current = self.handle_response(sent, sets, &response, &mut exchange, &server);
        let current = current.await?;
        // From when the server answers until the row is written, the end of this process costs the session.
        if current.unsaved.is_none() {
            tracing::debug!(
                answered_us = micros(answered.duration_since(sending)),
                written_us = micros(answered.elapsed()),
                "a session was refreshed"
            );
        }
        Ok(Some(current))
    }

    async fn handle_response(
        self: &Arc<Self>,
        mut sent: Sent<'_>,
        sets: Vec<Expanded>,
        response: &Response,
        exchange: &mut Exchange<'_>,
        server: &AuthorizationServer,
    ) -> Result<Arc<Snapshot>, Error> {
        sent.record.issuer_nonce = exchange.nonce.clone();
        if !response.status().is_success() {
            return self.handle_error(sent, response).await;
        }
        let received = Received::of(response);
        let (access, refresh) = (&received.access_token, &received.refresh_token);
        match Tokens::check(response) {
            Ok(tokens) if tokens.subject == sent.record.did => {
                self.apply_tokens(&mut sent.record, tokens);
                update_expanded(&mut sent.record.expanded, sets, &sent.record.granted);
                self.save_response(sent).await
            }
            Ok(_) => {
                let endpoint = server.revocation_endpoint.as_ref();
                let revoked = exchange.revoke(
                    endpoint,
                    refresh.as_ref(),
                    access.as_ref(),
                    REFRESH_DEADLINE,
                );
                if let Err(error) = revoked.await {
                    tracing::warn!(%error, "the tokens of another account were not revoked");
                }
                if let Some(newer) = self.forget(sent.state, &sent.record, sent.version).await? {
                    return Ok(newer);
                }
                Err(Error::new(
                    ErrorKind::SessionEnded,
                    "the server refreshed the session of another account; sign in again",
                ))
            }
            Err(error) if refresh.is_none() && access.is_none() => {
                // No token response at all, more likely a proxy in between: the token may be spent (RFC 6749
                // §5.2).
                Err(later(Some(REFRESH_LEASE)).with_source(error))
            }
            Err(error) => {
                // The old refresh token is spent. Keep the new one, and use nothing else.
                tracing::error!(%error, "the answer to a refresh is not acceptable");
                sent.record.refresh_token = received.refresh_token.or(sent.record.refresh_token);
                self.save_response(sent).await?;
                Err(error)
            }
        }
    }

    /// Fresh tokens into the record (RFC 6749 §6, §5.1).
    fn apply_tokens(&self, record: &mut SessionRecord, tokens: Tokens) {
        let now = self.sessions.now();
        record.access_token = tokens.access_token;
        record.refresh_token = tokens.refresh_token.or(record.refresh_token.take());
        record.access_expires_at = tokens.expires_in.map(|life| now.plus(life));
        record.granted = tokens.scope.as_str().into();
        record.refreshed_at = now;
        record.used_at = None;
        record.expires_at = Some(session_end(&record.auth, record.created_at, now));
    }

    async fn save_response(self: &Arc<Self>, sent: Sent<'_>) -> Result<Arc<Snapshot>, Error> {
        if sent.forced {
            sent.state.was_forced.store(true, Ordering::Relaxed);
        }
        let mut record = sent.record;
        record.refreshing = None;
        let mut next = Snapshot::new(record, sent.version);
        next.unsaved = Some(sent.before.record.access_token.clone());
        self.save(sent.state, next).await
    }

    /// Handles a refusal. Only `invalid_grant`, with nothing newer in the store, ends a session (RFC 6749
    /// §5.2).
    async fn handle_error(
        &self,
        sent: Sent<'_>,
        response: &Response,
    ) -> Result<Arc<Snapshot>, Error> {
        match Refusal::of(response) {
            Refusal::InvalidGrant(failure) => {
                if let Some(newer) = self.forget(sent.state, &sent.record, sent.version).await? {
                    return Ok(newer);
                }
                let message = "the session ended at its server; sign in again";
                Err(failure.into_error(ErrorKind::SessionEnded, message))
            }
            Refusal::Client(failure) => {
                self.release_lease(sent).await;
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
                if !is_refusal_of_server(&failure) {
                    // As without an answer: the lease stays.
                    return Err(later(Some(REFRESH_LEASE)));
                }
                self.release_lease(sent).await;
                let said = format!("{} {}", failure.status.as_u16(), failure.code);
                Err(later(failure.retry_after).with_server_said(&said))
            }
        }
    }

    /// Releases the lease after a request that spent nothing.
    async fn release_lease(&self, sent: Sent<'_>) {
        let mut record = sent.record;
        record.refreshing = None;
        match self.write(&record, sent.version).await {
            Ok(Commit::Done) => {
                let version = sent.version + 1;
                sent.state
                    .set_if_newer(sent.before.rewritten(record, version));
            }
            Ok(Commit::Conflict(_)) => {}
            Err(error) => {
                tracing::warn!(%error, "the lease could not be released; the next refresh has to wait for its end");
            }
        }
    }

    /// Checks whether the handle still belongs to the account, if the last check was some time ago (AT Protocol
    /// OAuth: Identity Authentication). A handle that cannot be resolved now is kept for as long as the account
    /// claims it.
    async fn check_handle(&self, record: &mut SessionRecord, document: &DidDocument) {
        let now = self.sessions.now();
        let same = record.handle.is_some() && record.handle == document.handle;
        if same && now < record.handle_checked_at.plus(IDENTITY_LIFETIME) {
            return;
        }
        match self.discovery.current_handle(document).await {
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

/// Whether the authorization server itself refuses, and has spent nothing. After an error of a gateway, or a server
/// that failed half way, that is not known.
fn is_refusal_of_server(failure: &Failure) -> bool {
    let status = failure.status;
    let broken = status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE;
    (!broken || !failure.code.is_empty()) && !status.is_success()
}

/// The account moved to another server: its refresh token stays where it was issued (RFC 9700 §4.14). Anything
/// else is no reason to end a session (RFC 6749 §5.2).
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
