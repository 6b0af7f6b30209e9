//! Refreshes step by step: what is written before what is sent, and whose write counts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use atproto_oauth::store::{Commit, Kind, SessionRecord, Stored};
use atproto_oauth::testing::{Endpoint, Fault, Seen, TestNetwork};
use atproto_oauth::transport::{Body, Guarded, Limits, Transport, TransportError};
use atproto_oauth::{OAuthClient, OAuthClientBuilder, Session, XrpcError};
use futures_util::future::BoxFuture;
use http::{Request, Response};
use secrecy::ExposeSecret;

use crate::support::*;

const HOUR: Duration = Duration::from_hours(1);

/// Two processes on one store; the access token of a session has expired.
struct World {
    network: TestNetwork,
    store: Faulty,
    clock: Ahead,
    here: OAuthClient,
    there: OAuthClient,
    session: Session,
}

impl World {
    async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    async fn with(change: impl Fn(OAuthClientBuilder) -> OAuthClientBuilder) -> Self {
        let clock = Ahead::default();
        let network = network_at(&clock).await;
        let store = Faulty::shared(clock.clone());
        let process = || {
            let builder = builder(&network).clock(clock.clone());
            builder.secret(SECRET).store(store.clone())
        };
        let here = change(process()).build().await.unwrap();
        let there = process().build().await.unwrap();
        let session = sign_in(&network, &here, "alice.test").await;
        me(&session).await.unwrap();
        clock.by(2 * HOUR);
        network.forget_requests();
        Self {
            network,
            store,
            clock,
            here,
            there,
            session,
        }
    }

    async fn stored(&self, session: &Session) -> Stored<SessionRecord> {
        let id = session.key().to_string();
        let stored = self.there.vault().get::<SessionRecord>(&id).await;
        stored.unwrap().unwrap()
    }

    /// Another process writes the row.
    async fn write(&self, stored: Stored<SessionRecord>) {
        let vault = self.there.vault();
        let change = vault.put(&stored.record, Some(stored.version)).unwrap();
        assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
    }

    /// Does `meanwhile` once the server has the refresh request, and before it answers.
    async fn while_it_answers<T>(&self, meanwhile: impl Future<Output = T>) -> T {
        self.network
            .until(|seen| seen.iter().any(|one| one.endpoint == Endpoint::Refresh))
            .await;
        meanwhile.await
    }

    fn answers_slowly(&self) {
        let (at, by) = (Endpoint::Refresh, Duration::from_millis(50));
        self.network.misbehave(Fault::Delay { at, by });
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

/// TK-01: nobody sees the new access token before its row is written, however long that takes.
#[tokio::test]
async fn tk_01_the_replacement_is_stored_before_the_new_token_is_used() {
    let world = World::new().await;
    world.answers_slowly();
    let before = world.stored(&world.session).await;
    let request = me(&world.session);
    let checks = async {
        world
            .while_it_answers(async { world.store.hold(Kind::Session) })
            .await;
        world.store.until_held().await;
        assert_eq!(done(&world.network, Endpoint::Refresh), 1);
        let used = |seen: &[Seen]| seen.iter().any(|one| one.endpoint == Endpoint::Xrpc);
        let patience = Duration::from_millis(200);
        let early = tokio::time::timeout(patience, world.network.until(used)).await;
        assert!(early.is_err(), "the token was used before it was written");
        let stored = world.stored(&world.session).await.record.access_token;
        let old = before.record.access_token.expose_secret();
        assert_eq!(stored.expose_secret(), old);
        world.store.release();
    };
    let (answer, ()) = tokio::join!(request, checks);
    answer.unwrap();
    let stored = world.stored(&world.session).await.record.access_token;
    assert_eq!(used(&world.network), [dpop(stored.expose_secret())]);
}

/// Scenario 37: whoever outlived its lease finds a newer row, and does not write over it. What the other one
/// has is used.
#[tokio::test]
async fn never_a_newer_row_overwritten_by_a_late_holder() {
    let world = World::new().await;
    world.answers_slowly();
    let request = me(&world.session);
    let meanwhile = world.while_it_answers(async {
        let mut newer = world.stored(&world.session).await;
        assert!(newer.record.refreshing.is_some(), "the lease");
        newer.record.access_token = "newer access".into();
        newer.record.refresh_token = Some("newer refresh".into());
        newer.record.refreshing = None;
        world.write(newer).await;
    });
    let (answer, ()) = tokio::join!(request, meanwhile);
    // Nobody issued those, so the server does not know them.
    answer.unwrap_err();
    let used = used(&world.network);
    assert!(
        used.iter().all(|token| *token == dpop("newer access")),
        "{used:?}"
    );
    assert!(!used.is_empty());
    let sent = world.network.requests_to(Endpoint::Refresh);
    let last = sent.last().unwrap();
    assert_eq!(last.form("refresh_token"), Some("newer refresh"));
}

/// Scenario 37: a row that was written meanwhile with the same tokens, as a pass that seals anew does, is no
/// newer session: the fresh tokens go over it.
#[tokio::test]
async fn a_row_that_was_only_written_again_makes_way() {
    let world = World::new().await;
    world.answers_slowly();
    let request = me(&world.session);
    let meanwhile = world.while_it_answers(async {
        for _ in 0..3 {
            let same = world.stored(&world.session).await;
            world.write(same).await;
        }
    });
    let (answer, ()) = tokio::join!(request, meanwhile);
    answer.unwrap();
    let stored = world.stored(&world.session).await.record;
    assert_eq!(
        used(&world.network),
        [dpop(stored.access_token.expose_secret())]
    );
    assert!(stored.refreshing.is_none());
    // And the session goes on from there, elsewhere.
    world.clock.by(2 * HOUR);
    let theirs: Session = world.there.session(&world.session.key()).await.unwrap();
    me(&theirs).await.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 2);
}

/// Scenario 38: `invalid_grant`, because somebody else has renewed the session: theirs is taken over, nothing
/// is deleted.
#[tokio::test]
async fn never_ended_by_invalid_grant_where_the_row_is_newer() {
    let world = World::new().await;
    world.network.revoke_sessions(world.session.did());
    let good = sign_in(&world.network, &world.there, "alice.test").await;
    let good = world.stored(&good).await.record;
    world.network.forget_requests();
    world.answers_slowly();
    let request = me(&world.session);
    let meanwhile = world.while_it_answers(async {
        let mut newer = world.stored(&world.session).await;
        let record = &mut newer.record;
        record.access_token = good.access_token.clone();
        record.refresh_token = good.refresh_token.clone();
        record.access_expires_at = good.access_expires_at;
        record.dpop_key = good.dpop_key.clone();
        record.refreshing = None;
        world.write(newer).await;
    });
    let (answer, ()) = tokio::join!(request, meanwhile);
    answer.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 0, "it was refused");
    assert_eq!(
        used(&world.network),
        [dpop(good.access_token.expose_secret())]
    );
    let key = world.session.key();
    for client in [&world.here, &world.there] {
        let again: Session = client.session(&key).await.unwrap();
        me(&again).await.unwrap();
    }
}

