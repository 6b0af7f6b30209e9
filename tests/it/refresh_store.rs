//! Refreshes while the store, the network or the process gives way; and several processes at once.

use std::time::Duration;

use atproto_oauth::store::Kind;
use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::transport::Problem;
use atproto_oauth::{OAuthClient, Session, XrpcError};
use futures_util::future::join_all;
use secrecy::ExposeSecret;

use crate::support::*;

/// An account whose access token has expired, in a store that can fail.
struct Expired {
    network: TestNetwork,
    store: Faulty,
    clock: Ahead,
    client: OAuthClient,
    session: Session,
}

impl Expired {
    async fn new(shared: bool) -> Self {
        let clock = Ahead::default();
        let network = network_at(&clock).await;
        let store = if shared {
            Faulty::shared(clock.clone())
        } else {
            Faulty::new(clock.clone())
        };
        let client = process(&network, &store, &clock).await;
        let session = sign_in(&network, &client, "alice.test").await;
        me(&session).await.unwrap();
        clock.by(2 * HOUR);
        network.forget_requests();
        Self {
            network,
            store,
            clock,
            client,
            session,
        }
    }

    async fn token(&self) -> String {
        let record = record(&self.client, &self.session.key()).await;
        record.access_token.expose_secret().to_owned()
    }
}

fn used_token(network: &TestNetwork) -> String {
    let seen = network.requests_to(Endpoint::Xrpc).pop().unwrap();
    seen.header("authorization")
        .unwrap()
        .trim_start_matches("DPoP ")
        .to_owned()
}

/// TK-01, scenario 36: the store fails after the server answered. The process uses the fresh tokens, keeps them in
/// memory, and writes them once the store works; it does not revoke them.
#[tokio::test]
async fn never_fresh_tokens_lost_because_the_store_fails() {
    let world = Expired::new(false).await;
    let (network, store) = (&world.network, &world.store);
    let old = world.token().await;
    let hold = network.hold(Endpoint::Refresh);
    let request = me(&world.session);
    let fails = async {
        until_requested(network, Endpoint::Refresh).await;
        store.fails(Some(Kind::Session), Fails::Before);
        hold.release();
    };
    let (answer, ()) = tokio::join!(request, fails);
    answer.unwrap();
    let fresh = used_token(network);
    assert_ne!(fresh, old);
    assert_eq!(world.token().await, old, "the store does not have it");
    for _ in 0..3 {
        me(&world.session).await.unwrap();
    }
    assert_eq!(done(network, Endpoint::Refresh), 1);
    assert_eq!(count(network, Endpoint::Revocation), 0);
    let commits = store.commits();
    store.works();
    // Without a call by the application.
    store.until(commits + 1).await;
    assert_eq!(world.token().await, fresh);
    // Another process goes on from there.
    let other = process(network, store, &world.clock).await;
    let session: Session = other.session(&world.session.key()).await.unwrap();
    me(&session).await.unwrap();
    world.clock.by(2 * HOUR);
    me(&session).await.unwrap();
    assert_eq!(done(network, Endpoint::Refresh), 2);
}

/// The same, where the write was done and only its answer was lost.
#[tokio::test]
async fn a_write_whose_answer_was_lost_was_a_write() {
    let world = Expired::new(false).await;
    let (network, store) = (&world.network, &world.store);
    let hold = network.hold(Endpoint::Refresh);
    let fails = async {
        until_requested(network, Endpoint::Refresh).await;
        store.fails(Some(Kind::Session), Fails::After);
        hold.release();
    };
    let (answer, ()) = tokio::join!(me(&world.session), fails);
    answer.unwrap();
    store.works();
    assert_eq!(world.token().await, used_token(network));
    world.clock.by(2 * HOUR);
    me(&world.session).await.unwrap();
    assert_eq!(done(network, Endpoint::Refresh), 2);
    assert_eq!(world.token().await, used_token(network));
}

/// Signing out an account whose newest tokens are in memory only revokes these.
#[tokio::test]
async fn signing_out_revokes_the_tokens_that_were_never_written() {
    let world = Expired::new(false).await;
    let (network, store) = (&world.network, &world.store);
    let hold = network.hold(Endpoint::Refresh);
    let fails = async {
        until_requested(network, Endpoint::Refresh).await;
        store.fails(Some(Kind::Session), Fails::Before);
        hold.release();
    };
    let (answer, ()) = tokio::join!(me(&world.session), fails);
    answer.unwrap();
    let fresh = used_token(network);
    store.works();
    world.client.revoke(&world.session.key()).await.unwrap();
    let tokens = network.requests_to(Endpoint::Revocation);
    assert!(
        tokens
            .iter()
            .any(|seen| seen.form("token") == Some(&*fresh))
    );
    assert_eq!(network.sessions_of(world.session.did()), 0);
}

