//! Several accounts in one browser.

use atproto_oauth::testing::{Endpoint, TestNetwork, Visitor};
use http::StatusCode;

use crate::app::harness::two_accounts::app;
use crate::app::harness::wire::*;

/// Keys in the browser, newest first, and which is active.
async fn list(visitor: &mut Visitor) -> Vec<(bool, String)> {
    let text = text(&visitor.get("/list").await.unwrap());
    let line = |line: &str| {
        let (mark, key) = line.split_once(' ').unwrap();
        (mark == "*", key.to_owned())
    };
    text.lines().map(line).collect()
}

async fn signed_in(network: &TestNetwork, app: &axum::Router, handles: &[&str]) -> Visitor {
    let mut visitor = network.visitor(app);
    for handle in handles {
        visitor.sign_in(handle).await.unwrap();
    }
    visitor
}

#[tokio::test]
async fn the_chooser_lists_and_switches() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = signed_in(&network, &app, &["alice.test", "bob.test"]).await;
    let keys = list(&mut visitor).await;
    let did = |handle| network.account(handle).unwrap().did.to_string();
    assert!(
        keys[0].0 && keys[0].1.starts_with(&did("bob.test")),
        "{keys:?}"
    );
    assert!(
        !keys[1].0 && keys[1].1.starts_with(&did("alice.test")),
        "{keys:?}"
    );
    let page = visitor
        .get("/oauth/accounts?return_to=%2Fme")
        .await
        .unwrap();
    assert_page(&page, StatusCode::OK);
    for part in [
        "alice.test",
        "bob.test",
        "action=\"/oauth/switch\"",
        &keys[1].1,
        "value=\"/me\"",
    ] {
        assert!(text(&page).contains(part), "{part} in {}", text(&page));
    }
    let fields = [("session", &*keys[1].1), ("return_to", "/me")];
    assert_see_other(
        &visitor.post("/oauth/switch", &fields).await.unwrap(),
        "/me",
    );
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "alice.test");
    let away = [("session", &*keys[0].1), ("return_to", "//evil.example")];
    assert_see_other(&visitor.post("/oauth/switch", &away).await.unwrap(), "/");
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");
}

#[tokio::test]
async fn nobody_has_nothing_to_choose() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = network.visitor(&app);
    let page = visitor.get("/oauth/accounts").await.unwrap();
    assert_see_other(&page, "/oauth/login?return_to=%2F");
}

#[tokio::test]
async fn never_a_session_of_another_browser() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut mine = signed_in(&network, &app, &["alice.test"]).await;
    let mut theirs = signed_in(&network, &app, &["bob.test"]).await;
    let foreign = list(&mut theirs).await[0].1.clone();
    let api = with(&[("sec-fetch-site", "same-origin")], &[]);
    for key in [&*foreign, "nonsense", ""] {
        let refused = mine
            .post("/oauth/switch", &[("session", key)])
            .await
            .unwrap();
        assert_page(&refused, StatusCode::NOT_FOUND);
        if key == foreign {
            for action in ["revoke", "switch", "remove"] {
                let path = format!("/{action}/{key}");
                assert_eq!(
                    text(&mine.get(&path).await.unwrap()),
                    "session_not_found",
                    "{action}"
                );
            }
        }
    }
    let refused = ask(&app, "POST", "/oauth/switch", &api, "session=x").await;
    assert_error(&refused, StatusCode::NOT_FOUND, "session_not_found");
    assert_eq!(text(&mine.get("/me").await.unwrap()), "alice.test");
    assert_eq!(text(&theirs.get("/me").await.unwrap()), "bob.test");
}

#[tokio::test]
async fn signing_in_again_replaces_the_session() {
    let network = TestNetwork::start().await.unwrap();
    let (app, client) = app(&network).await;
    let mut visitor = signed_in(&network, &app, &["alice.test", "bob.test"]).await;
    let before = list(&mut visitor).await;
    let old_cookies = visitor.cookies();
    visitor.sign_in("alice.test").await.unwrap();
    let after = list(&mut visitor).await;
    assert_eq!(after.len(), 2);
    assert!(after[0].0 && after[0].1 != before[1].1, "{after:?}");
    assert_eq!(after[1].1, before[0].1);
    let did = network.account("alice.test").unwrap().did;
    network
        .until(|seen| seen.iter().any(|s| s.endpoint == Endpoint::Revocation))
        .await;
    assert_eq!(
        client
            .sessions_of(&did.as_str().parse().unwrap())
            .await
            .unwrap()
            .len(),
        1
    );
    // A request that was on its way survives, as the account that it was.
    let late = get(&app, "/me", &[("cookie", &old_cookies)]).await;
    assert_eq!(text(&late), "bob.test");
}

