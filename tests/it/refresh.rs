//! Refreshing tokens where all servers answer as they should: when, how often, and what is taken over.

use std::time::Duration;

use atproto_oauth::Session;
use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use futures_util::future::join_all;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::*;

/// TK-01, TK-10, TK-11: shortly before the token expires it is refreshed, at the server that issued it, and
/// the new one is in the store when it is used.
#[tokio::test]
async fn a_token_is_refreshed_before_it_expires() {
    let (network, client, clock, session) = ahead_signed_in().await;
    let before = record(&client, &session.key()).await;
    clock.by(Duration::from_mins(58));
    me(&session).await.unwrap();
    assert_eq!(done(&network, Endpoint::Refresh), 0);
    clock.by(Duration::from_secs(119));
    network.forget_requests();
    me(&session).await.unwrap();
    let seen = network.requests_to(Endpoint::Refresh).pop().unwrap();
    assert_eq!(seen.status, Some(200));
    assert_eq!(seen.server, network.issuer());
    let mut names: Vec<_> = seen.form_names().collect();
    names.sort_unstable();
    assert_eq!(names, ["client_id", "grant_type", "refresh_token"]);
    let sent = seen.form("refresh_token");
    assert_eq!(
        sent,
        before
            .refresh_token
            .as_ref()
            .map(|token| token.expose_secret())
    );
    let used = network.requests_to(Endpoint::Xrpc).pop().unwrap();
    let after = record(&client, &session.key()).await;
    assert_eq!(
        used.header("authorization"),
        Some(&*format!("DPoP {}", after.access_token.expose_secret()))
    );
    assert_ne!(
        after.access_token.expose_secret(),
        before.access_token.expose_secret()
    );
    assert!(after.refreshing.is_none());
    assert_eq!(after.created_at, before.created_at);
    assert!(after.refreshed_at > before.refreshed_at);
    // TK-13.
    assert_eq!(after.expires_at, before.expires_at);
    let info = session.info();
    assert_eq!(
        (info.created_at, info.refreshed_at),
        (after.created_at, after.refreshed_at)
    );
    assert_eq!(session.access_token_expires_at(), after.access_expires_at);
}

/// TK-02, TK-03, scenario 35: whatever makes them all want a new token, one is asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_callers_send_one_token_request() {
    let (network, client, clock, session) = ahead_signed_in().await;
    me(&session).await.unwrap();
    for expired_here in [true, false] {
        if expired_here {
            clock.by(2 * HOUR);
        } else {
            // Only the PDS knows, so there are fifty refusals.
            network.expire_access_tokens();
        }
        network.forget_requests();
        let by = Duration::from_millis(50);
        network.misbehave(Fault::Delay {
            at: Endpoint::Refresh,
            by,
        });
        let calls = (0..50).map(|n| {
            let (session, client) = (session.clone(), client.clone());
            tokio::spawn(async move {
                // Half of them come by another way to the same session.
                if n % 2 == 0 {
                    return me(&session).await;
                }
                let again = client.session(&session.key()).await.unwrap();
                me(&again).await
            })
        });
        for result in join_all(calls).await {
            result.unwrap().unwrap();
        }
        network.behave();
        assert_eq!(done(&network, Endpoint::Refresh), 1, "{expired_here}");
    }
}

/// A refresh goes on when the caller that began it goes away.
#[tokio::test]
async fn a_refresh_whose_caller_went_away_is_finished() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let client = builder(&network).clock(clock.clone()).store(store.clone());
    let client = client.build().await.unwrap();
    let session = sign_in(&network, &client, "alice.test").await;
    clock.by(2 * HOUR);
    let commits = store.commits();
    let hold = network.hold(Endpoint::Refresh);
    let arrived = network.until(|seen| seen.iter().any(|s| s.endpoint == Endpoint::Refresh));
    tokio::select! {
        _ = me(&session) => panic!("it is held"),
        () = arrived => {}
    }
    hold.release();
    // The lease and the tokens.
    store.until(commits + 2).await;
    me(&session).await.unwrap();
    assert_eq!(done(&network, Endpoint::Refresh), 1);
}

