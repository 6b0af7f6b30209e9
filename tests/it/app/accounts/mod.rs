//! Several accounts in one browser: how many, which is active, and what becomes of the others.

mod extractor;
mod web;

use atproto_oauth::prelude::*;

use crate::app::harness::person::*;
use crate::app::harness::site::*;
use crate::support::Ahead;

pub(super) const SIX: [&str; 6] = ["a.test", "b.test", "c.test", "d.test", "e.test", "f.test"];

pub(super) async fn site() -> Site {
    let clock = Ahead::default();
    let network = network(&clock, &SIX).await;
    let client = builder::<App>(&network, &clock).build().await.unwrap();
    Site {
        router: app(&client),
        network,
        client,
        clock,
    }
}

pub(super) async fn holding(site: &Site, handles: &[&str]) -> Person {
    let mut person = site.person();
    for handle in handles {
        person.sign_in(&site.network, handle).await;
    }
    person
}

pub(super) fn did(site: &Site, handle: &str) -> Did {
    site.network
        .account(handle)
        .unwrap()
        .did
        .as_str()
        .parse()
        .unwrap()
}

/// Handles of the accounts that the browser holds, the newest first; `*` marks the active one.
pub(super) async fn held(site: &Site, person: &mut Person) -> Vec<String> {
    let mut text = person.read("/held").await;
    for handle in SIX {
        text = text.replace(did(site, handle).as_str(), handle);
    }
    text.lines().map(str::to_owned).collect()
}

/// Five by default; the sixth is refused with a page that says how to make room, and leaves no token.
#[tokio::test]
async fn a_browser_holds_five_accounts() {
    let site = site().await;
    let mut person = holding(&site, &SIX[..5]).await;
    let before = person.jar.clone();
    let answer = person.try_sign_in(&site.network, "f.test").await;
    assert_eq!(answer.status, 400);
    answer.assert_private();
    let page = answer.page();
    assert!(page.contains("as many accounts as it may"), "{page}");
    assert_eq!(
        page.matches("action=\"/oauth/logout\"").count(),
        6,
        "five, and all of them"
    );
    assert!(!page.contains("f.test"));
    assert_eq!(person.jar, before);
    assert_eq!(
        held(&site, &mut person).await,
        ["*e.test", "d.test", "c.test", "b.test", "a.test"]
    );
    let did = did(&site, "f.test");
    assert!(site.client.sessions_of(&did).await.unwrap().is_empty());
    site.network
        .until(|_| site.network.sessions_of(&did) == 0)
        .await;

    // A program is told.
    let url = person.start("f.test").await;
    let address = site.network.approve(&url, "f.test").await.unwrap();
    let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
    let answer = person.send(api(path)).await;
    assert_eq!((answer.status, &*answer.code()), (400, "invalid_request"));

    // An account that is there already is no sixth one.
    person.sign_in(&site.network, "a.test").await;
    assert_eq!(
        held(&site, &mut person).await,
        ["*a.test", "e.test", "d.test", "c.test", "b.test"]
    );
    // After one has left there is room.
    person.send(submit("/oauth/logout", &[])).await;
    person.sign_in(&site.network, "f.test").await;
    assert_eq!(
        held(&site, &mut person).await,
        ["*f.test", "e.test", "d.test", "c.test", "b.test"]
    );
}

/// Cookies hold a random id and the sign-ins that were started, so they do not grow with accounts, nor
/// without end.
#[tokio::test]
async fn never_a_cookie_that_grows() {
    let site = site().await;
    let mut person = holding(&site, &SIX[..1]).await;
    let size = |person: &Person| -> usize {
        let cookies = person.jar.iter();
        cookies
            .map(|(name, value)| name.len() + value.len() + 3)
            .sum()
    };
    let one = size(&person);
    for handle in &SIX[1..5] {
        person.sign_in(&site.network, handle).await;
        assert_eq!(size(&person), one, "{handle}");
    }
    for _ in 0..20 {
        person.start("f.test").await;
    }
    assert!(
        size(&person) > one && size(&person) < 1_000,
        "{}",
        size(&person)
    );
    assert_eq!(held(&site, &mut person).await.len(), 5);
}

