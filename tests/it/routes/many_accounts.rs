//! Several accounts in one browser: how many, which is active, and what becomes of the others.

use atproto_oauth::prelude::*;
use axum::extract::Path;
use axum::routing::post;

use super::person::*;
use super::site::*;
use crate::support::Ahead;

const SIX: [&str; 6] = ["a.test", "b.test", "c.test", "d.test", "e.test", "f.test"];

/// What a handler can do with the accounts of a browser; the answer is `ok` or the code.
async fn act(accounts: Accounts<App>, Path((what, number)): Path<(String, usize)>) -> String {
    let key = accounts.list().get(number).cloned();
    let key = key.unwrap_or_else(|| {
        format!("did:plc:{}:{}", "e".repeat(24), "A".repeat(43))
            .parse()
            .unwrap()
    });
    let done = match &*what {
        "switch" => accounts.switch(&key).await,
        "revoke" => accounts.revoke(&key).await,
        "remove" => accounts.remove(&key).await,
        _ => accounts
            .session(&key)
            .await
            .map(|session| assert_eq!(session.key(), key)),
    };
    // What it says afterwards is what the next request will see.
    let held: String = accounts
        .list()
        .iter()
        .map(|key| format!(" {}", key.did()))
        .collect();
    let active = accounts
        .active()
        .map(|key| key.did().to_string())
        .unwrap_or_default();
    format!(
        "{}|{active}|{held}",
        done.map_or_else(|error| error.code(), |()| "ok")
    )
}

async fn site() -> Site {
    let clock = Ahead::default();
    let network = network(&clock, &SIX).await;
    let client = builder::<App>(&network, &clock).build().await.unwrap();
    let router = app(&client).merge(
        axum::Router::new()
            .route("/act/{what}/{number}", post(act))
            .with_state(App {
                oauth: client.clone(),
            }),
    );
    Site {
        network,
        client,
        router,
        clock,
    }
}

async fn holding(site: &Site, handles: &[&str]) -> Person {
    let mut person = site.person();
    for handle in handles {
        person.sign_in(&site.network, handle).await;
    }
    person
}

fn did(site: &Site, handle: &str) -> Did {
    site.network
        .account(handle)
        .unwrap()
        .did
        .as_str()
        .parse()
        .unwrap()
}

/// Handles of the accounts that the browser holds, the newest first; `*` marks the active one.
async fn held(site: &Site, person: &mut Person) -> Vec<String> {
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

/// The extractor does all of it, for this browser only, and says so at once.
#[tokio::test]
async fn the_extractor_switches_removes_and_revokes() {
    let site = site().await;
    let mut person = holding(&site, &["a.test", "b.test", "c.test"]).await;
    let [a, b, c] = ["a.test", "b.test", "c.test"].map(|handle| did(&site, handle).to_string());
    let mut act = async |path: &str| person.send(submit(&format!("/act/{path}"), &[])).await.body;
    // Newest first: c, b, a.
    assert_eq!(act("session/2").await, format!("ok|{c}| {c} {b} {a}"));
    assert_eq!(act("switch/1").await, format!("ok|{b}| {c} {b} {a}"));
    for what in ["session", "switch", "revoke", "remove"] {
        // A key that this browser does not have.
        assert_eq!(
            act(&format!("{what}/9")).await,
            format!("session_not_found|{b}| {c} {b} {a}")
        );
    }
    // Removed: off the browser, and alive for whoever has the key.
    assert_eq!(act("remove/1").await, format!("ok|{c}| {c} {a}"));
    assert_eq!(
        site.client
            .sessions_of(&did(&site, "b.test"))
            .await
            .unwrap()
            .len(),
        1
    );
    // Revoked: gone everywhere, the newest remaining is active, whatever its server says.
    let down =
        atproto_oauth::testing::Fault::status(atproto_oauth::testing::Endpoint::Revocation, 500);
    site.network.misbehave(down);
    assert_eq!(act("revoke/0").await, format!("ok|{a}| {a}"));
    assert!(
        site.client
            .sessions_of(&did(&site, "c.test"))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(act("revoke/0").await, "ok||");
    assert_eq!(act("revoke/0").await, "session_not_found||");
}

/// Two requests of one browser change it at the same time: neither undoes the other.
#[tokio::test]
async fn never_a_lost_change() {
    let site = site().await;
    let mut person = holding(&site, &SIX[..5]).await;
    let all: Vec<_> = (0..4)
        .map(|_| {
            // Always the first of whoever is left.
            let (ask, cookies) = (submit("/act/revoke/0", &[]), person.cookies());
            let router = site.router.clone();
            tokio::spawn(async move { ask.header("cookie", &cookies).of(&router).await.body })
        })
        .collect();
    let mut done = 0;
    for one in all {
        done += usize::from(one.await.unwrap().starts_with("ok"));
    }
    let mut alive = 0;
    for handle in &SIX[..5] {
        alive += site
            .client
            .sessions_of(&did(&site, handle))
            .await
            .unwrap()
            .len();
    }
    let left = held(&site, &mut person).await;
    assert!(
        done >= 1 && left.len() == alive,
        "{done} done, {alive} alive, {left:?}"
    );
    assert_ne!(person.read("/").await, "nobody");
}
