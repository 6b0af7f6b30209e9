//! Refreshes step by step: what is written before what is sent, and whose write counts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use atproto_oauth::store::{Commit, Kind, SessionRecord, Stored};
use atproto_oauth::testing::{Endpoint, Fault, Seen, TestNetwork};
use atproto_oauth::transport::{Body, Guarded, Limits, Transport, TransportError};
use atproto_oauth::{OAuthClientBuilder, Session, XrpcError};
use futures_util::future::BoxFuture;
use http::{Request, Response};
use secrecy::ExposeSecret;

use crate::support::*;

/// A session whose access token has expired.
async fn expired() -> Fleet {
    expired_with(|builder| builder).await
}

async fn expired_with(here: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder) -> Fleet {
    let fleet = Fleet::with(here, |builder| builder).await;
    me(&fleet.session).await.unwrap();
    fleet.expire();
    fleet
}

impl Fleet {
    /// Another process writes the row.
    async fn write(&self, stored: Stored<SessionRecord>) {
        let vault = self.there.vault();
        let change = vault.put(&stored.record, Some(stored.version)).unwrap();
        assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
    }

    /// Does `meanwhile` once the server has a refresh request, and before it looks at it.
    fn before_it_answers<T>(&self, meanwhile: impl Future<Output = T>) -> impl Future<Output = T> {
        let hold = self.hold_refreshes();
        async {
            self.until_sent().await;
            let done = meanwhile.await;
            hold.release();
            done
        }
    }
}

/// The access tokens that were sent to the PDS, each once: a first request may only bring a nonce.
fn used(network: &TestNetwork) -> Vec<String> {
    let token = |seen: &Seen| seen.header("authorization").unwrap().to_owned();
    let seen = network.requests_to(Endpoint::Xrpc);
    let mut tokens: Vec<_> = seen.iter().map(token).collect();
    tokens.dedup();
    tokens
}

fn dpop(token: &str) -> String {
    format!("DPoP {token}")
}

/// TK-01: no caller sees the new access token before its row is written, however long that takes.
#[tokio::test]
async fn tk_01_the_replacement_is_stored_before_the_new_token_is_used() {
    let fleet = expired().await;
    let before = fleet.stored(&fleet.session).await;
    let request = me(&fleet.session);
    let checks = async {
        fleet
            .before_it_answers(async { fleet.store.hold(Kind::Session) })
            .await;
        fleet.store.until_held().await;
        assert_eq!(done(&fleet.network, Endpoint::Refresh), 1);
        let used = |seen: &[Seen]| seen.iter().any(|one| one.endpoint == Endpoint::Xrpc);
        let patience = Duration::from_millis(200);
        let early = tokio::time::timeout(patience, fleet.network.until(used)).await;
        assert!(early.is_err(), "the token was used before it was written");
        let stored = fleet.stored(&fleet.session).await.record.access_token;
        let old = before.record.access_token.expose_secret();
        assert_eq!(stored.expose_secret(), old);
        fleet.store.release();
    };
    let (answer, ()) = tokio::join!(request, checks);
    answer.unwrap();
    let stored = fleet.stored(&fleet.session).await.record.access_token;
    assert_eq!(used(&fleet.network), [dpop(stored.expose_secret())]);
}

/// Scenario 37: a process that outlived its lease finds a newer row, and does not write over it. What the other one
/// has is used.
#[tokio::test]
async fn never_a_newer_row_overwritten_by_a_late_holder() {
    let fleet = expired().await;
    let request = me(&fleet.session);
    let meanwhile = fleet.before_it_answers(async {
        let mut newer = fleet.stored(&fleet.session).await;
        assert!(newer.record.refreshing.is_some(), "the lease");
        newer.record.access_token = "newer access".into();
        newer.record.refresh_token = Some("newer refresh".into());
        newer.record.refreshing = None;
        fleet.write(newer).await;
    });
    let (answer, ()) = tokio::join!(request, meanwhile);
    // No server issued those, so the server does not know them.
    answer.unwrap_err();
    let used = used(&fleet.network);
    assert!(
        used.iter().all(|token| *token == dpop("newer access")),
        "{used:?}"
    );
    assert!(!used.is_empty());
    let sent = fleet.network.requests_to(Endpoint::Refresh);
    let last = sent.last().unwrap();
    assert_eq!(last.form("refresh_token"), Some("newer refresh"));
}

/// Scenario 37: a row that was written meanwhile with the same tokens, as a pass that seals anew does, is no
/// newer session: the fresh tokens go over it.
#[tokio::test]
async fn a_row_that_was_only_written_again_makes_way() {
    let fleet = expired().await;
    let request = me(&fleet.session);
    let meanwhile = fleet.before_it_answers(async {
        for _ in 0..3 {
            let same = fleet.stored(&fleet.session).await;
            fleet.write(same).await;
        }
    });
    let (answer, ()) = tokio::join!(request, meanwhile);
    answer.unwrap();
    let stored = fleet.stored(&fleet.session).await.record;
    assert_eq!(
        used(&fleet.network),
        [dpop(stored.access_token.expose_secret())]
    );
    assert!(stored.refreshing.is_none());
    // And the session goes on from there, elsewhere.
    fleet.clock.by(2 * HOUR);
    let theirs: Session = fleet.there.session(&fleet.session.key()).await.unwrap();
    me(&theirs).await.unwrap();
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 2);
}

