//! What a process remembers of a store that others write to, and what becomes of what a failover lost.

use std::time::Duration;

use atproto_oauth::store::SessionRecord;
use atproto_oauth::testing::Endpoint;
use atproto_oauth::{OAuthClientBuilder, Session};

use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);
/// Both processes have the session in memory.
async fn both_know(change: impl Fn(OAuthClientBuilder) -> OAuthClientBuilder) -> Fleet {
    let fleet = Fleet::with(&change, &change).await;
    me(&fleet.theirs().await).await.unwrap();
    fleet
}

impl Fleet {
    /// Whether the other process still takes the session for one.
    async fn is_known_there(&self) -> bool {
        match self.there.session(&self.session.key()).await {
            Ok(_) => true,
            Err(error) => {
                assert!(error.needs_login(), "{error}");
                false
            }
        }
    }
}

/// Five seconds, unless the settings say otherwise: until then a session at hand costs nothing, from then on
/// a sign-out elsewhere is known.
#[tokio::test]
async fn a_sign_out_is_heard_by_other_processes_within_the_stated_time() {
    for (stated, seconds) in [(None, 5), (Some(60 * SECOND), 60)] {
        let fleet = both_know(|builder| match stated {
            Some(stated) => builder.store_staleness(stated),
            None => builder,
        })
        .await;
        let reads = fleet.store.reads();
        for _ in 0..100 {
            assert!(fleet.is_known_there().await);
        }
        assert_eq!(fleet.store.reads(), reads, "hot calls cost nothing");
        fleet.session.revoke().await.unwrap();
        let here: Result<Session, _> = fleet.here.session(&fleet.session.key()).await;
        assert!(here.unwrap_err().needs_login(), "at once where it was done");
        fleet.clock.by((seconds - 2) * SECOND);
        assert!(fleet.is_known_there().await, "or the test shows nothing");
        fleet.clock.by(2 * SECOND);
        assert!(!fleet.is_known_there().await);
    }
}

#[tokio::test]
async fn zero_asks_every_time() {
    let fleet = both_know(|builder| builder.store_staleness(Duration::ZERO)).await;
    let reads = fleet.store.reads();
    for _ in 0..10 {
        assert!(fleet.is_known_there().await);
    }
    assert_eq!(fleet.store.reads(), reads + 10);
    fleet.session.revoke().await.unwrap();
    assert!(!fleet.is_known_there().await);
}

/// Who was seen before is served for a minute; no session ends, and no unknown one is let in.
#[tokio::test]
async fn a_store_that_is_down_ends_no_session_and_lets_none_in() {
    for (stated, seconds) in [
        (None, 60),
        (Some(300 * SECOND), 300),
        (Some(Duration::ZERO), 0),
    ] {
        let fleet = both_know(|builder| match stated {
            Some(stated) => builder.store_staleness(stated),
            None => builder,
        })
        .await;
        let other = sign_in(&fleet.network, &fleet.here, "bob.test").await;
        fleet.store.reads_fail();
        let unknown: Result<Session, _> = fleet.there.session(&other.key()).await;
        assert!(unknown.unwrap_err().is_transient());
        if seconds > 0 {
            let reads = fleet.store.reads();
            for by in [0, 10, seconds - 12] {
                fleet.clock.by(by * SECOND);
                let known: Session = fleet.there.session(&fleet.session.key()).await.unwrap();
                me(&known).await.unwrap();
            }
            assert!(fleet.store.reads() <= reads + 2, "asked once a second");
            fleet.clock.by(2 * SECOND);
        }
        for _ in 0..3 {
            let known: Result<Session, _> = fleet.there.session(&fleet.session.key()).await;
            let error = known.unwrap_err();
            assert!(error.is_transient() && !error.needs_login(), "{error}");
        }
        fleet.store.works();
        // The first answer tells that the store is back, the second one is believed.
        for _ in 0..2 {
            assert!(fleet.is_known_there().await);
        }
        let reads = fleet.store.reads();
        assert!(fleet.is_known_there().await);
        let asked = usize::from(seconds == 0);
        assert_eq!(fleet.store.reads(), reads + asked);
    }
}

/// A sign-out that this process has seen stays one, and so does what the store lost between two reads.
#[tokio::test]
async fn never_back_from_the_dead_while_the_store_is_down() {
    let fleet = both_know(|builder| builder).await;
    fleet.session.revoke().await.unwrap();
    fleet.store.reads_fail();
    let here: Result<Session, _> = fleet.here.session(&fleet.session.key()).await;
    assert!(here.is_err(), "signed out here");
    let list = || fleet.there.sessions_of(fleet.session.did());
    assert!(list().await.unwrap_err().is_transient());
    fleet.store.works();
    assert_eq!(list().await.unwrap().len(), 0);
    // The store was back in between, and this session was not seen since.
    fleet.store.reads_fail();
    let there: Result<Session, _> = fleet.there.session(&fleet.session.key()).await;
    let error = there.map(|_| ()).unwrap_err();
    assert!(error.is_transient(), "{error}");
}

