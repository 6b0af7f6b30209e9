//! More permissions for one of several accounts.

use super::*;

/// The keys that the browser holds, in order; `*` marks the active one.
async fn keys(person: &mut Person) -> Vec<String> {
    let held = person.read("/held").await;
    held.lines().map(str::to_owned).collect()
}

/// The others, the order and the active account are as before; a full browser has room for it.
#[tokio::test]
async fn sc_18_the_other_accounts_and_the_order_stay() {
    let site = site().await;
    let mut person = Person::new(&site.router);
    for handle in ["alice.test", "bob.test", "carol.test"] {
        person.sign_in(&site.network, handle).await;
    }
    // The browser is full, and the one in the middle is active.
    let before = keys(&mut person).await;
    let bob = before[1].clone();
    person
        .send(submit("/oauth/switch", &[("session", &bob)]))
        .await;
    let answer = upgrade(&site, &mut person, "bob.test", "/write").await;
    assert_eq!((answer.status, answer.location()), (303, "/write"));
    assert_eq!(person.read("/write").await, "bob.test may");
    let after = keys(&mut person).await;
    assert_eq!(after.len(), 3);
    assert_eq!(after[0], before[0].trim_start_matches('*'));
    assert_eq!(after[2], before[2]);
    assert!(
        after[1].starts_with('*') && !after[1].contains(&bob),
        "{after:?}"
    );
    for handle in ["alice.test", "bob.test", "carol.test"] {
        assert_eq!(site.sessions(handle).await.0, 1, "{handle}");
    }
    // What one account allowed, the others did not.
    person
        .send(submit("/oauth/switch", &[("session", &after[2])]))
        .await;
    led(&mut person, "/write").await;
}

/// The person changed to another account while consent was open: it is still about the one before.
#[tokio::test]
async fn the_account_that_was_asked_is_the_one_that_comes_back() {
    let site = site().await;
    let mut person = Person::new(&site.router);
    for handle in ["alice.test", "bob.test"] {
        person.sign_in(&site.network, handle).await;
    }
    let before = keys(&mut person).await;
    let url = led(&mut person, "/write").await;
    person
        .send(submit("/oauth/switch", &[("session", &before[1])]))
        .await;
    let address = site.network.approve(&url, "bob.test").await.unwrap();
    person.come_back(&address).await;
    assert_eq!(person.read("/write").await, "bob.test may");
    let after = keys(&mut person).await;
    assert_eq!((after.len(), &after[1]), (2, &before[1]));
}

/// Signing in again by oneself is no upgrade: it replaces the session and comes first, as ever.
#[tokio::test]
async fn signing_in_again_still_replaces() {
    let site = site().await;
    let mut person = Person::new(&site.router);
    for handle in ["alice.test", "bob.test"] {
        person.sign_in(&site.network, handle).await;
    }
    let before = keys(&mut person).await;
    person.sign_in(&site.network, "alice.test").await;
    let after = keys(&mut person).await;
    assert!(after[0].starts_with('*'), "{after:?}");
    assert_eq!(after[1], before[0].trim_start_matches('*'));
    assert_eq!(site.sessions("alice.test").await.0, 1);
}
