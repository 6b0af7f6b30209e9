//! Refreshes of one session by several processes, while what they share gives way.

use std::collections::BTreeSet;
use std::time::Duration;

use atproto_oauth::Session;
use atproto_oauth::store::{Commit, Kind, RevocationRecord, SessionRecord};
use atproto_oauth::testing::{Endpoint, Fault, Seen, TestNetwork};
use secrecy::ExposeSecret;

use crate::support::*;

/// The access token of a session has expired, which both processes know.
async fn expired() -> (Fleet, Session) {
    let fleet = Fleet::new().await;
    let theirs = fleet.theirs().await;
    fleet.expire();
    (fleet, theirs)
}

impl Fleet {
    /// The store goes away while the server answers: fresh tokens are nowhere but in one process.
    async fn fresh_tokens_are_not_written(&self) {
        let hold = self.hold_refreshes();
        let fails = async {
            self.until_sent().await;
            self.store.fails(Some(Kind::Session), Fails::Before);
            hold.release();
        };
        let (answer, ()) = tokio::join!(me(&self.session), fails);
        answer.unwrap();
    }
}

/// After an outage of the store that was longer than a lease, the process that holds unwritten tokens writes them
/// before another process refreshes.
#[tokio::test]
async fn never_spent_again_because_the_store_was_away() {
    let (fleet, theirs) = expired().await;
    fleet.fresh_tokens_are_not_written().await;
    fleet.store.reads_fail();
    assert!(me(&theirs).await.unwrap_err().is_transient());
    fleet.clock.by(Duration::from_secs(30));
    fleet.store.works();
    me(&theirs).await.unwrap();
    me(&fleet.session).await.unwrap();
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 1);
}

/// TK-16: a sign-out in another process, which does not know the unwritten tokens. The process that holds them
/// revokes them.
#[tokio::test]
async fn never_fresh_tokens_left_alive_after_a_sign_out_elsewhere() {
    let (fleet, theirs) = expired().await;
    let before = fleet.stored(&fleet.session).await.record;
    let old: BTreeSet<_> = before
        .refresh_token
        .iter()
        .chain([&before.access_token])
        .map(|t| t.expose_secret().to_owned())
        .collect();
    fleet.fresh_tokens_are_not_written().await;
    fleet.store.works();
    theirs.revoke().await.unwrap();
    // It looks, sees that the row is gone, and uses them no more.
    fleet.clock.by(Duration::from_mins(1));
    let key = fleet.session.key();
    let here: Result<Session, _> = fleet.here.session(&key).await;
    assert!(here.unwrap_err().needs_login());
    let fresh = |seen: &Seen| {
        seen.endpoint == Endpoint::Revocation
            && seen.form("token").is_some_and(|token| !old.contains(token))
    };
    fleet.network.until(|seen| seen.iter().any(fresh)).await;
}

/// Nor where the store cannot queue them and the server does not answer: they are kept. The server is asked once,
/// and then when they are in the queue.
#[tokio::test]
async fn never_fresh_tokens_forgotten_before_they_are_revoked() {
    for server_answers in [true, false] {
        let (fleet, theirs) = expired().await;
        let before = fleet.stored(&fleet.session).await.record;
        let old = before.refresh_token.unwrap().expose_secret().to_owned();
        let id = fleet.session.key().to_string();
        let hold = fleet.hold_refreshes();
        let session = fleet.session.clone();
        let answer = tokio::spawn(async move { me(&session).await });
        fleet.until_sent().await;
        let at = Endpoint::Revocation;
        fleet.network.misbehave(Fault::status(at, 429));
        theirs.revoke().await.unwrap();
        fleet.store.fails(Some(Kind::Revocation), Fails::Before);
        if server_answers {
            fleet.network.behave();
        }
        fleet.network.forget_requests();
        hold.release();
        answer.await.unwrap().unwrap_err();
        let asked = |seen: &[Seen]| seen.iter().any(|one| one.endpoint == at);
        fleet.network.until(asked).await;
        if server_answers {
            let fresh = |seen: &[Seen]| seen.iter().any(|one| is_fresh(one, &old));
            fleet.network.until(fresh).await;
            continue;
        }
        // The loop that tries to queue them goes on.
        fleet.store.until_refused(3).await;
        assert!(count(&fleet.network, at) <= 2, "once for each token");
        fleet.store.works();
        let vault = fleet.there.vault();
        let queued = async || {
            let queued = vault.get::<RevocationRecord>(&id).await.unwrap();
            let token = queued.and_then(|queued| queued.record.refresh_token);
            token.filter(|token| token.expose_secret() != old)
        };
        eventually("fresh tokens in the queue", queued).await;
    }
}

/// Nor where the person signs out here, and while the store takes its time for that, the answer to a refresh comes
/// and cannot be written.
#[tokio::test]
async fn never_fresh_tokens_lost_to_a_sign_out_that_was_slow() {
    let (fleet, _) = expired().await;
    let before = fleet.stored(&fleet.session).await.record;
    let old = before.refresh_token.unwrap().expose_secret().to_owned();
    let hold = fleet.hold_refreshes();
    fleet.store.hold(Kind::Revocation);
    let (one, two) = (fleet.session.clone(), fleet.session.clone());
    let answer = tokio::spawn(async move { me(&one).await });
    fleet.until_sent().await;
    let out = tokio::spawn(async move { two.revoke().await });
    fleet.store.until_held().await;
    fleet.store.fails(Some(Kind::Session), Fails::Before);
    hold.release();
    answer.await.unwrap().unwrap();
    fleet.store.works();
    fleet.store.release();
    out.await.unwrap().unwrap();
    let fresh = |seen: &[Seen]| seen.iter().any(|one| is_fresh(one, &old));
    fleet.network.until(fresh).await;
}