/// Back from an outage the store may have lost something: what is at hand is read anew.
#[tokio::test]
async fn after_an_outage_everything_is_read_anew() {
    let fleet = both_know(|builder| builder).await;
    fleet.store.reads_fail();
    let list = || fleet.there.sessions_of(fleet.session.did());
    assert!(list().await.unwrap_err().is_transient());
    fleet.store.works();
    fleet.session.revoke().await.unwrap();
    assert!(fleet.is_known_there().await, "not noticed yet");
    assert_eq!(list().await.unwrap().len(), 0);
    assert!(!fleet.is_known_there().await);
}

/// The same where only a pass in the background noticed that the store was away.
#[tokio::test]
async fn an_outage_that_a_pass_noticed_counts() {
    for reseals in [false, true] {
        let fleet = both_know(|builder| builder).await;
        let pass = async || {
            let vault = fleet.there.vault();
            if reseals {
                vault.reseal(None, 10).await.map(drop)
            } else {
                vault.scan::<SessionRecord>(None, 10).await.map(drop)
            }
        };
        fleet.store.reads_fail();
        assert!(pass().await.unwrap_err().is_down());
        fleet.store.works();
        fleet.session.revoke().await.unwrap();
        assert!(fleet.is_known_there().await, "not noticed yet");
        pass().await.unwrap();
        assert!(!fleet.is_known_there().await, "reseals: {reseals}");
    }
}

/// TK-03: what is at hand is never what a refresh goes by.
#[tokio::test]
async fn a_refresh_reads_the_store_first() {
    let fleet = both_know(|builder| builder.store_staleness(HOUR * 24)).await;
    fleet.clock.by(2 * HOUR);
    me(&fleet.session).await.unwrap();
    let theirs: Session = fleet.there.session(&fleet.session.key()).await.unwrap();
    me(&theirs).await.unwrap();
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 1);
    fleet.clock.by(2 * HOUR);
    fleet.session.revoke().await.unwrap();
    let error = me(&theirs).await.unwrap_err();
    assert!(error.to_string().contains("sign in again"), "{error}");
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 1);
}

/// A failover lost the last refresh, so the store holds an older refresh token. A process that sends it gets
/// `invalid_grant`, and the person signs in again; a process that has read the newer row refuses the older one, and
/// after a minute its session needs a login, too.
#[tokio::test]
async fn what_a_failover_lost_ends_as_needs_login() {
    let fleet = both_know(|builder| builder).await;
    let before = fleet.store.copy().await;
    fleet.clock.by(2 * HOUR);
    me(&fleet.session).await.unwrap();
    assert!(fleet.is_known_there().await, "this one has seen it, too");
    fleet.store.put_back(&before).await;

    // Who has seen more than there is: in doubt at first, as a copy may lag, but not for ever.
    fleet.clock.by(5 * SECOND);
    let key = fleet.session.key();
    let known = || fleet.here.session(&key);
    for _ in 0..3 {
        let error = known().await.map(|_: Session| ()).unwrap_err();
        assert!(error.is_transient() && !error.needs_login(), "{error}");
    }
    assert_eq!(
        done(&fleet.network, Endpoint::Refresh),
        1,
        "and it is not used"
    );
    fleet.clock.by(60 * SECOND);
    for _ in 0..2 {
        let error = known().await.map(|_: Session| ()).unwrap_err();
        assert!(error.needs_login(), "{error}");
    }

    // Who has not: the spent token is tried once, and no more.
    let fresh = fleet.process();
    let fresh = fresh.build().await.unwrap();
    let session: Session = fresh.session(&fleet.session.key()).await.unwrap();
    fleet.network.forget_requests();
    let error = me(&session).await.unwrap_err();
    assert!(matches!(error, atproto_oauth::XrpcError::Session(error) if error.needs_login()));
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 0);
    assert!(!fleet.is_known_there().await);
    let rows = fleet.store.copy().await;
    assert!(
        rows.iter()
            .all(|(key, _)| key.kind != atproto_oauth::store::Kind::Session)
    );
    // And signing in is all that it takes.
    let again = sign_in(&fleet.network, &fleet.here, "alice.test").await;
    me(&again).await.unwrap();
}

/// A copy that lags for a moment is none of that.
#[tokio::test]
async fn a_copy_that_lags_ends_nothing() {
    let fleet = both_know(|builder| builder).await;
    let before = fleet.store.copy().await;
    fleet.clock.by(2 * HOUR);
    me(&fleet.session).await.unwrap();
    let after = fleet.store.copy().await;
    for _ in 0..3 {
        fleet.store.put_back(&before).await;
        fleet.clock.by(30 * SECOND);
        let known: Result<Session, _> = fleet.here.session(&fleet.session.key()).await;
        assert!(known.unwrap_err().is_transient());
        fleet.store.put_back(&after).await;
        fleet.clock.by(30 * SECOND);
        let known: Session = fleet.here.session(&fleet.session.key()).await.unwrap();
        me(&known).await.unwrap();
    }
}