/// Scenario 38: `invalid_grant`, because another process has refreshed the session: theirs is taken over, nothing
/// is deleted.
#[tokio::test]
async fn never_ended_by_invalid_grant_where_the_row_is_newer() {
    let fleet = expired().await;
    fleet.network.revoke_sessions(fleet.session.did());
    let good = sign_in(&fleet.network, &fleet.there, "alice.test").await;
    let good = fleet.stored(&good).await.record;
    fleet.network.forget_requests();
    let request = me(&fleet.session);
    let meanwhile = fleet.before_it_answers(async {
        let mut newer = fleet.stored(&fleet.session).await;
        let record = &mut newer.record;
        record.access_token = good.access_token.clone();
        record.refresh_token = good.refresh_token.clone();
        record.access_expires_at = good.access_expires_at;
        record.dpop_key = good.dpop_key.clone();
        record.refreshing = None;
        fleet.write(newer).await;
    });
    let (answer, ()) = tokio::join!(request, meanwhile);
    answer.unwrap();
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 0, "it was refused");
    assert_eq!(
        used(&fleet.network),
        [dpop(good.access_token.expose_secret())]
    );
    let key = fleet.session.key();
    for client in [&fleet.here, &fleet.there] {
        let again: Session = client.session(&key).await.unwrap();
        me(&again).await.unwrap();
    }
}

/// TK-03, TK-14: a process that has just refreshed a rejected token in vain does not do so again; but what another
/// one has refreshed since is taken over at once.
#[tokio::test]
async fn the_store_is_asked_before_a_refresh_is_called_futile() {
    let fleet = expired().await;
    let theirs: Session = fleet.there.session(&fleet.session.key()).await.unwrap();
    me(&fleet.session).await.unwrap();
    me(&theirs).await.unwrap();
    fleet.network.forget_requests();
    fleet.network.misbehave(Fault::unauthorized_for_ever());
    let rejected = |answer: Result<_, XrpcError>| {
        let Err(XrpcError::Server { status, .. }) = answer else {
            panic!("it was not refused");
        };
        assert_eq!(status, 401);
    };
    for _ in 0..3 {
        rejected(me(&fleet.session).await.map(drop));
    }
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 1, "more is futile");
    fleet.network.behave();
    fleet.network.expire_access_tokens();
    me(&theirs).await.unwrap();
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 2);
    me(&fleet.session).await.unwrap();
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 2);
}

/// On the way to the PDS, a few times, another process refreshes the session, so that what arrives is over.
#[derive(Clone, Debug)]
struct Overtaken(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    real: Guarded,
    left: AtomicUsize,
    other: OnceLock<(TestNetwork, Session)>,
}

impl Transport for Overtaken {
    fn send(
        &self,
        request: Request<Body>,
        limits: Limits,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let is_xrpc = request
                .uri()
                .path()
                .starts_with("/xrpc/com.atproto.server.");
            let less = |left: usize| left.checked_sub(1);
            let left = &self.0.left;
            if is_xrpc
                && let Some((network, other)) = self.0.other.get()
                && left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
                    .is_ok()
            {
                network.expire_access_tokens();
                me(other).await.unwrap();
            }
            self.0.real.send(request, limits).await
        })
    }

    fn txt(
        &self,
        name: &str,
        limit: Duration,
    ) -> BoxFuture<'_, Result<Vec<String>, TransportError>> {
        let name = name.to_owned();
        Box::pin(async move { self.0.real.txt(&name, limit).await })
    }
}

/// DP-18, TK-03: a token that others refresh while the request is on its way is followed, three times; a server
/// that rejects every token is not asked for ever.
#[tokio::test]
async fn a_request_follows_the_token_three_times() {
    for (overtaken, succeeds) in [(1, true), (3, true), (4, false)] {
        let wire = Overtaken(Arc::new(Inner {
            real: Guarded::builder().allow_loopback(true).build().unwrap(),
            left: AtomicUsize::new(0),
            other: OnceLock::new(),
        }));
        let fleet = expired_with(|builder| builder.transport(wire.clone())).await;
        me(&fleet.session).await.unwrap();
        let theirs: Session = fleet.there.session(&fleet.session.key()).await.unwrap();
        me(&theirs).await.unwrap();
        fleet.network.forget_requests();
        let other = (fleet.network.clone(), theirs);
        assert!(wire.0.other.set(other).is_ok());
        wire.0.left.store(overtaken, Ordering::SeqCst);
        let answer = me(&fleet.session).await;
        assert_eq!(answer.is_ok(), succeeds, "{overtaken}: {answer:?}");
        assert_eq!(wire.0.left.load(Ordering::SeqCst), 0);
        // Whatever came of it, this process has refreshed nothing.
        assert_eq!(done(&fleet.network, Endpoint::Refresh), overtaken);
        me(&fleet.session).await.unwrap();
    }
}

/// TK-03: a server that fails is left alone for a while, and what another process got from it is used at once.
#[tokio::test]
async fn another_process_may_have_had_more_luck() {
    let fleet = expired().await;
    fleet
        .network
        .misbehave(Fault::status(Endpoint::Refresh, 503));
    assert!(me(&fleet.session).await.unwrap_err().is_transient());
    fleet.network.behave();
    fleet.network.forget_requests();
    assert!(me(&fleet.session).await.unwrap_err().is_transient());
    assert_eq!(
        count(&fleet.network, Endpoint::Refresh),
        0,
        "it is left alone"
    );
    let theirs: Session = fleet.there.session(&fleet.session.key()).await.unwrap();
    me(&theirs).await.unwrap();
    me(&fleet.session).await.unwrap();
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 1);
}