/// A refresh token other than the `old` one was revoked.
fn is_fresh(seen: &Seen, old: &str) -> bool {
    seen.endpoint == Endpoint::Revocation
        && seen.status == Some(200)
        && seen.form("token_type_hint") == Some("refresh_token")
        && seen.form("token") != Some(old)
}

/// TK-12: an expired token is not sent to see what happens: the reference server may delete its session for it.
#[tokio::test]
async fn never_an_expired_token_sent() {
    for life in [1, 2, 3, 5, 30, 90, 3_600] {
        let (network, client, clock) = ahead().await;
        network.set_token_lifetime(Duration::from_secs(life));
        let session = sign_in(&network, &client, "alice.test").await;
        me(&session).await.unwrap();
        for _ in 0..3 {
            let expired = tokens(&network).pop().unwrap();
            network.forget_requests();
            clock.by(Duration::from_secs(life));
            me(&session).await.unwrap();
            let sent = tokens(&network);
            assert!(!sent.is_empty() && !sent.contains(&expired), "{life} s");
            assert_eq!(done(&network, Endpoint::Refresh), 1, "{life} s");
        }
    }
}

/// TK-03, TK-12: refreshed by another process, and over again before this one needed it.
#[tokio::test]
async fn never_an_expired_token_taken_over() {
    let (fleet, theirs) = expired().await;
    me(&theirs).await.unwrap();
    let expired = tokens(&fleet.network).pop().unwrap();
    fleet.clock.by(Duration::from_hours(2));
    fleet.network.forget_requests();
    me(&fleet.session).await.unwrap();
    let sent = tokens(&fleet.network);
    assert!(!sent.is_empty() && !sent.contains(&expired));
    assert_eq!(done(&fleet.network, Endpoint::Refresh), 1);
}

/// Scenario 37: the answer of the store to a write is late, and the session was refreshed and seen here meanwhile.
#[tokio::test]
async fn never_put_back_to_what_was_before() {
    // Which write is answered late: the release of the lease, or the tokens.
    for refused in [true, false] {
        let (fleet, theirs) = expired().await;
        let at = Endpoint::Refresh;
        if refused {
            // The nonce, then no.
            fleet.network.misbehave(Fault::status(at, 503));
        }
        let commits = fleet.store.commits();
        let released = fleet.store.holds(2);
        let (session, key) = (fleet.session.clone(), fleet.session.key());
        let late = tokio::spawn(async move { me(&session).await });
        fleet.store.until(commits + 2).await;
        fleet.network.behave();
        fleet.clock.by(Duration::from_hours(2));
        me(&theirs).await.unwrap();
        let here: Session = fleet.here.session(&key).await.unwrap();
        let newest = tokens(&fleet.network).pop().unwrap();
        released.notify_one();
        // Even where it was refused: there are fresh tokens now.
        late.await.unwrap().unwrap();
        me(&here).await.unwrap();
        let sent = tokens(&fleet.network);
        assert!(sent.iter().all(|token| *token == newest), "{refused}");
        assert_eq!(fleet.stored(&fleet.session).await.record.refreshing, None);
    }
}

/// The row changed only by another process's lease. That is no refresh: the answer stays `invalid_grant`.
#[tokio::test]
async fn a_lease_is_not_taken_for_fresh_tokens() {
    let theirs = Some([7; 16]);
    for holder in [theirs, None] {
        let (fleet, _) = expired().await;
        let at = Endpoint::Refresh;
        fleet.network.revoke_sessions(fleet.session.did());
        let commits = fleet.store.commits();
        let released = fleet.store.holds(1);
        let session = fleet.session.clone();
        let answer = tokio::spawn(async move { me(&session).await });
        fleet.store.until(commits + 1).await;
        // The row is written by another process after our lease.
        let vault = fleet.there.vault();
        let id = fleet.session.key().to_string();
        let stored = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
        let (mut record, version) = (stored.record, stored.version);
        match (holder, record.refreshing.as_mut()) {
            (Some(holder), Some(lease)) => lease.holder = holder,
            _ => record.used_at = Some(fleet.there.now()),
        }
        let change = vault.put(&record, Some(version)).unwrap();
        assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
        released.notify_one();
        let error = answer.await.unwrap().unwrap_err();
        assert_eq!(count(&fleet.network, Endpoint::Xrpc), 0, "{holder:?}");
        assert!(count(&fleet.network, at) > 0);
        if holder.is_some() {
            assert!(error.is_transient() && !error.needs_login(), "{error}");
            fleet.clock.by(Duration::from_secs(21));
            let error = me(&fleet.session).await.unwrap_err();
            assert!(error.needs_login(), "{error}");
        } else {
            assert!(error.needs_login(), "{error}");
        }
    }
}

/// The access tokens of the requests to the PDS.
fn tokens(network: &TestNetwork) -> Vec<String> {
    let sent = network.requests_to(Endpoint::Xrpc);
    let token = |seen: &Seen| seen.header("authorization").unwrap().to_owned();
    sent.iter().map(token).collect()
}
