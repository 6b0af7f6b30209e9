//! Browsers whose rows cannot be read keep their cookie, and people are told to try again.

use atproto_oauth::store::{Kind, Secrets};

use crate::app::harness::nodes::Nodes;
use crate::app::harness::person::*;

/// Every page that asks who is there.
const PAGES: [&str; 4] = ["/", "/private", "/held", "/oauth/accounts"];

async fn told_to_try_again(person: &mut Person) {
    let jar = person.jar.clone();
    for page in PAGES {
        let answer = person.send(click(page)).await;
        assert_eq!(answer.status, 503, "{page}");
        assert!(answer.set_cookies().is_empty(), "{page}");
        // What only development shows comes last.
        let (people, cause) = answer.body.split_once("class=\"developer\"").unwrap();
        for word in ["ATPROTO_SECRET", "stored row", "sign in again"] {
            assert!(!people.contains(word), "{page}: {people}");
        }
        assert!(cause.contains("a stored row was"), "{page}: {cause}");
        let answer = person.send(api(page)).await;
        let said = (answer.status, &*answer.code());
        assert_eq!(said, (503, "temporarily_unavailable"), "{page}");
    }
    let answer = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(answer.status, 503);
    assert!(answer.set_cookies().is_empty());
    assert_eq!(person.jar, jar);
}

/// A process that lacks the secret ends no session, however long that takes.
#[tokio::test]
async fn a_missing_secret_forgets_no_browser() {
    let other = Secrets::generate_text().unwrap();
    let nodes = Nodes::with_secret_there(&other).await;
    let mut here = nodes.site.signed_in("alice.test").await;
    let rows = nodes.store.of_kind(Kind::Browser).await;
    let mut there = nodes.there(&here);
    for seconds in [0, 5, 120] {
        nodes.later(seconds);
        told_to_try_again(&mut there).await;
    }
    assert_eq!(nodes.store.of_kind(Kind::Browser).await, rows);
    assert_eq!(here.read("/").await, "alice.test");

    // A person who signs in there all the same is signed in, and nothing of before is lost.
    there.sign_in(&nodes.site.network, "bob.test").await;
    assert_eq!(there.read("/").await, "bob.test");
    assert_eq!(here.read("/").await, "alice.test");
    let left = nodes.store.of_kind(Kind::Browser).await;
    assert!(rows.iter().all(|row| left.contains(row)));
}

/// One that was changed is in doubt for a minute, and no session after it; its row and its cookie stay.
#[tokio::test]
async fn a_browser_whose_row_was_changed_is_in_doubt_first() {
    let nodes = Nodes::new().await;
    let here = nodes.site.signed_in("alice.test").await;
    nodes.store.damage(Kind::Browser).await;
    let rows = nodes.store.of_kind(Kind::Browser).await;
    let mut there = nodes.there(&here);
    told_to_try_again(&mut there).await;
    nodes.later(59);
    told_to_try_again(&mut there).await;
    nodes.later(1);
    let answer = there.send(click("/")).await;
    assert_eq!((answer.status, &*answer.body), (200, "signed out"));
    assert!(answer.set_cookies().is_empty());
    assert_eq!(nodes.store.of_kind(Kind::Browser).await, rows);
    there.sign_in(&nodes.site.network, "alice.test").await;
    assert_eq!(there.read("/").await, "alice.test");
}
