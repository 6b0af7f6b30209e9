//! Signing out.

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork, Visitor};
use axum::Router;
use http::StatusCode;

use crate::app::harness::two_accounts::{App, app};
use crate::app::harness::wire::*;

/// The key that the page's own form carries.
async fn key(visitor: &mut Visitor) -> String {
    let form = text(&visitor.get("/form").await.unwrap());
    let key = form
        .split("value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(
        form.contains("method=\"post\" action=\"/oauth/logout\""),
        "{form}"
    );
    key.to_owned()
}

/// TK-16: gone for everybody, then revoked.
#[tokio::test]
async fn the_form_signs_out() {
    let network = TestNetwork::start().await.unwrap();
    let (app, client) = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let (key, cookies) = (key(&mut visitor).await, visitor.cookies());
    let gone = visitor
        .post("/oauth/logout", &[("session", &key)])
        .await
        .unwrap();
    assert_eq!(gone.status(), StatusCode::OK);
    assert!(
        text(&gone).ends_with("left, nobody is active"),
        "{}",
        text(&gone)
    );
    assert_eq!(visitor.cookies(), "", "the cookie is cleared");
    assert_eq!(
        text(&get(&app, "/", &[("cookie", &cookies)]).await),
        "nobody"
    );
    let key = key.parse::<atproto_oauth::SessionKey<App>>().unwrap();
    assert!(client.session(&key).await.unwrap_err().needs_login());
    assert_eq!(network.sessions_of(key.did()), 0);
    assert!(!network.requests_to(Endpoint::Revocation).is_empty());
}

/// `never_logout_by_cross_site_get`: anything but a person's own click is asked first.
#[tokio::test]
async fn never_logout_by_cross_site_get() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let cookie = network.sign_in(&app, "alice.test").await.unwrap();
    let image = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-dest", "image"),
    ];
    let ahead = with(OWN_CLICK, &[("sec-purpose", "prefetch")]);
    for headers in [&[][..], FOREIGN_CLICK, &image, &ahead] {
        let headers = with(headers, &[("cookie", &cookie)]);
        for path in ["/oauth/logout", "/oauth/logout?all=true"] {
            let page = get(&app, path, &headers).await;
            assert_page(&page, StatusCode::OK);
            assert!(text(&page).contains("method=\"post\" action=\"/oauth/logout\""));
            assert!(
                text(&page).contains("did:plc:"),
                "the form names the session"
            );
            assert_eq!(text(&page).contains("name=\"all\""), path.contains("all"));
        }
    }
    assert_eq!(
        text(&get(&app, "/", &[("cookie", &cookie)]).await),
        "alice.test"
    );
    assert!(network.requests_to(Endpoint::Revocation).is_empty());
    let click = with(OWN_CLICK, &[("cookie", &cookie)]);
    let gone = get(&app, "/oauth/logout", &click).await;
    assert_eq!(header(&gone, "x-left"), "1");
    assert_eq!(
        text(&get(&app, "/", &[("cookie", &cookie)]).await),
        "nobody"
    );
}

/// `never_a_logout_that_fails_when_the_server_is_down` (scenario 48): here at once, there later.
#[tokio::test]
async fn never_a_logout_that_waits_for_a_server() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    network.misbehave(Fault::status(Endpoint::Revocation, 500));
    let gone = visitor.post("/oauth/logout", &[]).await.unwrap();
    assert_eq!(header(&gone, "x-left"), "1");
    assert_eq!(text(&visitor.get("/").await.unwrap()), "nobody");
    // Again, by the same page in another tab, and without anybody.
    let again = visitor.post("/oauth/logout", &[]).await.unwrap();
    assert_eq!(header(&again, "x-left"), "0");
    assert_eq!(text(&again), "nobody left, nobody is active");
}

/// A form that was made for one account never signs out another; one of another browser nobody.
#[tokio::test]
async fn a_form_signs_out_whom_it_names() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let alice = key(&mut visitor).await;
    visitor.sign_in("bob.test").await.unwrap();
    let gone = visitor
        .post("/oauth/logout", &[("session", &alice)])
        .await
        .unwrap();
    let bob = network.account("bob.test").unwrap().did;
    assert!(
        text(&gone).ends_with(&format!("left, {bob} is active")),
        "{}",
        text(&gone)
    );
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");
    // The same form again: people click twice.
    let again = visitor
        .post("/oauth/logout", &[("session", &alice)])
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");

    let mut other = network.visitor(&app);
    other.sign_in("alice.test").await.unwrap();
    let theirs = key(&mut other).await;
    for (key, status) in [
        (&*theirs, StatusCode::NOT_FOUND),
        ("nonsense", StatusCode::NOT_FOUND),
    ] {
        let refused = visitor
            .post("/oauth/logout", &[("session", key)])
            .await
            .unwrap();
        assert_eq!(refused.status(), status);
    }
    assert_eq!(text(&other.get("/me").await.unwrap()), "alice.test");
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");
}

/// `never_a_logout_that_orphans_the_others`; the newest that remains becomes active.
#[tokio::test]
async fn one_account_or_all_of_them() {
    let network = TestNetwork::start().await.unwrap();
    let (app, client) = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    visitor.sign_in("bob.test").await.unwrap();
    let gone = visitor.post("/oauth/logout", &[]).await.unwrap();
    let alice = network.account("alice.test").unwrap().did;
    assert!(
        text(&gone).ends_with(&format!("{alice} is active")),
        "{}",
        text(&gone)
    );
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "alice.test");
    visitor.sign_in("bob.test").await.unwrap();
    let gone = visitor.post("/oauth/logout?all=true", &[]).await.unwrap();
    assert_eq!(header(&gone, "x-left"), "2");
    assert_eq!(visitor.cookies(), "");
    for account in network.accounts() {
        assert_eq!(network.sessions_of(&account.did), 0);
        let did = account.did.as_str().parse().unwrap();
        assert!(client.sessions_of(&did).await.unwrap().is_empty());
    }
}

/// Scenario 50: two browsers.
#[tokio::test]
async fn the_other_browser_stays_signed_in() {
    let network = TestNetwork::start().await.unwrap();
    let (app, client) = app(&network).await;
    let (mut here, mut there) = (network.visitor(&app), network.visitor(&app));
    here.sign_in("alice.test").await.unwrap();
    there.sign_in("alice.test").await.unwrap();
    here.post("/oauth/logout", &[]).await.unwrap();
    assert_eq!(text(&here.get("/").await.unwrap()), "nobody");
    assert_eq!(text(&there.get("/").await.unwrap()), "alice.test");
    let did = network.account("alice.test").unwrap().did;
    assert_eq!(
        client
            .revoke_all(&did.as_str().parse().unwrap())
            .await
            .unwrap(),
        1
    );
    assert_eq!(text(&there.get("/").await.unwrap()), "nobody");
}

#[tokio::test]
async fn without_a_hook_it_leads_home() {
    use atproto_oauth::prelude::*;
    #[atproto_oauth(callback = back)]
    #[derive(Clone)]
    struct Plain {
        oauth: OAuthClient,
    }
    async fn back(login: Login<Plain>) -> String {
        login.did().to_string()
    }
    let network = TestNetwork::start().await.unwrap();
    let client = crate::support::builder(&network)
        .app::<Plain>()
        .build()
        .await
        .unwrap();
    let app: Router = Plain::oauth_routes().with_state(Plain { oauth: client });
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    assert_see_other(&visitor.post("/oauth/logout", &[]).await.unwrap(), "/");
    assert_eq!(visitor.cookies(), "");
}
