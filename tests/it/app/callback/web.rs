//! The end of a sign-in, as the browser sees it.

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use http::StatusCode;

use crate::app::harness::two_accounts::app;
use crate::app::harness::wire::*;

/// RU-05, CB-18.
#[tokio::test]
async fn somebody_signs_in_and_is_known() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = network.visitor(&app);
    assert_eq!(text(&visitor.get("/").await.unwrap()), "nobody");
    let login = visitor
        .get("/oauth/login?handle=alice.test&return_to=%2Fme")
        .await
        .unwrap();
    let back = visitor
        .browser()
        .approve(header(&login, "location"), "alice.test")
        .await
        .unwrap();
    let done = visitor.callback(&back).await.unwrap();
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert_eq!(header(&done, "location"), "/me");
    assert_eq!(header(&done, "referrer-policy"), "no-referrer");
    assert_eq!(header(&done, "cache-control"), "no-store");
    let cookies = set_cookies(&done);
    let session = cookies
        .iter()
        .find(|cookie| cookie.starts_with("oauth+3000+session="))
        .unwrap();
    assert!(
        session.contains("HttpOnly") && session.contains("SameSite=Lax"),
        "{session}"
    );
    assert!(session.contains("Max-Age=31536000"), "{session}");
    // The binding cookie has done its work.
    assert_eq!(
        visitor.cookies().split("; ").count(),
        1,
        "{}",
        visitor.cookies()
    );
    for path in ["/", "/me"] {
        assert_eq!(text(&visitor.get(path).await.unwrap()), "alice.test");
    }
}

/// RU-06: a foreign target was already lost at the start.
#[tokio::test]
async fn ru_06_never_back_to_another_site() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    for target in [
        "//evil.example",
        "https://evil.example",
        "/%5Cevil.example",
        "/oauth/logout?all=true",
    ] {
        let mut visitor = network.visitor(&app);
        let query: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let path = format!("/oauth/login?handle=alice.test&return_to={query}");
        let login = visitor.get(&path).await.unwrap();
        let back = visitor
            .browser()
            .approve(header(&login, "location"), "alice.test")
            .await;
        let done = visitor.callback(&back.unwrap()).await.unwrap();
        assert_eq!(header(&done, "location"), "/", "{target}");
    }
}

/// `never_login_csrf` (AR-14, scenario 18): the attacker's callback in the victim's browser.
#[tokio::test]
async fn ar_14_never_a_callback_in_another_browser() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut attacker = network.visitor(&app);
    let url = attacker.start("bob.test").await.unwrap();
    let back = attacker.browser().approve(&url, "bob.test").await.unwrap();
    let path = back.strip_prefix(OWN).unwrap();
    network.forget_requests();

    let mut victim = network.visitor(&app);
    // Without a cookie, and with one of a sign-in of their own.
    for _ in 0..2 {
        let refused = get(
            &app,
            path,
            &with(FOREIGN_CLICK, &[("cookie", &victim.cookies())]),
        )
        .await;
        assert_page(&refused, StatusCode::BAD_REQUEST);
        assert_eq!(header(&refused, "referrer-policy"), "no-referrer");
        assert_eq!(set_cookies(&refused), [""; 0]);
        assert!(network.requests_to(Endpoint::Exchange).is_empty());
        victim.start("alice.test").await.unwrap();
    }
    let json = get(&app, path, &[]).await;
    assert_error(&json, StatusCode::BAD_REQUEST, "invalid_callback_request");
    // The victim did not use it up.
    attacker.callback(&back).await.unwrap();
    assert_eq!(text(&attacker.get("/me").await.unwrap()), "bob.test");
    assert_eq!(text(&victim.get("/").await.unwrap()), "nobody");
}

/// AR-15.
#[tokio::test]
async fn ar_15_two_tabs_sign_in() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = network.visitor(&app);
    let first = visitor.start("alice.test").await.unwrap();
    let second = visitor.start("bob.test").await.unwrap();
    let second = visitor
        .browser()
        .approve(&second, "bob.test")
        .await
        .unwrap();
    let mut other_browser = network.browser();
    let first = other_browser.approve(&first, "alice.test").await.unwrap();
    visitor.callback(&second).await.unwrap();
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");
    visitor.callback(&first).await.unwrap();
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "alice.test");
    assert_eq!(
        text(&visitor.get("/list").await.unwrap()).lines().count(),
        2
    );
}

