//! The end of a process: it stores the answers to what it sent, and sends nothing new.

use std::time::Duration;

use atproto_oauth::store::Kind;
use atproto_oauth::testing::{Endpoint, TestNetwork};
use atproto_oauth::{AuthorizeOptions, ErrorKind, OAuthClient, Session};
use futures_util::FutureExt;
use futures_util::future::select;
use secrecy::ExposeSecret;

use crate::support::*;

/// A signed-in account, on a store that can be held up.
struct World {
    network: TestNetwork,
    store: Faulty,
    clock: Ahead,
    client: OAuthClient,
    session: Session,
}

impl World {
    async fn new() -> Self {
        let (network, store, clock) = network_and_store(Faulty::new).await;
        let client = process(&network, &store, &clock).await;
        let session = sign_in(&network, &client, "alice.test").await;
        network.forget_requests();
        Self {
            network,
            store,
            clock,
            client,
            session,
        }
    }

    async fn stored_token(&self) -> String {
        let record = record(&self.client, &self.session.key()).await;
        record.access_token.expose_secret().into()
    }

    async fn until_refreshing(&self) {
        until_requested(&self.network, Endpoint::Refresh).await;
    }
}

/// TK-01: a deploy in the middle of a refresh. The request is gone, its tokens are not.
#[tokio::test]
async fn never_an_end_before_fresh_tokens_are_written() {
    let world = World::new().await;
    let old = world.stored_token().await;
    world.clock.by(2 * HOUR);
    let hold = world.network.hold(Endpoint::Refresh);
    {
        let request = std::pin::pin!(me(&world.session));
        let sent = std::pin::pin!(world.until_refreshing());
        drop(select(request, sent).await);
    }
    world.store.hold(Kind::Session);
    let mut drained = std::pin::pin!(world.client.drain(HOUR));
    assert!(drained.as_mut().now_or_never().is_none(), "it was sent");
    hold.release();
    world.store.until_held().await;
    assert!(drained.as_mut().now_or_never().is_none(), "it is written");
    world.store.release();
    drained.await.unwrap();
    assert_ne!(world.stored_token().await, old);
    assert_eq!(done(&world.network, Endpoint::Refresh), 1);
}

/// Tokens that the store did not take are tried until it does.
#[tokio::test]
async fn tokens_in_memory_only_are_waited_for() {
    let world = World::new().await;
    let old = world.stored_token().await;
    world.clock.by(2 * HOUR);
    let hold = world.network.hold(Endpoint::Refresh);
    let fails = async {
        world.until_refreshing().await;
        world.store.fails(Some(Kind::Session), Fails::Before);
        hold.release();
    };
    let (answer, ()) = tokio::join!(me(&world.session), fails);
    answer.unwrap();
    let error = world.client.drain(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TemporarilyUnavailable);
    assert_eq!(world.stored_token().await, old);
    world.store.works();
    world.client.drain(HOUR).await.unwrap();
    assert_ne!(world.stored_token().await, old);
}

/// Nothing is begun any more: sessions work for as long as their tokens do.
#[tokio::test]
async fn nothing_is_refreshed_after_the_end() {
    let world = World::new().await;
    world.client.drain(HOUR).await.unwrap();
    me(&world.session).await.unwrap();
    world.clock.by(2 * HOUR);
    let error = me(&world.session).await.unwrap_err();
    assert!(error.is_transient() && !error.needs_login(), "{error}");
    assert_eq!(count(&world.network, Endpoint::Refresh), 0);
    // The next process goes on with the same tokens.
    let next = builder(&world.network).clock(world.clock.clone());
    let next = next
        .secret(SECRET)
        .store(world.store.clone())
        .build()
        .await
        .unwrap();
    let session: Session = next.session(&world.session.key()).await.unwrap();
    me(&session).await.unwrap();
}

/// A person came back from the authorization server, and the request broke off.
#[tokio::test]
async fn a_code_that_was_sent_becomes_a_session() {
    let world = World::new().await;
    let started = world
        .client
        .authorize("bob.test", AuthorizeOptions::new())
        .await;
    let started = started.unwrap();
    let address = world.network.approve(started.url(), "bob.test").await;
    let address = address.unwrap();
    world.store.hold(Kind::Session);
    {
        let back = std::pin::pin!(finish(&world.client, &started, &address));
        let held = std::pin::pin!(world.store.until_held());
        drop(select(back, held).await);
    }
    let mut drained = std::pin::pin!(world.client.drain(HOUR));
    assert!(drained.as_mut().now_or_never().is_none());
    world.store.release();
    drained.await.unwrap();
    let bob = world.network.account("bob.test").unwrap();
    assert_eq!(world.client.sessions_of(&bob.did).await.unwrap().len(), 1);
}
