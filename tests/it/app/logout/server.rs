//! Signing out while the authorization server, or the store, does not cooperate.

use std::time::Duration;

use atproto_oauth::prelude::*;
use atproto_oauth::store::RevocationRecord;
use atproto_oauth::testing::{Endpoint, Fault, Seen};
use axum::response::Redirect;

use crate::app::harness::person::*;
use crate::app::harness::site::{Site, builder, network};
use crate::support::{Ahead, eventually};

/// Scenario 48: the server refuses, breaks, drops the connection, or has no endpoint. The person is
/// signed out here all the same, and the tokens are revoked as soon as it recovers.
#[tokio::test]
async fn never_a_sign_out_that_fails_when_the_server_is_down() {
    let faults = [
        Fault::status(Endpoint::Revocation, 500),
        Fault::status(Endpoint::Revocation, 503).with_header("retry-after", "3600"),
        Fault::status(Endpoint::Revocation, 401),
        Fault::html(Endpoint::Revocation),
        Fault::Drop { at: Endpoint::Any },
    ];
    for fault in faults {
        let site = Site::new().await;
        let mut person = site.signed_in("alice.test").await;
        let did = site.did("alice.test");
        site.network.misbehave(fault.clone());
        let answer = person.send(submit("/oauth/logout", &[])).await;
        assert_eq!((answer.status, answer.location()), (303, "/"), "{fault:?}");
        assert_eq!(person.session_cookie(), None);
        assert_eq!(person.read("/").await, "signed out");
        let here = site.client.sessions_of(&did).await.unwrap();
        assert!(here.is_empty(), "{fault:?}");
    }
}

/// TK-16: what could not be revoked waits in the queue, and leaves it when the server is back.
#[tokio::test]
async fn tk_16_the_revocation_is_made_up_for() {
    let site = Site::new().await;
    let mut person = site.signed_in("alice.test").await;
    let did = site.did("alice.test");
    site.network
        .misbehave(Fault::status(Endpoint::Revocation, 503));
    assert_eq!(person.send(submit("/oauth/logout", &[])).await.status, 303);
    assert_eq!(site.network.sessions_of(&did), 1);
    assert_eq!(queue(&site).await, 1);

    site.network.behave();
    later(&site, Duration::from_mins(2)).await;
    site.network
        .until(|_| site.network.sessions_of(&did) == 0)
        .await;
    let emptied = async || (queue(&site).await == 0).then_some(());
    eventually("an empty queue", emptied).await;
    // A sign-in meanwhile would have its own tokens.
    person.sign_in(&site.network, "alice.test").await;
    assert_eq!(site.network.sessions_of(&did), 1);
}

/// A server that never answers is not waited for: some seconds, not more.
#[tokio::test]
async fn never_a_sign_out_that_hangs_with_its_server() {
    let site = Site::new().await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    site.network.misbehave(Fault::Hang {
        at: Endpoint::Revocation,
    });
    // The clock of the timers jumps to the next one whenever all tasks wait.
    tokio::time::pause();
    let begin = tokio::time::Instant::now();
    let answer = person.send(submit("/oauth/logout?all=true", &[])).await;
    let took = begin.elapsed();
    tokio::time::resume();
    assert_eq!(answer.status, 303);
    assert!(took <= Duration::from_secs(6), "{took:?}");
    assert_eq!(person.session_cookie(), None);
    assert_eq!(person.read("/").await, "signed out");
    assert_eq!(queue(&site).await, 2);
}

/// The connection drops while the server is told: the sign-out stands.
#[tokio::test]
async fn never_still_signed_in_after_a_dropped_connection() {
    let site = Site::new().await;
    let mut person = site.signed_in("alice.test").await;
    site.network.misbehave(Fault::Hang {
        at: Endpoint::Revocation,
    });
    let mut tab = person.clone();
    let request = tokio::spawn(async move { tab.send(submit("/oauth/logout", &[])).await });
    let told = |seen: &[Seen]| {
        seen.iter()
            .any(|seen| seen.endpoint == Endpoint::Revocation)
    };
    site.network.until(told).await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    assert_eq!(person.read("/").await, "signed out");
    assert_eq!(person.read("/held").await, "");
    assert_eq!(queue(&site).await, 1);
}