/// Scenario 20: one of many identical callbacks signs in.
#[tokio::test]
async fn never_two_sessions_from_one_callback() {
    let network = TestNetwork::start().await.unwrap();
    let (app, client) = app(&network).await;
    let mut visitor = network.visitor(&app);
    let url = visitor.start("alice.test").await.unwrap();
    let back = visitor.browser().approve(&url, "alice.test").await.unwrap();
    let path = back.strip_prefix(OWN).unwrap();
    let cookies = visitor.cookies();
    let headers = with(FOREIGN_CLICK, &[("cookie", &cookies)]);
    let all = futures(20, || get(&app, path, &headers)).await;
    let done = all
        .iter()
        .filter(|response| session_cookie(response).is_some())
        .count();
    assert_eq!(done, 1);
    assert_eq!(network.requests_to(Endpoint::Exchange).len(), 1);
    let did = network.account("alice.test").unwrap().did;
    assert_eq!(
        client
            .sessions_of(&did.as_str().parse().unwrap())
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn futures<F: Future>(count: usize, make: impl Fn() -> F) -> Vec<F::Output> {
    futures_util::future::join_all((0..count).map(|_| make())).await
}

/// `never_session_fixation` (CB-18, scenario 25).
#[tokio::test]
async fn cb_18_never_a_session_under_an_id_that_was_there_before() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let planted = format!("oauth+3000+session={}", "A".repeat(43));
    let mut visitor = network.visitor(&app);
    let url = visitor.start("alice.test").await.unwrap();
    let back = visitor.browser().approve(&url, "alice.test").await.unwrap();
    let cookies = format!("{planted}; {}", visitor.cookies());
    let headers = with(FOREIGN_CLICK, &[("cookie", &cookies)]);
    let done = get(&app, back.strip_prefix(OWN).unwrap(), &headers).await;
    let fresh = session_cookie(&done).unwrap();
    assert_ne!(fresh, planted);
    let home = async |cookie: &str| text(&get(&app, "/", &[("cookie", cookie)]).await);
    assert_eq!(home(&planted).await, "nobody");
    assert_eq!(home(&fresh).await, "alice.test");
    // Whoever knows the id of the first sign-in learns nothing of the second account.
    let mut second = network.visitor(&app);
    let url = second.start("bob.test").await.unwrap();
    let back = second.browser().approve(&url, "bob.test").await.unwrap();
    let cookies = format!("{fresh}; {}", second.cookies());
    let headers = with(FOREIGN_CLICK, &[("cookie", &cookies)]);
    let done = get(&app, back.strip_prefix(OWN).unwrap(), &headers).await;
    let newest = session_cookie(&done).unwrap();
    assert_eq!(home(&newest).await, "bob.test");
    assert_eq!(
        home(&fresh).await,
        "alice.test",
        "requests in flight survive"
    );
    let list = text(&get(&app, "/list", &[("cookie", &fresh)]).await);
    assert_eq!(list.lines().count(), 1, "{list}");
}

#[tokio::test]
async fn saying_no_is_a_page_with_a_way_back() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = network.visitor(&app);
    let login = visitor
        .get("/oauth/login?handle=alice.test&return_to=%2Fme")
        .await
        .unwrap();
    let back = visitor
        .browser()
        .deny(header(&login, "location"))
        .await
        .unwrap();
    let path = back.strip_prefix(OWN).unwrap();
    let cookies = visitor.cookies();
    let page = get(&app, path, &with(FOREIGN_CLICK, &[("cookie", &cookies)])).await;
    assert_page(&page, StatusCode::FORBIDDEN);
    assert!(
        text(&page).contains("/oauth/login?return_to=%2Fme"),
        "{}",
        text(&page)
    );
    assert_eq!(header(&page, "referrer-policy"), "no-referrer");
    let [cleared] = &set_cookies(&page)[..] else {
        panic!("one cookie is cleared")
    };
    assert!(
        cleared.contains("signin+") && cleared.contains("Max-Age=0"),
        "{cleared}"
    );
}

/// A server that is away for a moment: nothing is stored, and the page says to try again.
#[tokio::test]
async fn a_failed_exchange_leaves_nobody_signed_in() {
    let network = TestNetwork::start().await.unwrap();
    let (app, client) = app(&network).await;
    let mut visitor = network.visitor(&app);
    let url = visitor.start("alice.test").await.unwrap();
    let back = visitor.browser().approve(&url, "alice.test").await.unwrap();
    network.misbehave(Fault::status(Endpoint::Exchange, 503));
    assert!(visitor.callback(&back).await.is_err());
    assert_eq!(text(&visitor.get("/").await.unwrap()), "nobody");
    let did = network.account("alice.test").unwrap().did;
    assert!(
        client
            .sessions_of(&did.as_str().parse().unwrap())
            .await
            .unwrap()
            .is_empty()
    );
}

/// Nothing that a callback can carry is a panic, a leak or a session.
#[tokio::test]
async fn strange_callbacks_are_refused() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let long = format!("/oauth/callback?state=a&code={}", "c".repeat(20_000));
    for path in [
        "/oauth/callback",
        "/oauth/callback?",
        "/oauth/callback?state=&code=",
        "/oauth/callback?state=a&code=b&iss=https://x.example",
        "/oauth/callback?state=a&state=b&code=c",
        "/oauth/callback?response=abc",
        "/oauth/callback?state=%00%ff&code=%0d%0aSet-Cookie:a=b",
        "/oauth/callback?error=%3Cscript%3E&error_description=%3Cscript%3E&state='--",
        &long,
    ] {
        let json = get(&app, path, &[]).await;
        assert_error(&json, StatusCode::BAD_REQUEST, "invalid_callback_request");
        let page = get(&app, path, FOREIGN_CLICK).await;
        assert_page(&page, StatusCode::BAD_REQUEST);
        assert!(!text(&page).contains("<script"), "{path}");
        assert_eq!(set_cookies(&page), [""; 0], "{path}");
    }
    assert!(network.requests().is_empty());
}
