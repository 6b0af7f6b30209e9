//! Sessions whose rows cannot be read: refused and reported, never used, and never taken for signed out by
//! mistake. Scenario 49.

use std::time::Duration;

use atproto_oauth::store::{
    Commit, Kind, Reader, Record, Secrets, SessionRecord, StoreError, Writer,
};
use atproto_oauth::testing::{Endpoint, TestNetwork};
use atproto_oauth::types::Timestamp;
use atproto_oauth::{Error, ErrorKind, OAuthClient, OAuthClientBuilder, Session};

use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

/// Two processes on one store; somebody is signed in, and one process has the session at hand.
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
        let clock = Ahead::default();
        let network = network_at(&clock).await;
        let store = Faulty::shared(clock.clone());
        let here = process(&network, &store, &clock).build().await.unwrap();
        let there = process(&network, &store, &clock).build().await.unwrap();
        let session = sign_in(&network, &here, "alice.test").await;
        me(&session).await.unwrap();
        Self {
            network,
            store,
            clock,
            here,
            there,
            session,
        }
    }

    async fn asked(&self, client: &OAuthClient) -> Result<Session, Error> {
        client.session(&self.session.key()).await
    }

    async fn in_doubt(&self, client: &OAuthClient) {
        let error = self.asked(client).await.unwrap_err();
        assert!(error.is_transient() && !error.needs_login(), "{error}");
        let error = client.revoke(&self.session.key()).await.unwrap_err();
        assert!(error.is_transient() && !error.needs_login(), "{error}");
    }
}

fn process(network: &TestNetwork, store: &Faulty, clock: &Ahead) -> OAuthClientBuilder {
    let builder = builder(network).clock(clock.clone());
    builder.secret(SECRET).store(store.clone())
}

/// A session as a later release may write it.
struct Later(SessionRecord);

impl Record for Later {
    const KIND: Kind = Kind::Session;

    fn id(&self) -> String {
        self.0.id()
    }

    fn group(&self) -> String {
        self.0.group()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.0.expires_at()
    }

    fn encode(&self, out: &mut Writer) {
        out.byte(200);
        out.text("what nobody knows yet");
    }

    fn decode(_: &str, _: &mut Reader<'_>) -> Result<Self, StoreError> {
        Err(StoreError::unreadable("never read"))
    }
}

/// A deploy is rolling: an earlier release meets what a later one wrote, and leaves it alone, for days.
#[tokio::test]
async fn never_signed_out_by_a_row_of_a_later_release() {
    let world = World::new().await;
    let id = world.session.key().to_string();
    let vault = world.here.vault();
    let stored = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
    let later = Later(stored.record.clone());
    let change = vault.put(&later, Some(stored.version)).unwrap();
    assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
    let rows = world.store.of_kind(Kind::Session).await;
    let logs = Logs::listen();
    for time in [5 * SECOND, 60 * SECOND, 7 * DAY] {
        world.clock.by(time);
        for client in [&world.here, &world.there] {
            world.in_doubt(client).await;
        }
    }
    assert!(
        logs.text()
            .contains("a format that this version does not know"),
        "{}",
        logs.text()
    );
    // Its access token has expired: it is not renewed from what is at hand.
    let error = me(&world.session).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(count(&world.network, Endpoint::Refresh), 0);
    assert_eq!(count(&world.network, Endpoint::Revocation), 0);
    assert_eq!(world.store.of_kind(Kind::Session).await, rows);
}

/// Who signs out everywhere is not told that it is done while there is a session that nobody here can read.
#[tokio::test]
async fn never_signed_out_everywhere_but_for_one() {
    let world = World::new().await;
    let other = sign_in(&world.network, &world.there, "alice.test").await;
    let id = world.session.key().to_string();
    let vault = world.here.vault();
    let stored = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
    let change = vault.put(&Later(stored.record), Some(stored.version));
    let done = vault.commit(vec![change.unwrap()]).await.unwrap();
    assert_eq!(done, Commit::Done);
    let error = world.here.revoke_all(other.did()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let gone: Result<Session, _> = world.here.session(&other.key()).await;
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::SessionNotFound);
    let left = world.store.of_kind(Kind::Session).await;
    assert_eq!(left.len(), 1);
}

/// A secret that one process lacks signs nobody out, and the cause is for the operator.
#[tokio::test]
async fn never_signed_out_by_a_secret_that_is_missing() {
    let world = World::new().await;
    let other = Secrets::generate_text().unwrap();
    let stranger = process(&world.network, &world.store, &world.clock).secret(other.as_str());
    let stranger = stranger.build().await.unwrap();
    let rows = world.store.of_kind(Kind::Session).await;
    for time in [SECOND, 60 * SECOND, 60 * SECOND] {
        world.clock.by(time);
        world.in_doubt(&stranger).await;
    }
    let error = world.asked(&stranger).await.unwrap_err();
    assert!(!error.to_string().contains("ATPROTO_SECRET"), "{error}");
    assert!(format!("{error:?}").contains("ATPROTO_SECRET"), "{error:?}");
    assert_eq!(world.store.of_kind(Kind::Session).await, rows);
    me(&world.session).await.unwrap();
}

/// What was changed is in doubt for a minute, and then no session, at hand or not. Its row is left for whoever
/// wants to know, or has a copy.
#[tokio::test]
async fn a_row_that_was_changed_is_not_used_and_not_deleted() {
    let world = World::new().await;
    let good = world.store.copy().await;
    world.store.damage(Kind::Session).await;
    let rows = world.store.of_kind(Kind::Session).await;
    world.clock.by(5 * SECOND);
    for client in [&world.here, &world.there] {
        world.in_doubt(client).await;
    }
    world.clock.by(60 * SECOND);
    for client in [&world.here, &world.there] {
        for _ in 0..2 {
            let error = world.asked(client).await.unwrap_err();
            assert!(error.needs_login(), "{error}");
        }
        let error = client.revoke(&world.session.key()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionNotFound);
    }
    assert_eq!(world.store.of_kind(Kind::Session).await, rows);
    world.store.put_back(&good).await;
    me(&world.asked(&world.there).await.unwrap()).await.unwrap();
}

/// A copy that lags, where the session is not at hand: a minute of doubt as well.
#[tokio::test]
async fn a_row_that_is_older_than_before_is_in_doubt_first() {
    let world = World::new().await;
    let before = world.store.copy().await;
    world.clock.by(Duration::from_hours(2));
    me(&world.session).await.unwrap();
    let after = world.store.copy().await;
    let id = world.session.key().to_string();
    let seen = world.there.vault().get::<SessionRecord>(&id).await;
    assert!(seen.unwrap().is_some());
    for _ in 0..3 {
        world.store.put_back(&before).await;
        world.clock.by(30 * SECOND);
        world.in_doubt(&world.there).await;
        world.store.put_back(&after).await;
        world.clock.by(30 * SECOND);
        let vault = world.there.vault();
        assert!(vault.get::<SessionRecord>(&id).await.unwrap().is_some());
        // Read by whoever uses it, so that the doubt is over.
        drop(world.asked(&world.there).await.unwrap());
    }
}