/// No refresh token is sent where the lease cannot be written, and a store that is down ends no session.
#[tokio::test]
async fn a_refresh_needs_a_written_lease() {
    let world = Expired::new(false).await;
    world.store.fails(Some(Kind::Session), Fails::Before);
    assert!(me(&world.session).await.unwrap_err().is_transient());
    assert_eq!(count(&world.network, Endpoint::Refresh), 0);
    world.store.works();
    world.store.reads_fail();
    world.clock.by(Duration::from_secs(10));
    assert!(me(&world.session).await.unwrap_err().is_transient());
    assert_eq!(count(&world.network, Endpoint::Refresh), 0);
    world.store.works();
    world.clock.by(Duration::from_secs(10));
    me(&world.session).await.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 1);
}

/// A lease that was written although the store answered with an error is waited out like any other.
#[tokio::test]
async fn a_lease_whose_answer_was_lost_is_waited_out() {
    let world = Expired::new(false).await;
    world.store.fails(Some(Kind::Session), Fails::After);
    assert!(me(&world.session).await.unwrap_err().is_transient());
    world.store.works();
    assert_eq!(count(&world.network, Endpoint::Refresh), 0);
    world.clock.by(Duration::from_secs(21));
    me(&world.session).await.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 1);
}

/// `invalid_grant` while the client cannot tell whether the store has something newer: not the end yet.
#[tokio::test]
async fn never_signed_out_before_the_store_was_asked() {
    let world = Expired::new(false).await;
    let (network, store) = (&world.network, &world.store);
    network.revoke_sessions(world.session.did());
    let hold = network.hold(Endpoint::Refresh);
    let fails = async {
        until_requested(network, Endpoint::Refresh).await;
        store.fails(Some(Kind::Session), Fails::Before);
        hold.release();
    };
    let (answer, ()) = tokio::join!(me(&world.session), fails);
    let error = answer.unwrap_err();
    assert!(error.is_transient() && !error.needs_login(), "{error}");
    store.works();
    world.clock.by(Duration::from_secs(21));
    assert!(me(&world.session).await.unwrap_err().needs_login());
}

/// TK-07, TK-08: a request that never left costs nothing, one that may have arrived is waited out.
#[tokio::test]
async fn only_what_may_have_arrived_is_waited_out() {
    for (problem, certain) in [
        (Problem::Unreachable, true),
        (Problem::Refused, true),
        (Problem::Timeout, false),
        (Problem::Broken, false),
    ] {
        let clock = Ahead::default();
        let network = network_at(&clock).await;
        let wire = Scripted::new();
        let client = builder(&network)
            .clock(clock.clone())
            .transport(wire.clone());
        let client = client.build().await.unwrap();
        let session = sign_in(&network, &client, "alice.test").await;
        clock.by(2 * HOUR);
        wire.cut(Some(("/oauth/token", problem)));
        assert!(
            me(&session).await.unwrap_err().is_transient(),
            "{problem:?}"
        );
        wire.cut(None);
        wire.forget();
        clock.by(Duration::from_secs(10));
        assert_eq!(me(&session).await.is_ok(), certain, "{problem:?}");
        clock.by(Duration::from_secs(11));
        me(&session).await.unwrap();
        let sent = wire
            .asked()
            .iter()
            .filter(|url| url.ends_with("/oauth/token"))
            .count();
        assert!((1..=2).contains(&sent), "{problem:?}: {sent}");
        assert_eq!(done(&network, Endpoint::Refresh), 1);
    }
}

/// TK-02, scenario 35: two processes, a hundred calls, one refresh, a hundred successes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_send_one_token_request() {
    let world = Expired::new(true).await;
    let other = process(&world.network, &world.store, &world.clock).await;
    let theirs: Session = other.session(&world.session.key()).await.unwrap();
    let by = Duration::from_millis(100);
    world.network.misbehave(Fault::Delay {
        at: Endpoint::Refresh,
        by,
    });
    let calls = (0..100).map(|n| {
        let session = if n % 2 == 0 {
            world.session.clone()
        } else {
            theirs.clone()
        };
        tokio::spawn(async move { me(&session).await })
    });
    for result in join_all(calls).await {
        result.unwrap().unwrap();
    }
    assert_eq!(done(&world.network, Endpoint::Refresh), 1);
}

/// TK-03: what another process refreshed long ago is taken over without asking any server.
#[tokio::test]
async fn never_a_stale_copy_spent() {
    let world = Expired::new(true).await;
    let other = process(&world.network, &world.store, &world.clock).await;
    let theirs: Session = other.session(&world.session.key()).await.unwrap();
    me(&theirs).await.unwrap();
    me(&world.session).await.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 1);
    // The same when the server says that the old one is over.
    world.network.expire_access_tokens();
    me(&theirs).await.unwrap();
    me(&world.session).await.unwrap();
    assert_eq!(done(&world.network, Endpoint::Refresh), 2);
    assert_eq!(world.network.sessions_of(world.session.did()), 1);
}