/// An account whose session ended makes room, and is never switched to.
#[tokio::test]
async fn ended_sessions_take_no_place() {
    let site = site().await;
    let mut person = holding(&site, &SIX[..5]).await;
    site.client.revoke_all(&did(&site, "d.test")).await.unwrap();
    // The newest of the others whose session lives.
    person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(person.read("/").await, "c.test");
    person.sign_in(&site.network, "e.test").await;
    person.sign_in(&site.network, "f.test").await;
    assert_eq!(
        held(&site, &mut person).await,
        ["*f.test", "e.test", "c.test", "b.test", "a.test"]
    );
}

/// The one that is active died: nobody is, until the person says who.
#[tokio::test]
async fn never_another_account_because_one_died() {
    let site = site().await;
    let mut person = holding(&site, &["a.test", "b.test"]).await;
    site.client.revoke_all(&did(&site, "b.test")).await.unwrap();
    assert_eq!(person.read("/").await, "nobody");
    let answer = person.send(click("/private")).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/oauth/login?return_to=%2Fprivate")
    );
    let answer = person.send(api("/private")).await;
    assert_eq!((answer.status, &*answer.code()), (401, "session_ended"));
    let answer = person.send(click("/oauth/accounts")).await;
    assert!(answer.page().contains("Sign-in ended"), "{answer:?}");
    assert_eq!(held(&site, &mut person).await, ["*b.test", "a.test"]);
    // Signing out of what is dead is an explicit sign-out, too.
    person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(person.read("/").await, "a.test");
}

/// `POST /oauth/switch`.
#[tokio::test]
async fn switching() {
    let site = site().await;
    let mut person = holding(&site, &["a.test", "b.test"]).await;
    let key = site
        .client
        .sessions_of(&did(&site, "a.test"))
        .await
        .unwrap()
        .remove(0)
        .key
        .to_string();
    let fields = [("session", &*key), ("return_to", "/notes?a=b")];
    let post = submit("/oauth/switch", &fields);
    for bad in [
        post.clone().replace("sec-fetch-site", "cross-site"),
        post.clone().without("sec-fetch-site").without("origin"),
    ] {
        assert_eq!(person.send(bad).await.status, 403);
    }
    assert_eq!(person.send(click("/oauth/switch")).await.status, 405);
    assert_eq!(person.read("/").await, "b.test");
    let answer = person.send(post).await;
    assert_eq!((answer.status, answer.location()), (303, "/notes?a=b"));
    assert!(answer.set_cookies().is_empty());
    assert_eq!(held(&site, &mut person).await, ["b.test", "*a.test"]);
    let answer = person
        .send(submit(
            "/oauth/switch",
            &[("session", &key), ("return_to", "//evil")],
        ))
        .await;
    assert_eq!(answer.location(), "/");

    // A session that ended is signed in again, as that account and nobody else.
    site.client.revoke_all(&did(&site, "a.test")).await.unwrap();
    let answer = person.send(submit("/oauth/switch", &fields)).await;
    assert_eq!(answer.status, 303);
    assert!(
        answer
            .location()
            .starts_with("/oauth/login?handle=did%3Aplc%3A"),
        "{answer:?}"
    );
    assert!(
        answer.location().ends_with("return_to=%2Fnotes%3Fa%3Db"),
        "{answer:?}"
    );
    let program = submit("/oauth/switch", &fields)
        .replace("accept", "application/json")
        .replace("sec-fetch-dest", "empty");
    let answer = person.send(program).await;
    assert_eq!((answer.status, &*answer.code()), (401, "session_ended"));

    // Without any session, or with a key of somebody else's browser.
    let other = holding(&site, &["c.test"]).await;
    let theirs = site
        .client
        .sessions_of(&did(&site, "c.test"))
        .await
        .unwrap()
        .remove(0)
        .key
        .to_string();
    for key in [&*theirs, "", "x", "did:plc:x:y"] {
        let post = submit("/oauth/switch", &[("session", key)]);
        for somebody in [&mut person, &mut site.person()] {
            let answer = somebody.send(post.clone()).await;
            assert_eq!(answer.status, 404, "{key}");
            assert!(answer.page().contains("session_not_found"));
        }
    }
    drop(other);
}
