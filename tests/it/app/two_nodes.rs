//! What a person sees whose requests go to two processes.

use atproto_oauth::prelude::*;

use crate::app::harness::nodes::Nodes;
use crate::app::harness::person::*;

impl Nodes {
    async fn key_of(&self, handle: &str) -> String {
        let did = self.site.did(handle).clone();
        let did: Did = did;
        let sessions = self.site.client.sessions_of(&did).await.unwrap();
        sessions[0].key.to_string()
    }
}

fn has_changed(person: &Person) -> bool {
    person.jar.keys().any(|name| name.ends_with("+changed"))
}

fn forget_change(person: &mut Person) {
    person.jar.retain(|name, _| !name.ends_with("+changed"));
}

/// Pages cost no look at the store for as long as was stated, and a sign-out elsewhere is known after it.
#[tokio::test]
async fn a_sign_out_there_is_refused_here_within_the_stated_time() {
    let nodes = Nodes::new().await;
    let mut here = nodes.site.signed_in("alice.test").await;
    let mut there = nodes.there(&here);
    for person in [&mut here, &mut there] {
        assert_eq!(person.read("/").await, "alice.test");
    }
    let reads = nodes.store.reads();
    for _ in 0..100 {
        assert_eq!(here.read("/private").await, "private: alice.test");
    }
    assert_eq!(nodes.store.reads(), reads);

    // This browser got no answer of the other process, which is the worst case.
    assert_eq!(there.send(submit("/oauth/logout", &[])).await.status, 303);
    nodes.later(3);
    assert_eq!(
        here.read("/").await,
        "alice.test",
        "or the test shows nothing"
    );
    nodes.later(2);
    assert_eq!(here.read("/").await, "signed out");
    let answer = here.send(api("/private")).await;
    assert_eq!((answer.status, &*answer.code()), (401, "not_signed_in"));
}

/// A session that ended in the background is not kept up by a browser that was read later.
#[tokio::test]
async fn a_session_that_ended_elsewhere_ends_within_the_stated_time() {
    let nodes = Nodes::new().await;
    let mut here = nodes.site.signed_in("alice.test").await;
    let mut there = nodes.there(&here);
    assert_eq!(there.read("/").await, "alice.test");
    nodes.later(3);
    // The browser is read anew, and its session is not.
    there.read("/held").await;
    assert_eq!(there.read("/").await, "alice.test");
    let key: SessionKey = nodes.key_of("alice.test").await.parse().unwrap();
    nodes.site.client.revoke(&key).await.unwrap();
    nodes.later(2);
    assert_eq!(there.read("/").await, "signed out");
    nodes.later(3);
    assert_eq!(there.read("/").await, "signed out");
    assert_eq!(here.read("/").await, "signed out");
}

/// A person who switches sees the account they chose on the next page, whichever process answers: otherwise people
/// would post as another account.
#[tokio::test]
async fn a_change_is_seen_by_its_own_browser_at_once() {
    let nodes = Nodes::new().await;
    let mut here = nodes.site.signed_in("alice.test").await;
    here.sign_in(&nodes.site.network, "bob.test").await;
    let mut there = nodes.there(&here);
    assert_eq!(there.read("/").await, "bob.test");
    let key = nodes.key_of("alice.test").await;
    let answer = here
        .send(submit("/oauth/switch", &[("session", &key)]))
        .await;
    let [cookie] = answer.set_cookies()[..] else {
        panic!("{answer:?}")
    };
    assert!(
        cookie.contains("+changed=1;") && cookie.contains("Max-Age=5"),
        "{cookie}"
    );
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );

    let mut there = nodes.there(&here);
    let mut unaware = there.clone();
    forget_change(&mut unaware);
    assert_eq!(
        unaware.read("/").await,
        "bob.test",
        "or the test shows nothing"
    );
    assert_eq!(there.read("/").await, "alice.test");

    // The same when one of several accounts leaves.
    forget_change(&mut here);
    assert_eq!(here.read("/").await, "alice.test");
    there.send(submit("/oauth/logout", &[])).await;
    let mut here = Person {
        router: here.router,
        ..there.clone()
    };
    assert!(has_changed(&here));
    assert_eq!(here.read("/").await, "bob.test");
    // The last one takes the cookie along.
    here.send(submit("/oauth/logout", &[])).await;
    assert!(here.session_cookie().is_none());
    assert_eq!(here.read("/").await, "signed out");
}

/// What is decided is decided by the store: who signs out on a page that is behind, signs out the account
/// that is active.
#[tokio::test]
async fn a_sign_out_is_decided_by_the_store() {
    let nodes = Nodes::new().await;
    let mut here = nodes.site.signed_in("alice.test").await;
    here.sign_in(&nodes.site.network, "bob.test").await;
    let mut there = nodes.there(&here);
    assert_eq!(there.read("/").await, "bob.test");
    let key = nodes.key_of("alice.test").await;
    here.send(submit("/oauth/switch", &[("session", &key)]))
        .await;
    let held = there.read("/held").await;
    assert!(!held.lines().next().unwrap().starts_with('*'), "{held}");
    there.send(submit("/oauth/logout", &[])).await;
    let mut fresh = there.clone();
    assert_eq!(fresh.read("/held").await.lines().count(), 1);
    assert_eq!(fresh.read("/").await, "bob.test");
}

/// The store is down: pages go on for a minute, then wait; no session ends.
#[tokio::test]
async fn an_outage_of_the_store_ends_no_session() {
    let nodes = Nodes::new().await;
    let mut here = nodes.site.signed_in("alice.test").await;
    assert_eq!(here.read("/").await, "alice.test");
    nodes.store.reads_fail();
    assert_eq!(here.read("/").await, "alice.test");
    nodes.later(55);
    assert_eq!(here.read("/").await, "alice.test");
    nodes.later(5);
    for _ in 0..2 {
        let answer = here.send(api("/private")).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (503, "temporarily_unavailable")
        );
        assert!(answer.set_cookies().is_empty());
    }
    nodes.store.works();
    assert_eq!(here.read("/private").await, "private: alice.test");
}
