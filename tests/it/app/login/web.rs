//! Starting a sign-in.

use atproto_oauth::testing::{Endpoint, TestNetwork};
use http::StatusCode;

use crate::app::harness::two_accounts::{app, lonely};
use crate::app::harness::wire::*;

#[tokio::test]
async fn without_a_handle_there_is_a_page() {
    let app = lonely(OWN).await;
    for headers in [&[][..], OWN_CLICK, FOREIGN_CLICK, &[("accept", "*/*")]] {
        let page = get(&app, "/oauth/login?return_to=%2Fme", headers).await;
        assert_page(&page, StatusCode::OK);
        let html = text(&page);
        assert!(html.contains("action=\"/oauth/login\""), "{html}");
        assert!(html.contains("value=\"/me\""), "{html}");
        // The 303 to the authorization server is a target of the form.
        assert!(!header(&page, "content-security-policy").contains("form-action"));
        assert_eq!(header(&page, "referrer-policy"), "same-origin");
    }
    let program = get(
        &app,
        "/oauth/login?handle=",
        &[("accept", "application/json")],
    )
    .await;
    assert_error(&program, StatusCode::BAD_REQUEST, "missing_handle");
}

#[tokio::test]
async fn a_link_of_our_own_starts_a_flow() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    for headers in [&[][..], OWN_CLICK] {
        let start = get(&app, "/oauth/login?handle=alice.test", headers).await;
        assert_eq!(start.status(), StatusCode::SEE_OTHER, "{}", text(&start));
        assert!(header(&start, "location").starts_with(network.issuer()));
        assert_eq!(header(&start, "cache-control"), "no-store");
        let [cookie] = &set_cookies(&start)[..] else {
            panic!("one cookie")
        };
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let state = network.requests_to(Endpoint::PushedRequest);
        let state = state.last().unwrap().form("state").unwrap().to_owned();
        assert!(
            !cookie.contains(&state),
            "the cookie holds a secret of its own"
        );
    }
}

/// Login by another site's link would sign people in as whom they did not choose.
#[tokio::test]
async fn never_a_flow_that_another_site_started() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let path = "/oauth/login?handle=alice.test&scope=atproto+blob:*/*&prompt=none&return_to=/me";
    let ahead = with(OWN_CLICK, &[("sec-purpose", "prefetch")]);
    let fetch = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "cors"),
    ];
    let image = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-dest", "image"),
    ];
    for headers in [FOREIGN_CLICK, &ahead, &fetch, &image] {
        let page = get(&app, path, headers).await;
        assert_page(&page, StatusCode::OK);
        let html = text(&page);
        assert!(
            html.contains("value=\"alice.test\""),
            "it is filled in: {html}"
        );
        assert!(html.contains("value=\"/me\""));
        assert!(!html.contains("blob:"), "{html}");
        assert_eq!(set_cookies(&page), [""; 0]);
    }
    let head = ask(&app, "HEAD", path, &[], "").await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(network.requests().len(), 0);
}

/// `never_a_post_start_answered_307`: browsers would post the form to the authorization server.
#[tokio::test]
async fn the_form_is_answered_303() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let own = [("sec-fetch-site", "same-origin")];
    let start = ask(
        &app,
        "POST",
        "/oauth/login",
        &own,
        "handle=%40Alice.test&return_to=/me",
    )
    .await;
    assert_eq!(start.status(), StatusCode::SEE_OTHER);
    assert!(header(&start, "location").starts_with(network.issuer()));
    let old_browser = [("origin", OWN)];
    let start = ask(
        &app,
        "POST",
        "/oauth/login",
        &old_browser,
        "handle=bob.test",
    )
    .await;
    assert_eq!(start.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_post_of_another_site_is_refused() {
    let app = lonely(OWN).await;
    for path in ["/oauth/login", "/oauth/logout", "/oauth/switch"] {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", OWN), ("sec-fetch-site", "cross-site")],
        ] {
            let refused = ask(&app, "POST", path, headers, "handle=alice.test&session=x").await;
            assert_error(&refused, StatusCode::FORBIDDEN, "cross_site_request");
        }
        let page = ask(&app, "POST", path, FOREIGN_CLICK, "handle=alice.test").await;
        assert_page(&page, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_mistyped_handle_gets_the_form_back() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let body = "handle=nobody.test&return_to=/me";
    let page = ask(&app, "POST", "/oauth/login", OWN_CLICK, body).await;
    assert_page(&page, StatusCode::BAD_REQUEST);
    let html = text(&page);
    assert!(
        html.contains("value=\"nobody.test\"") && html.contains("value=\"/me\""),
        "{html}"
    );
    let own = [("sec-fetch-site", "same-origin")];
    let json = ask(&app, "POST", "/oauth/login", &own, body).await;
    assert_error(&json, StatusCode::BAD_REQUEST, "invalid_handle");
}

#[tokio::test]
async fn what_is_asked_for_is_within_what_is_declared() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let path = |more: &str| format!("/oauth/login?handle=alice.test&{more}");
    for (more, code) in [
        ("scope=atproto+transition:generic", "invalid_request"),
        ("prompt=everything", "invalid_request"),
        ("handle=bob.test", "invalid_request"),
        ("return_to=/a&return_to=/b", "invalid_request"),
    ] {
        assert_error(
            &get(&app, &path(more), &[]).await,
            StatusCode::BAD_REQUEST,
            code,
        );
    }
    assert_eq!(network.requests_to(Endpoint::PushedRequest).len(), 0);
    let wide = get(&app, &path("scope=atproto+blob:*/*&prompt=login"), &[]).await;
    assert_eq!(wide.status(), StatusCode::SEE_OTHER, "{}", text(&wide));
    let pushed = network.requests_to(Endpoint::PushedRequest);
    assert_eq!(
        pushed.last().unwrap().form("scope"),
        Some("atproto blob:*/*")
    );
    assert_eq!(pushed.last().unwrap().form("prompt"), Some("login"));
}

/// What is far too long, or no form at all, is refused without a word to anybody.
#[tokio::test]
async fn strange_forms_are_refused() {
    let app = lonely(OWN).await;
    let own = [("sec-fetch-site", "same-origin")];
    let json = with(&own, &[("content-type", "application/json")]);
    let refused = ask(&app, "POST", "/oauth/login", &json, "").await;
    assert_error(&refused, StatusCode::BAD_REQUEST, "invalid_request");
    let large: &'static str = Box::leak(format!("handle={}", "a".repeat(20_000)).into_boxed_str());
    let refused = ask(&app, "POST", "/oauth/login", &own, large).await;
    assert_error(&refused, StatusCode::BAD_REQUEST, "invalid_request");
}