/// Scenario 36: a process is killed between answer and write. The next one waits until the lease ends, sends the
/// token once, and answers with the server's result.
#[tokio::test]
async fn a_killed_process_leaves_a_lease() {
    let at = Endpoint::Refresh;
    for (fault, spent) in [(Fault::Drop { at }, true), (Fault::Hang { at }, false)] {
        let world = Expired::new(true).await;
        let (network, store) = (&world.network, &world.store);
        // So that the nonce is known, and the request that gets lost is the one that counts.
        network.misbehave_times(1, Fault::status(at, 500));
        me(&world.session).await.unwrap_err();
        world.clock.by(Duration::from_secs(6));
        network.forget_requests();
        network.misbehave_times(1, fault);
        let request = me(&world.session);
        let arrived = network.until(|seen| seen.iter().any(|s| s.endpoint == at));
        tokio::select! {
            _ = request => {}
            () = arrived => {}
        }
        // The first process is not asked again; a refresh that hangs there is as good as killed.
        world.clock.by(Duration::from_secs(21));
        let next = process(network, store, &world.clock).await;
        let session: Session = next.session(&world.session.key()).await.unwrap();
        let result = me(&session).await;
        network.behave();
        if spent {
            assert!(result.unwrap_err().needs_login());
        } else {
            result.unwrap();
        }
        let tried = network.requests_to(at);
        let tried = tried.iter().filter(|seen| claim(seen, "nonce").is_some());
        assert_eq!(tried.count(), 2);
    }
}

/// Scenario 48: a session that is signed out while it is being refreshed stays signed out, here and at its
/// server.
#[tokio::test]
async fn never_back_to_life_by_a_refresh() {
    for elsewhere in [false, true] {
        let world = Expired::new(elsewhere).await;
        let (network, store) = (&world.network, &world.store);
        let other = process(network, store, &world.clock).await;
        let key = world.session.key();
        let hold = network.hold(Endpoint::Refresh);
        let signs_out = async {
            until_requested(network, Endpoint::Refresh).await;
            let who = if elsewhere { &other } else { &world.client };
            who.revoke(&key).await.unwrap();
            hold.release();
        };
        let (answer, ()) = tokio::join!(me(&world.session), signs_out);
        assert!(answer.unwrap_err().needs_login());
        for client in [&world.client, &other] {
            assert!(client.session(&key).await.unwrap_err().needs_login());
            assert_eq!(client.sessions_of(key.did()).await.unwrap().len(), 0);
        }
        // The tokens that were issued meanwhile are revoked, too.
        assert_eq!(network.sessions_of(key.did()), 0);
        assert!(me(&world.session).await.unwrap_err().needs_login());
    }
}

/// The store is down: that passes, and the person is not told to sign in again.
#[tokio::test]
async fn a_store_that_is_down_is_no_sign_out() {
    let world = Expired::new(true).await;
    let fresh = process(&world.network, &world.store, &world.clock).await;
    world.store.reads_fail();
    world.store.fails(None, Fails::Before);
    let key = world.session.key();
    let errors = [
        fresh.session(&key).await.map(|_| ()).unwrap_err(),
        fresh.sessions_of(key.did()).await.map(|_| ()).unwrap_err(),
        fresh.revoke(&key).await.unwrap_err(),
        fresh.revoke_all(key.did()).await.map(|_| ()).unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_transient() && !error.needs_login(), "{error}");
    }
    assert!(matches!(me(&world.session).await, Err(XrpcError::Session(e)) if e.is_transient()));
    world.store.works();
    fresh.session(&key).await.unwrap();
}

/// TK-16: signed out while fresh tokens could not be written. They belong to no session then, and are revoked
/// as well.
#[tokio::test]
async fn never_tokens_that_live_on_in_memory_after_a_sign_out() {
    let world = Expired::new(false).await;
    let (network, store) = (&world.network, &world.store);
    let at = Endpoint::Refresh;
    let hold = network.hold(at);
    let sign_out = async {
        network
            .until(|seen| seen.iter().any(|one| one.endpoint == at))
            .await;
        world.session.revoke().await.unwrap();
        store.fails(Some(Kind::Session), Fails::Before);
        hold.release();
    };
    let (_, ()) = tokio::join!(me(&world.session), sign_out);
    store.works();
    // Two tokens at the sign-out; this server takes all of the session's for one, and may say so.
    network
        .until(|seen| {
            let revoked = |one: &&_| is_revocation(one);
            seen.iter().filter(revoked).count() >= 3
        })
        .await;
    assert!(me(&world.session).await.unwrap_err().needs_login());
}

fn is_revocation(seen: &atproto_oauth::testing::Seen) -> bool {
    seen.endpoint == Endpoint::Revocation
}
