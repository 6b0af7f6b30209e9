//! Sessions whose rows cannot be read: refused and reported, never used, and never taken for signed out by
//! mistake.

use std::time::Duration;

use atproto_oauth::store::{
    Commit, Kind, Reader, Record, Secrets, SessionRecord, StoreError, Writer,
};
use atproto_oauth::testing::Endpoint;
use atproto_oauth::types::Timestamp;
use atproto_oauth::{Error, ErrorKind, OAuthClient, Session};

use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

/// A signed-in account, whose session one process has in memory.
async fn at_hand() -> Fleet {
    let fleet = Fleet::new().await;
    me(&fleet.session).await.unwrap();
    fleet
}

impl Fleet {
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
        out.text("what no version knows yet");
    }

    fn decode(_: &str, _: &mut Reader<'_>) -> Result<Self, StoreError> {
        Err(StoreError::unreadable("never read"))
    }
}

/// A deploy is rolling: an earlier release meets what a later one wrote, and leaves it alone, for days.
#[tokio::test]
async fn never_signed_out_by_a_row_of_a_later_release() {
    let fleet = at_hand().await;
    let id = fleet.session.key().to_string();
    let vault = fleet.here.vault();
    let stored = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
    let later = Later(stored.record.clone());
    let change = vault.put(&later, Some(stored.version)).unwrap();
    assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
    let rows = fleet.store.of_kind(Kind::Session).await;
    let logs = Logs::listen();
    for time in [5 * SECOND, 60 * SECOND, 7 * DAY] {
        fleet.clock.by(time);
        for client in [&fleet.here, &fleet.there] {
            fleet.in_doubt(client).await;
        }
    }
    assert!(
        logs.text()
            .contains("a format that this version does not know"),
        "{}",
        logs.text()
    );
    // Its access token has expired: it is not refreshed from what is at hand.
    let error = me(&fleet.session).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(count(&fleet.network, Endpoint::Refresh), 0);
    assert_eq!(count(&fleet.network, Endpoint::Revocation), 0);
    assert_eq!(fleet.store.of_kind(Kind::Session).await, rows);
}

/// Who signs out everywhere is not told that it is done while there is a session that this process cannot read.
#[tokio::test]
async fn signing_out_everywhere_is_an_error_while_a_session_is_unreadable() {
    let fleet = at_hand().await;
    let other = sign_in(&fleet.network, &fleet.there, "alice.test").await;
    let id = fleet.session.key().to_string();
    let vault = fleet.here.vault();
    let stored = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
    let change = vault.put(&Later(stored.record), Some(stored.version));
    let done = vault.commit(vec![change.unwrap()]).await.unwrap();
    assert_eq!(done, Commit::Done);
    let error = fleet.here.revoke_all(other.did()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let gone: Result<Session, _> = fleet.here.session(&other.key()).await;
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::SessionNotFound);
    let left = fleet.store.of_kind(Kind::Session).await;
    assert_eq!(left.len(), 1);
}

/// A secret that one process lacks ends no session, and the cause is for the operator.
#[tokio::test]
async fn never_signed_out_by_a_secret_that_is_missing() {
    let fleet = at_hand().await;
    let other = Secrets::generate_text().unwrap();
    let stranger = fleet.process().secret(other.as_str());
    let stranger = stranger.build().await.unwrap();
    let rows = fleet.store.of_kind(Kind::Session).await;
    for time in [SECOND, 60 * SECOND, 60 * SECOND] {
        fleet.clock.by(time);
        fleet.in_doubt(&stranger).await;
    }
    let error = fleet.asked(&stranger).await.unwrap_err();
    assert!(!error.to_string().contains("ATPROTO_SECRET"), "{error}");
    assert!(format!("{error:?}").contains("ATPROTO_SECRET"), "{error:?}");
    assert_eq!(fleet.store.of_kind(Kind::Session).await, rows);
    me(&fleet.session).await.unwrap();
}

/// Scenario 49: what was changed is in doubt for a minute, and then no session, at hand or not. Its row is left for the process that
/// wants to know, or has a copy.
#[tokio::test]
async fn a_row_that_was_changed_is_not_used_and_not_deleted() {
    let fleet = at_hand().await;
    let good = fleet.store.copy().await;
    fleet.store.damage(Kind::Session).await;
    let rows = fleet.store.of_kind(Kind::Session).await;
    fleet.clock.by(5 * SECOND);
    for client in [&fleet.here, &fleet.there] {
        fleet.in_doubt(client).await;
    }
    fleet.clock.by(60 * SECOND);
    for client in [&fleet.here, &fleet.there] {
        for _ in 0..2 {
            let error = fleet.asked(client).await.unwrap_err();
            assert!(error.needs_login(), "{error}");
        }
        let error = client.revoke(&fleet.session.key()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionNotFound);
    }
    assert_eq!(fleet.store.of_kind(Kind::Session).await, rows);
    fleet.store.put_back(&good).await;
    me(&fleet.asked(&fleet.there).await.unwrap()).await.unwrap();
}

/// Scenario 49: a copy that lags, where the session is not at hand: a minute of doubt as well.
#[tokio::test]
async fn a_row_that_is_older_than_before_is_in_doubt_first() {
    let fleet = at_hand().await;
    let before = fleet.store.copy().await;
    fleet.clock.by(Duration::from_hours(2));
    me(&fleet.session).await.unwrap();
    let after = fleet.store.copy().await;
    let id = fleet.session.key().to_string();
    let seen = fleet.there.vault().get::<SessionRecord>(&id).await;
    assert!(seen.unwrap().is_some());
    for _ in 0..3 {
        fleet.store.put_back(&before).await;
        fleet.clock.by(30 * SECOND);
        fleet.in_doubt(&fleet.there).await;
        fleet.store.put_back(&after).await;
        fleet.clock.by(30 * SECOND);
        let vault = fleet.there.vault();
        assert!(vault.get::<SessionRecord>(&id).await.unwrap().is_some());
        // Read by the process that uses it, so that the doubt is over.
        drop(fleet.asked(&fleet.there).await.unwrap());
    }
}
