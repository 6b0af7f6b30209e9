//! Several accounts in one browser: how many, which is active, and what becomes of the others.

mod extractor;

use atproto_oauth::prelude::*;
use atproto_oauth::testing::Endpoint;

use crate::app::harness::person::*;
use crate::app::harness::site::*;
use crate::app::harness::two_accounts::TwoAccounts;
use crate::support::{Ahead, until_requested};

pub(super) const SIX: [&str; 6] = ["a.test", "b.test", "c.test", "d.test", "e.test", "f.test"];

pub(super) async fn site() -> Site {
    let clock = Ahead::default();
    let network = network(&clock, &SIX).await;
    Site::on::<App>(network, &clock, |builder| builder, |oauth| app(&oauth)).await
}

/// Handles of the accounts that the browser holds, the newest first; `*` marks the active one.
pub(super) async fn held(site: &Site, person: &mut Person) -> Vec<String> {
    let mut text = person.read("/held").await;
    for handle in SIX {
        text = text.replace(site.did(handle).as_str(), handle);
    }
    text.lines().map(str::to_owned).collect()
}

/// Five by default; the sixth is refused with a page that says how to make room, and leaves no token.
#[tokio::test]
async fn a_browser_holds_five_accounts() {
    let site = site().await;
    let mut person = site.holding(&SIX[..5]).await;
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
    let did = site.did("f.test");
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
async fn cookies_do_not_grow_with_accounts() {
    let site = site().await;
    let mut person = site.holding(&SIX[..1]).await;
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
    let mut person = site.holding(&SIX[..5]).await;
    site.client.revoke_all(&site.did("d.test")).await.unwrap();
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

/// The one that is active died: none is, until the person chooses.
#[tokio::test]
async fn no_other_account_becomes_active_when_one_ends() {
    let site = site().await;
    let mut person = site.holding(&["a.test", "b.test"]).await;
    site.client.revoke_all(&site.did("b.test")).await.unwrap();
    assert_eq!(person.read("/").await, "signed out");
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
async fn switching_makes_another_account_active() {
    let site = site().await;
    let mut person = site.holding(&["a.test", "b.test"]).await;
    let key = site
        .client
        .sessions_of(&site.did("a.test"))
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

    // A session that ended is signed in again, as that account and no other.
    site.client.revoke_all(&site.did("a.test")).await.unwrap();
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

    // Without any session, or with a key of another browser.
    let other = site.holding(&["c.test"]).await;
    let theirs = site
        .client
        .sessions_of(&site.did("c.test"))
        .await
        .unwrap()
        .remove(0)
        .key
        .to_string();
    for key in [&*theirs, "", "x", "did:plc:x:y"] {
        let post = submit("/oauth/switch", &[("session", key)]);
        for visitor in [&mut person, &mut site.person()] {
            let answer = visitor.send(post.clone()).await;
            assert_eq!(answer.status, 404, "{key}");
            assert!(answer.page().contains("session_not_found"));
        }
    }
    drop(other);
}

/// Keys in the browser, newest first, and which is active.
async fn list(person: &mut Person) -> Vec<(bool, String)> {
    let text = person.read("/list").await;
    let line = |line: &str| {
        let (mark, key) = line.split_once(' ').unwrap();
        (mark == "*", key.to_owned())
    };
    text.lines().map(line).collect()
}

#[tokio::test]
async fn the_chooser_lists_and_switches() {
    let site = TwoAccounts::site().await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    let keys = list(&mut person).await;
    let did = |handle| site.did(handle).to_string();
    assert!(
        keys[0].0 && keys[0].1.starts_with(&did("bob.test")),
        "{keys:?}"
    );
    assert!(
        !keys[1].0 && keys[1].1.starts_with(&did("alice.test")),
        "{keys:?}"
    );
    let page = person.send(click("/oauth/accounts?return_to=%2Fme")).await;
    page.assert_page(200);
    for part in [
        "alice.test",
        "bob.test",
        "action=\"/oauth/switch\"",
        &keys[1].1,
        "value=\"/me\"",
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    let fields = [("session", &*keys[1].1), ("return_to", "/me")];
    person
        .send(submit("/oauth/switch", &fields))
        .await
        .assert_see_other("/me");
    assert_eq!(person.read("/me").await, "alice.test");
    let away = [("session", &*keys[0].1), ("return_to", "//evil.example")];
    person
        .send(submit("/oauth/switch", &away))
        .await
        .assert_see_other("/");
    assert_eq!(person.read("/me").await, "bob.test");
}

#[tokio::test]
async fn a_browser_without_accounts_has_nothing_to_choose() {
    let site = TwoAccounts::site().await;
    let mut person = site.person();
    let page = person.send(click("/oauth/accounts")).await;
    page.assert_see_other("/oauth/login?return_to=%2F");
}

#[tokio::test]
async fn a_session_of_another_browser_is_not_found() {
    let site = TwoAccounts::site().await;
    let mut mine = site.holding(&["alice.test"]).await;
    let mut theirs = site.holding(&["bob.test"]).await;
    let foreign = list(&mut theirs).await[0].1.clone();
    for key in [&*foreign, "nonsense", ""] {
        let refused = mine
            .send(submit("/oauth/switch", &[("session", key)]))
            .await;
        refused.assert_page(404);
        if key == foreign {
            for action in ["revoke", "switch", "remove"] {
                let path = format!("/{action}/{key}");
                assert_eq!(mine.read(&path).await, "session_not_found", "{action}");
            }
        }
    }
    let refused = get("/oauth/switch")
        .header("sec-fetch-site", "same-origin")
        .method("POST")
        .encoded("session=x")
        .of(&site.router)
        .await;
    refused.assert_error(404, "session_not_found");
    assert_eq!(mine.read("/me").await, "alice.test");
    assert_eq!(theirs.read("/me").await, "bob.test");
}

#[tokio::test]
async fn signing_in_again_replaces_the_session() {
    let site = TwoAccounts::site().await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    let before = list(&mut person).await;
    let old_cookies = person.cookies();
    person.sign_in(&site.network, "alice.test").await;
    let after = list(&mut person).await;
    assert_eq!(after.len(), 2);
    assert!(after[0].0 && after[0].1 != before[1].1, "{after:?}");
    assert_eq!(after[1].1, before[0].1);
    let did = site.did("alice.test");
    until_requested(&site.network, Endpoint::Revocation).await;
    assert_eq!(site.client.sessions_of(&did).await.unwrap().len(), 1);
    // A request that was on its way survives, as the account that it was.
    let late = get("/me")
        .header("cookie", &old_cookies)
        .of(&site.router)
        .await;
    assert_eq!(late.body, "bob.test");
}

#[tokio::test]
async fn one_account_too_many_is_refused() {
    let site = TwoAccounts::site().await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    let url = person.start("carol.test").await;
    let back = site.network.approve(&url, "carol.test").await.unwrap();
    let cookies = person.cookies();
    let page = navigate("cross-site", back.strip_prefix(OWN).unwrap())
        .header("cookie", &cookies)
        .of(&site.router)
        .await;
    page.assert_page(400);
    assert!(
        page.body.contains("alice.test"),
        "the accounts, to sign out of one: {}",
        page.body
    );
    assert_eq!(page.session_cookie(), None);
    assert_eq!(person.read("/me").await, "bob.test");
    let carol = site.did("carol.test");
    assert!(site.client.sessions_of(&carol).await.unwrap().is_empty());
    until_requested(&site.network, Endpoint::Revocation).await;
    // A session that ended makes room.
    let alice = site.did("alice.test");
    site.client.revoke_all(&alice).await.unwrap();
    person.sign_in(&site.network, "carol.test").await;
    assert_eq!(list(&mut person).await.len(), 2);
}

/// atex's `revoke_session`.
#[tokio::test]
async fn revoke_is_ok_or_session_not_found() {
    let site = TwoAccounts::site().await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    let keys = list(&mut person).await;
    let path = format!("/revoke/{}", keys[0].1);
    assert_eq!(person.read(&path).await, "ok, 1 left");
    assert_eq!(person.read(&path).await, "session_not_found");
    assert_eq!(person.read("/me").await, "alice.test");
    assert_eq!(site.network.sessions_of(site.did("bob.test")), 0);
}

/// For work in the background: off the browser, and alive.
#[tokio::test]
async fn remove_lets_the_session_live_on() {
    let site = TwoAccounts::site().await;
    let mut person = site.holding(&["alice.test"]).await;
    let key = list(&mut person).await[0].1.clone();
    assert_eq!(person.read(&format!("/remove/{key}")).await, "ok");
    assert_eq!(person.read("/").await, "signed out");
    let key = key.parse::<atproto_oauth::SessionKey>().unwrap();
    assert_eq!(
        site.client.session(&key).await.unwrap().display_name(),
        "alice.test"
    );
}

#[tokio::test]
async fn with_one_account_signing_in_replaces() {
    use atproto_oauth::prelude::*;
    #[atproto_oauth(callback = back, accounts = 1)]
    #[derive(Clone)]
    struct Single {
        oauth: OAuthClient,
    }
    async fn back() {}
    async fn me(session: SingleSession) -> String {
        session.display_name().to_owned()
    }
    let router = |oauth| {
        let routes = Single::oauth_routes().route("/me", axum::routing::get(me));
        routes.with_state(Single { oauth })
    };
    let site = Site::of::<Single>(&Ahead::default(), |builder| builder, router).await;
    let mut person = site.person();
    for handle in ["alice.test", "bob.test"] {
        let answer = person.try_sign_in(&site.network, handle).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(person.read("/me").await, "bob.test");
    let alice = site.did("alice.test");
    assert!(site.client.sessions_of(&alice).await.unwrap().is_empty());
    for path in ["/oauth/accounts", "/oauth/switch"] {
        assert_eq!(person.send(click(path)).await.status, 404, "{path}");
    }
}