/// TK-11, TK-12, TK-14: lifetimes of every kind, and never a refresh at every call.
#[tokio::test]
async fn never_a_refresh_at_every_call() {
    for life in [0, 1, 5, 30, 90] {
        let (network, client, clock) = ahead().await;
        network.set_token_lifetime(Duration::from_secs(life));
        let session = sign_in(&network, &client, "alice.test").await;
        for _ in 0..20 {
            let _ = me(&session).await;
        }
        let refreshes = done(&network, Endpoint::Refresh);
        assert!(refreshes <= 1, "{life} s: {refreshes}");
        clock.by(Duration::from_secs(life + 10));
        for _ in 0..20 {
            let _ = me(&session).await;
        }
        let refreshes = done(&network, Endpoint::Refresh);
        assert!((1..=3).contains(&refreshes), "{life} s: {refreshes}");
    }
    // No lifetime at all: until the server says that it is over.
    let (network, client, clock) = ahead().await;
    network.misbehave(Fault::missing(Endpoint::Exchange, "expires_in"));
    let session = sign_in(&network, &client, "alice.test").await;
    network.behave();
    clock.by(Duration::from_mins(59));
    me(&session).await.unwrap();
    assert_eq!(done(&network, Endpoint::Refresh), 0);
    clock.by(HOUR);
    me(&session).await.unwrap();
    assert_eq!(done(&network, Endpoint::Refresh), 1);
}

/// TK-14: how often a token is refreshed early is the application's to say; one that is over is refreshed anyway.
#[tokio::test]
async fn tk_14_no_token_is_refreshed_before_the_stated_time() {
    for (interval, early) in [(None, true), (Some(200), true), (Some(295), false)] {
        let clock = Ahead::default();
        let network = network_at(&clock).await;
        network.set_token_lifetime(Duration::from_mins(5));
        let client = builder(&network).clock(clock.clone());
        let client = match interval {
            Some(seconds) => client.min_refresh_interval(Duration::from_secs(seconds)),
            None => client,
        };
        let client = client.build().await.unwrap();
        let session = sign_in(&network, &client, "alice.test").await;
        me(&session).await.unwrap();
        assert_eq!(done(&network, Endpoint::Refresh), 0);
        // Not over, and soon.
        clock.by(Duration::from_secs(280));
        me(&session).await.unwrap();
        assert_eq!(done(&network, Endpoint::Refresh), usize::from(early));
        clock.by(Duration::from_mins(5));
        me(&session).await.unwrap();
        assert_eq!(done(&network, Endpoint::Refresh), 1 + usize::from(early));
    }
}

/// TK-04.
#[tokio::test]
async fn never_the_refresh_token_lost_because_none_came_back() {
    let (network, client, clock, session) = ahead_signed_in().await;
    let before = record(&client, &session.key()).await.refresh_token.unwrap();
    network.misbehave(Fault::missing(Endpoint::Refresh, "refresh_token"));
    clock.by(2 * HOUR);
    me(&session).await.unwrap();
    let after = record(&client, &session.key()).await.refresh_token.unwrap();
    assert_eq!(after.expose_secret(), before.expose_secret());
}

/// SC-17, CB-15: a changed scope is taken over, and counts from then on.
#[tokio::test]
async fn never_a_changed_scope_refused() {
    let (network, client, clock, session) = ahead_signed_in().await;
    assert!(session.allows("blob:image/png"));
    network.misbehave(Fault::edit(
        Endpoint::Refresh,
        "scope",
        "atproto repo:* new:thing",
    ));
    clock.by(2 * HOUR);
    me(&session).await.unwrap();
    let session: Session = client.session(&session.key()).await.unwrap();
    assert!(!session.allows("blob:image/png"));
    assert_eq!(session.missing(), ["blob:*/*"]);
    // Broader than what was asked for is not used.
    assert!(session.allows("repo:com.example.note"));
    assert!(!session.allows("repo:com.example.other"));
    assert_eq!(session.info().scope, "atproto repo:* new:thing");
}

/// ID-20: the handle is looked at again, and only lost when a server says so.
#[tokio::test]
async fn a_handle_is_looked_at_again() {
    let (network, client, clock, session) = ahead_signed_in().await;
    let did = session.did().to_string();
    let shown = async || {
        clock.by(2 * HOUR);
        me(&session).await.unwrap();
        let again: Session = client.session(&session.key()).await.unwrap();
        again.display_name().to_owned()
    };
    network.set_handle(&did, "alicia.test").unwrap();
    assert_eq!(shown().await, "alicia.test");
    // No server can tell now.
    network.misbehave(Fault::status(Endpoint::ResolveHandle, 503));
    assert_eq!(shown().await, "alicia.test");
    network.behave();
    // It leads to another account.
    let bob = network.account("bob.test").unwrap().did;
    network.misbehave(Fault::edit(Endpoint::ResolveHandle, "did", bob.as_str()));
    assert_eq!(shown().await, did);
    network.behave();
    assert_eq!(shown().await, "alicia.test");
    // Another that cannot be verified is not the old one.
    network.set_handle(&did, "ally.test").unwrap();
    network.misbehave(Fault::status(Endpoint::ResolveHandle, 503));
    assert_eq!(shown().await, did);
    network.behave();
    assert_eq!(shown().await, "ally.test");
}

