//! SC-18: whatever goes wrong on the way to more permissions, the session is as it was.

use atproto_oauth::testing::{Endpoint, Fault};

use super::*;

/// The account that a session was upgraded for is the only one that may come back (ID-18).
#[tokio::test]
async fn sc_18_never_the_permission_of_another_account() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let old = key(&mut person).await;
    let url = led(&mut person, "/write").await;
    let address = site.network.approve(&url, "bob.test").await.unwrap();
    let answer = person.come_back(&address).await;
    answer.assert_private();
    assert_eq!(answer.status, 400);
    let page = answer.page();
    assert!(page.contains("subject_mismatch"), "{page}");
    assert!(
        page.contains("still signed in as <strong>alice.test</strong>"),
        "{page}"
    );
    assert_eq!(key(&mut person).await, old);
    let bob = site.did("bob.test");
    site.network
        .until(|_| site.network.sessions_of(bob.clone()) == 0)
        .await;
    assert_eq!(
        site.sessions("bob.test").await,
        (0, 0),
        "his tokens are revoked"
    );
    assert_eq!(site.sessions("alice.test").await, (1, 1));
    assert_permission_page(&person.send(click("/write")).await);
}

#[tokio::test]
async fn sc_18_the_session_outlives_a_server_that_fails() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let old = key(&mut person).await;
    let faults = [
        Fault::edit(Endpoint::Exchange, "token_type", "Bearer"),
        Fault::status(Endpoint::Exchange, 500),
        Fault::edit(
            Endpoint::Exchange,
            "sub",
            "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
        ),
    ];
    let url = led(&mut person, "/write").await;
    let consent = assert_permission_page(&person.send(click("/write")).await);
    let mut url = Some(url);
    for fault in faults {
        let at = match url.take() {
            Some(url) => url,
            None => follow(&mut person, &consent).await,
        };
        let address = site.network.approve(&at, "alice.test").await.unwrap();
        site.network.misbehave(fault);
        let answer = person.come_back(&address).await;
        site.network.behave();
        assert!(answer.status >= 400, "{answer:?}");
        let page = answer.page();
        assert!(
            page.contains("still signed in as <strong>alice.test</strong>"),
            "{page}"
        );
        assert!(page.contains("href=\"/write\">Try again"), "{page}");
        assert_eq!(key(&mut person).await, old);
        let session: SessionKey = old.parse().unwrap();
        let session: Session = site.client.session(&session).await.unwrap();
        support::me(&session).await.unwrap();
    }
}

/// A panic in the hook rolls the sign-in back, and with it the end of the session before.
#[tokio::test]
async fn sc_18_the_session_outlives_a_hook_that_panics() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let old = key(&mut person).await;
    let answer = upgrade(&site, &mut person, "alice.test", "/panic").await;
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(key(&mut person).await, old);
    let session: SessionKey = old.parse().unwrap();
    let session: Session = site.client.session(&session).await.unwrap();
    support::me(&session).await.unwrap();
    site.network
        .until(|_| site.network.sessions_of(session.did()) == 1)
        .await;
    assert_eq!(site.sessions("alice.test").await, (1, 1));
}

/// Who signed out meanwhile is not told that they are signed in, and a yes signs them in again.
#[tokio::test]
async fn a_person_who_signed_out_on_the_way_is_not_signed_in() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let [no, yes] = [
        led(&mut person, "/write").await,
        led(&mut person, "/upload").await,
    ];
    person.send(submit("/oauth/logout", &[])).await;
    let address = site.network.deny(&no).await.unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 403);
    assert!(answer.page().contains("You cancelled"), "{answer:?}");
    assert_eq!(person.send(api("/me")).await.status, 401);
    let address = site.network.approve(&yes, "alice.test").await.unwrap();
    assert_eq!(person.come_back(&address).await.location(), "/upload");
    assert_eq!(person.read("/upload").await, "alice.test may");
}