/// TK-03, TK-14: a process that has just renewed a rejected token in vain does not do so again; but what another
/// one has renewed since is taken over at once.
#[tokio::test]
async fn the_store_is_asked_before_a_refresh_is_called_futile() {
    let world = World::new().await;
    let theirs: Session = world.there.session(&world.session.key()).await.unwrap();
    me(&world.session).await.unwrap();
    me(&theirs).await.unwrap();
    world.network.forget_requests();
    world.network.misbehave(Fault::unauthorized_for_ever());
    let rejected = |answer: Result<_, XrpcError>| {
        let Err(XrpcError::Server { status, .. }) = answer else {
            panic!("it was not refused");
        };
        assert_eq!(status, 401);
    };
    for _ in 0..3 {
        rejected(me(&world.session).await.map(drop));
    }
    assert_eq!(done(&world.network, Endpoint::Refresh), 1, "more is futile");
    world.network.behave();
    world.network.expire_access_tokens();
    me(&theirs).await.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 2);
    me(&world.session).await.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 2);
}

/// On the way to the PDS, a few times, somebody else renews the session, so that what arrives is over.
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

/// DP-18, TK-03: a token that others renew while the request is on its way is followed, three times; a server
/// that rejects every token is not asked for ever.
#[tokio::test]
async fn a_request_follows_the_token_three_times() {
    for (overtaken, succeeds) in [(1, true), (3, true), (4, false)] {
        let wire = Overtaken(Arc::new(Inner {
            real: Guarded::builder().allow_loopback(true).build().unwrap(),
            left: AtomicUsize::new(0),
            other: OnceLock::new(),
        }));
        let world = World::with(|builder| builder.transport(wire.clone())).await;
        me(&world.session).await.unwrap();
        let theirs: Session = world.there.session(&world.session.key()).await.unwrap();
        me(&theirs).await.unwrap();
        world.network.forget_requests();
        let other = (world.network.clone(), theirs);
        assert!(wire.0.other.set(other).is_ok());
        wire.0.left.store(overtaken, Ordering::SeqCst);
        let answer = me(&world.session).await;
        assert_eq!(answer.is_ok(), succeeds, "{overtaken}: {answer:?}");
        assert_eq!(wire.0.left.load(Ordering::SeqCst), 0);
        // Whatever came of it, this process has renewed nothing.
        assert_eq!(done(&world.network, Endpoint::Refresh), overtaken);
        me(&world.session).await.unwrap();
    }
}

/// TK-03: a server that fails is left alone for a while, and what another process got from it is used at once.
#[tokio::test]
async fn another_process_may_have_had_more_luck() {
    let world = World::new().await;
    world
        .network
        .misbehave(Fault::status(Endpoint::Refresh, 503));
    assert!(me(&world.session).await.unwrap_err().is_transient());
    world.network.behave();
    world.network.forget_requests();
    assert!(me(&world.session).await.unwrap_err().is_transient());
    assert_eq!(
        count(&world.network, Endpoint::Refresh),
        0,
        "it is left alone"
    );
    let theirs: Session = world.there.session(&world.session.key()).await.unwrap();
    me(&theirs).await.unwrap();
    me(&world.session).await.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 1);
}
