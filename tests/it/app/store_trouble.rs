//! The store fails in the middle of a sign-in, a sign-out or a request.

use std::time::Duration;

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::store::Kind;
use atproto_oauth::testing::Endpoint;

use crate::app::harness::person::*;
use crate::app::harness::site::*;
use crate::app::harness::two_accounts::TwoAccounts;
use crate::support::{Ahead, Fails, Faulty, SECRET};

async fn site(shared: bool) -> (Site, Faulty) {
    let clock = Ahead::default();
    let store = if shared {
        Faulty::shared(clock.clone())
    } else {
        Faulty::new(clock.clone())
    };
    let change = |builder: OAuthClientBuilder| builder.store(store.clone()).secret(SECRET);
    let site = Site::of::<App>(&clock, change, |oauth| app(&oauth)).await;
    (site, store)
}

/// TK-22, and the same for the browser's own row: a session that cannot be kept is ended.
#[tokio::test]
async fn a_session_that_cannot_be_kept_is_ended() {
    for kind in [Kind::Session, Kind::Browser] {
        for how in [Fails::Before, Fails::After] {
            let (site, store) = site(false).await;
            let mut person = site.signed_in("bob.test").await;
            let before = person.session_cookie().map(str::to_owned);
            let url = person.start("alice.test").await;
            let address = site.network.approve(&url, "alice.test").await.unwrap();
            store.fails(Some(kind), how);
            let answer = person.come_back(&address).await;
            assert_eq!(answer.status, 503, "{kind:?} {how:?}: {answer:?}");
            answer.assert_private();
            assert!(answer.page().contains("temporarily_unavailable"));
            store.works();
            assert_eq!(person.session_cookie().map(str::to_owned), before);
            assert_eq!(person.read("/").await, "bob.test", "{kind:?} {how:?}");
            assert_eq!(person.read("/held").await.lines().count(), 1);
            let did = site.did("alice.test");
            site.network
                .until(|_| site.network.sessions_of(&did) == 0)
                .await;
            if (kind, how) != (Kind::Session, Fails::After) {
                let here = site.client.sessions_of(&did).await.unwrap();
                assert!(here.is_empty(), "{kind:?} {how:?}");
            }
            // Nothing is in the way of the next attempt.
            person.sign_in(&site.network, "alice.test").await;
            assert_eq!(person.read("/held").await.lines().count(), 2);
        }
    }
}

/// The request that was not written down is none: no cookie, and the person is not sent away.
#[tokio::test]
async fn a_start_that_cannot_be_written_sends_the_person_nowhere() {
    for how in [Fails::Before, Fails::After] {
        let (site, store) = site(false).await;
        store.fails(Some(Kind::Pending), how);
        let answer = submit("/oauth/login", &[("handle", "alice.test")])
            .of(&site.router)
            .await;
        assert_eq!(answer.status, 503, "{how:?}: {answer:?}");
        assert!(answer.set_cookies().is_empty() && answer.location().is_empty());
    }
}

/// A sign-out that the store did not take is told, and can be repeated; one that it took counts, even if
/// the browser's list could not be changed.
#[tokio::test]
async fn a_sign_out_that_the_store_did_not_take_can_be_repeated() {
    let (site, store) = site(false).await;
    let mut person = site.signed_in("alice.test").await;
    store.fails(Some(Kind::Session), Fails::Before);
    let answer = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.set_cookies().is_empty());
    assert!(site.network.requests_to(Endpoint::Revocation).is_empty());
    store.works();
    assert_eq!(person.read("/private").await, "private: alice.test");

    person.sign_in(&site.network, "bob.test").await;
    store.fails(Some(Kind::Browser), Fails::Before);
    let answer = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    store.works();
    assert!(
        site.client
            .sessions_of(&site.did("bob.test"))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(person.read("/").await, "signed out");
    // The list still names bob; signing out once more leads to alice.
    person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(person.read("/").await, "alice.test");
}

/// What was written although the store said no is seen at once, whatever was at hand.
#[tokio::test]
async fn what_is_at_hand_is_never_older_than_the_store() {
    let (site, store) = site(false).await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    assert_eq!(person.read("/").await, "bob.test");
    let key = site
        .client
        .sessions_of(&site.did("alice.test"))
        .await
        .unwrap()
        .remove(0)
        .key;
    let switch = submit("/oauth/switch", &[("session", &key.to_string())]);
    store.fails(Some(Kind::Browser), Fails::Before);
    assert_eq!(person.send(switch.clone()).await.status, 503);
    store.works();
    assert_eq!(person.read("/").await, "bob.test");
    store.fails(Some(Kind::Browser), Fails::After);
    let answer = person.send(switch).await;
    assert!([303, 503].contains(&answer.status), "{answer:?}");
    store.works();
    assert_eq!(person.read("/").await, "alice.test");
}