/// TK-09, scenario 43: the PDS moved, its issuer did not. The token follows once that is certain.
#[tokio::test]
async fn a_move_under_the_same_issuer_is_followed_after_it_is_verified() {
    let (network, client, clock) = ahead_on(TestNetwork::builder().pds(2).entryway()).await;
    let session = sign_in(&network, &client, "alice.test").await;
    me(&session).await.unwrap();
    network.move_account("alice.test", 1).unwrap();
    network.forget_requests();
    clock.by(2 * HOUR);
    me(&session).await.unwrap();
    let seen = network.requests();
    let verified = seen
        .iter()
        .position(|s| s.endpoint == Endpoint::ProtectedResource && s.server == network.pds_at(1));
    let used = seen
        .iter()
        .position(|s| s.endpoint == Endpoint::Xrpc)
        .unwrap();
    assert!(verified.unwrap() < used);
    assert!(
        seen.iter()
            .all(|s| s.endpoint != Endpoint::Xrpc || s.server == network.pds_at(1))
    );
    assert_eq!(
        record(&client, &session.key()).await.pds.as_str(),
        network.pds_at(1)
    );
}

/// The same, found out by the refusal of the old PDS.
#[tokio::test]
async fn a_move_is_noticed_when_the_old_pds_refuses() {
    let (network, client, clock) = ahead_on(TestNetwork::builder().pds(2).entryway()).await;
    let session = sign_in(&network, &client, "alice.test").await;
    me(&session).await.unwrap();
    network.move_account("alice.test", 1).unwrap();
    clock.by(Duration::from_mins(6)); // until then its document is remembered
    me(&session).await.unwrap();
    assert_eq!(done(&network, Endpoint::Refresh), 1);
}

/// TK-13: two weeks for a public client, whatever is refreshed.
#[tokio::test]
async fn a_session_ends_after_two_weeks() {
    let (_network, client, clock, session) = ahead_signed_in().await;
    let end = session.info().expires_at.unwrap();
    assert_eq!(session.info().created_at.until(end), 14 * 24 * HOUR);
    clock.by(13 * 24 * HOUR);
    me(&session).await.unwrap();
    assert_eq!(session.info().expires_at, Some(end));
    clock.by(25 * HOUR);
    let error = me(&session).await.unwrap_err();
    assert!(error.needs_login());
    assert!(
        client
            .session(&session.key())
            .await
            .unwrap_err()
            .needs_login()
    );
    assert_eq!(client.sessions_of(session.did()).await.unwrap().len(), 0);
}

/// TK-15: without a refresh token there is nothing to refresh, and the token is used to its end.
#[tokio::test]
async fn a_session_without_a_refresh_token_lasts_as_long_as_its_token() {
    let (network, client, clock) = ahead().await;
    network.misbehave(Fault::missing(Endpoint::Exchange, "refresh_token"));
    let session = sign_in(&network, &client, "alice.test").await;
    network.behave();
    clock.by(Duration::from_secs(59 * 60 + 30));
    me(&session).await.unwrap();
    network.expire_access_tokens();
    let error = me(&session).await.unwrap_err();
    assert!(!error.needs_login(), "{error}");
    clock.by(HOUR);
    let error = me(&session).await.unwrap_err();
    assert!(error.needs_login(), "{error}");
    assert_eq!(count(&network, Endpoint::Refresh), 0);
}

/// A parameter that no server should see in a refresh, whatever the session was made with.
#[tokio::test]
async fn a_refresh_asks_for_nothing_new() {
    let (network, _client, clock, session) = ahead_signed_in().await;
    clock.by(2 * HOUR);
    let _: Value = session
        .query("com.atproto.server.getSession", &json!({}))
        .await
        .unwrap();
    let seen = network.requests_to(Endpoint::Refresh).pop().unwrap();
    assert_eq!(seen.form("scope"), None);
    assert_eq!(seen.form("client_assertion"), None);
}
