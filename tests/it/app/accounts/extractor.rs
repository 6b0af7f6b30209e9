//! `Accounts`: what a handler can do with the accounts of a browser.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault};
use axum::Router;
use axum::extract::Path;
use axum::routing::post;

use super::{SIX, held};
use crate::app::harness::person::*;
use crate::app::harness::site::*;

/// Does one thing with one account; the answer is `ok` or the code.
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
    let site = super::site().await;
    let own = Router::new()
        .route("/act/{what}/{number}", post(act))
        .with_state(App {
            oauth: site.client.clone(),
        });
    Site {
        router: site.router.clone().merge(own),
        ..site
    }
}

/// The extractor does all of it, for this browser only, and says so at once.
#[tokio::test]
async fn the_extractor_switches_removes_and_revokes() {
    let site = site().await;
    let mut person = site.holding(&["a.test", "b.test", "c.test"]).await;
    let [a, b, c] = ["a.test", "b.test", "c.test"].map(|handle| site.did(handle).to_string());
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
    // Removed: off the browser, and alive for code that has the key.
    assert_eq!(act("remove/1").await, format!("ok|{c}| {c} {a}"));
    assert_eq!(
        site.client
            .sessions_of(&site.did("b.test"))
            .await
            .unwrap()
            .len(),
        1
    );
    // Revoked: gone everywhere, the newest remaining is active, whatever its server says.
    let down = Fault::status(Endpoint::Revocation, 500);
    site.network.misbehave(down);
    assert_eq!(act("revoke/0").await, format!("ok|{a}| {a}"));
    assert!(
        site.client
            .sessions_of(&site.did("c.test"))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(act("revoke/0").await, "ok||");
    assert_eq!(act("revoke/0").await, "session_not_found||");
}

/// Two requests of one browser change it at the same time: neither undoes the other.
#[tokio::test]
async fn two_requests_at_once_do_not_undo_each_other() {
    let site = site().await;
    let mut person = site.holding(&SIX[..5]).await;
    let all: Vec<_> = (0..4)
        .map(|_| {
            // Always the first of those that are left.
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
            .sessions_of(&site.did(handle))
            .await
            .unwrap()
            .len();
    }
    let left = held(&site, &mut person).await;
    assert!(
        done >= 1 && left.len() == alive,
        "{done} done, {alive} alive, {left:?}"
    );
    assert_ne!(person.read("/").await, "signed out");
}