/// Pages and documents that need no store are there without it.
#[tokio::test]
async fn what_needs_no_store_works_without_one() {
    let (site, store) = site(true).await;
    let mut person = site.signed_in("alice.test").await;
    store.reads_fail();
    for path in [
        "/oauth/login",
        "/oauth/client-metadata.json",
        "/oauth/jwks.json",
    ] {
        assert_eq!(person.send(click(path)).await.status, 200, "{path}");
    }
    for path in ["/", "/private", "/held", "/oauth/accounts", "/oauth/logout"] {
        let answer = person.send(navigate("none", path)).await;
        assert_eq!(answer.status, 503, "{path}: {answer:?}");
        assert!(answer.page().contains("temporarily_unavailable"));
        assert!(answer.set_cookies().is_empty());
    }
    // Without a cookie there is nothing to look up.
    assert_eq!(click("/").of(&site.router).await.body, "signed out");
    store.works();
    assert_eq!(person.read("/private").await, "private: alice.test");
}

/// Two processes on one store: what one does, the other sees at once.
#[tokio::test]
async fn two_processes_are_one_application() {
    let (site, store) = site(true).await;
    let other = builder::<App>(&site.network, &site.clock)
        .store(store)
        .secret(SECRET);
    let other = app(&other.build().await.unwrap());
    let (here, address) = site.approved("alice.test").await;
    // The answer reaches the other process.
    let mut there = Person {
        router: other.clone(),
        ..here
    };
    assert_eq!(there.come_back(&address).await.status, 303);
    let mut here = Person {
        router: site.router.clone(),
        ..there.clone()
    };
    assert_eq!(here.read("/").await, "alice.test");
    assert_eq!(there.read("/").await, "alice.test");
    // One answer is worth one session, in all processes together.
    assert_eq!(here.come_back(&address).await.status, 400);

    here.sign_in(&site.network, "bob.test").await;
    let mut there = Person {
        router: other,
        ..here.clone()
    };
    assert_eq!(there.read("/").await, "bob.test");
    there.send(submit("/oauth/logout?all=true", &[])).await;
    assert_eq!(here.read("/").await, "signed out");
    assert_eq!(here.send(api("/private")).await.code(), "not_signed_in");
}

/// `None` is an answer; "I do not know" is another.
#[tokio::test]
async fn a_store_that_is_down_is_503_and_ends_no_session() {
    let clock = Ahead::default();
    let store = Faulty::shared(clock.clone());
    let change = |builder: OAuthClientBuilder| {
        let builder = builder.store(store.clone()).secret(SECRET);
        builder.store_staleness(Duration::ZERO)
    };
    let site = Site::of::<TwoAccounts>(&clock, change, TwoAccounts::router).await;
    let mut person = site.signed_in("alice.test").await;
    let cookies = person.cookies();
    let url = person.start("bob.test").await;
    let back = site.network.approve(&url, "bob.test").await.unwrap();
    store.reads_fail();
    store.fails(None, Fails::Before);
    for path in ["/", "/me", "/list", "/oauth/accounts"] {
        let told = get(path).header("cookie", &cookies).of(&site.router).await;
        told.assert_error(503, "temporarily_unavailable");
        let page = person.send(click(path)).await;
        page.assert_page(503);
        assert_eq!(page.set_cookies(), [""; 0]);
    }
    assert!(person.come_back(&back).await.status >= 400);
    let kept = person.send(submit("/oauth/logout", &[])).await;
    kept.assert_page(503);
    assert!(site.network.requests_to(Endpoint::Revocation).is_empty());
    store.works();
    assert_eq!(person.read("/me").await, "alice.test");
    // Loading the callback again works, as nothing was used up.
    person.come_back(&back).await;
    assert_eq!(person.read("/me").await, "bob.test");
}

/// A store that is down for a moment is not noticed; after a minute the answer is 503.
#[tokio::test]
async fn a_browser_seen_a_minute_ago_is_served_without_a_store() {
    let clock = Ahead::default();
    let store = Faulty::shared(clock.clone());
    let change = |builder: OAuthClientBuilder| builder.store(store.clone()).secret(SECRET);
    let site = Site::of::<TwoAccounts>(&clock, change, TwoAccounts::router).await;
    let person = site.signed_in("alice.test").await;
    let cookie = person.cookies();
    let me = async || get("/").header("cookie", &cookie).of(&site.router).await;
    assert_eq!(me().await.body, "alice.test");
    store.reads_fail();
    clock.by(Duration::from_secs(50));
    assert_eq!(me().await.body, "alice.test");
    clock.by(Duration::from_secs(15));
    me().await.assert_error(503, "temporarily_unavailable");
    store.works();
    assert_eq!(me().await.body, "alice.test");
}