#[tokio::test]
async fn one_account_too_many_is_refused() {
    let network = TestNetwork::builder().accounts(["alice.test", "bob.test", "carol.test"]);
    let network = network.start().await.unwrap();
    let (app, client) = app(&network).await;
    let mut visitor = signed_in(&network, &app, &["alice.test", "bob.test"]).await;
    let url = visitor.start("carol.test").await.unwrap();
    let back = visitor.browser().approve(&url, "carol.test").await.unwrap();
    let cookies = visitor.cookies();
    let headers = with(FOREIGN_CLICK, &[("cookie", &cookies)]);
    let page = get(&app, back.strip_prefix(OWN).unwrap(), &headers).await;
    assert_page(&page, StatusCode::BAD_REQUEST);
    assert!(
        text(&page).contains("alice.test"),
        "the accounts, to sign out of one: {}",
        text(&page)
    );
    assert_eq!(session_cookie(&page), None);
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");
    let carol = network.account("carol.test").unwrap().did;
    assert!(
        client
            .sessions_of(&carol.as_str().parse().unwrap())
            .await
            .unwrap()
            .is_empty()
    );
    network
        .until(|seen| seen.iter().any(|s| s.endpoint == Endpoint::Revocation))
        .await;
    // A session that ended makes room.
    let alice = network.account("alice.test").unwrap().did;
    client
        .revoke_all(&alice.as_str().parse().unwrap())
        .await
        .unwrap();
    visitor.sign_in("carol.test").await.unwrap();
    assert_eq!(list(&mut visitor).await.len(), 2);
}

/// atex's `revoke_session`.
#[tokio::test]
async fn revoke_is_ok_or_session_not_found() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = signed_in(&network, &app, &["alice.test", "bob.test"]).await;
    let keys = list(&mut visitor).await;
    let path = format!("/revoke/{}", keys[0].1);
    assert_eq!(text(&visitor.get(&path).await.unwrap()), "ok, 1 left");
    assert_eq!(
        text(&visitor.get(&path).await.unwrap()),
        "session_not_found"
    );
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "alice.test");
    assert_eq!(
        network.sessions_of(network.account("bob.test").unwrap().did),
        0
    );
}

/// For work in the background: off the browser, and alive.
#[tokio::test]
async fn remove_lets_the_session_live_on() {
    let network = TestNetwork::start().await.unwrap();
    let (app, client) = app(&network).await;
    let mut visitor = signed_in(&network, &app, &["alice.test"]).await;
    let key = list(&mut visitor).await[0].1.clone();
    assert_eq!(
        text(&visitor.get(&format!("/remove/{key}")).await.unwrap()),
        "ok"
    );
    assert_eq!(text(&visitor.get("/").await.unwrap()), "nobody");
    let key = key.parse::<atproto_oauth::SessionKey>().unwrap();
    assert_eq!(
        client.session(&key).await.unwrap().display_name(),
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
    let network = TestNetwork::start().await.unwrap();
    let client = crate::support::builder(&network)
        .app::<Single>()
        .build()
        .await
        .unwrap();
    let app = Single::oauth_routes().route("/me", axum::routing::get(me));
    let app = app.with_state(Single {
        oauth: client.clone(),
    });
    let mut visitor = signed_in(&network, &app, &["alice.test", "bob.test"]).await;
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");
    let alice = network.account("alice.test").unwrap().did;
    assert!(
        client
            .sessions_of(&alice.as_str().parse().unwrap())
            .await
            .unwrap()
            .is_empty()
    );
    for path in ["/oauth/accounts", "/oauth/switch"] {
        assert_eq!(
            visitor.get(path).await.unwrap().status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