/// A hook that breaks comes too late to keep the person signed in.
#[tokio::test]
async fn never_still_signed_in_after_a_broken_hook() {
    #[atproto_oauth(callback = back, logout = breaks)]
    #[derive(Clone)]
    struct Fragile {
        oauth: OAuthClient,
    }
    async fn back(_: Login<Fragile>) -> Redirect {
        Redirect::to("/")
    }
    async fn breaks(gone: LoggedOut<Fragile>) -> String {
        panic!("a hook breaks on purpose: {gone:?}");
    }
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    let oauth = builder::<Fragile>(&network, &clock).build().await.unwrap();
    let router = Fragile::oauth_routes().with_state(Fragile {
        oauth: oauth.clone(),
    });
    let mut person = Person::new(&router);
    person.sign_in(&network, "alice.test").await;
    let answer = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(answer.status, 500);
    assert!(answer.page().contains("configuration"));
    let did = network.account("alice.test").unwrap().did;
    let did: Did = did;
    assert!(oauth.sessions_of(&did).await.unwrap().is_empty());
    network.until(|_| network.sessions_of(&did) == 0).await;
    assert_eq!(person.send(submit("/oauth/logout", &[])).await.status, 500);
}

/// Twice at once, by two tabs: both are told yes, and the server is told once.
#[tokio::test]
async fn a_double_sign_out() {
    let site = Site::new().await;
    let mut person = site.signed_in("alice.test").await;
    let mut tab = person.clone();
    site.network.forget_requests();
    let (one, two) = tokio::join!(
        person.send(submit("/oauth/logout", &[])),
        tab.send(submit("/oauth/logout", &[])),
    );
    assert_eq!((one.status, two.status), (303, 303));
    assert_eq!(person.read("/").await, "signed out");
    let hints = |hint: &str| {
        let seen = site.network.requests_to(Endpoint::Revocation);
        let done = seen.iter().filter(|seen| seen.status == Some(200));
        done.filter(|seen| seen.form("token_type_hint") == Some(hint))
            .count()
    };
    assert_eq!((hints("refresh_token"), hints("access_token")), (1, 1));
    assert_eq!(queue(&site).await, 0);
}

/// TK-19, scenario 50: two browsers, two sessions of the same account.
#[tokio::test]
async fn another_browser_stays_signed_in() {
    let site = Site::new().await;
    let mut here = site.signed_in("alice.test").await;
    let mut there = site.signed_in("alice.test").await;
    let did = site.did("alice.test");
    assert_eq!(site.network.sessions_of(&did), 2);
    here.send(submit("/oauth/logout?all=true", &[])).await;
    assert_eq!(here.read("/").await, "signed out");
    assert_eq!(there.read("/private").await, "private: alice.test");
    assert_eq!(site.network.sessions_of(&did), 1);

    // Everywhere at once.
    here.sign_in(&site.network, "alice.test").await;
    let all = site.client.revoke_all(&did).await.unwrap();
    assert_eq!(all, 2);
    for person in [&mut here, &mut there] {
        assert_eq!(person.read("/").await, "signed out");
    }
    assert_eq!(site.network.sessions_of(&did), 0);
}

/// Revocations that wait for their server.
async fn queue(site: &Site) -> usize {
    let vault = site.client.vault();
    vault
        .list::<RevocationRecord>("queue", None, 10)
        .await
        .unwrap()
        .items
        .len()
}

/// Lets time pass for the records and for the client's own worker.
async fn later(site: &Site, time: Duration) {
    site.clock.by(time);
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
