//! `/oauth/login`: which requests start a flow, and what the others get.

mod by_the_application;
mod options;

use atproto_oauth::testing::Endpoint;

use crate::app::harness::person::*;
use crate::app::harness::site::Site;
use crate::app::harness::two_accounts::TwoAccounts;

const START: &str =
    "/oauth/login?handle=alice.test&scope=atproto+blob%3A*%2F*&prompt=login&return_to=%2Fnotes";

/// A page without script, and no request to a server.
#[tokio::test]
async fn the_page_needs_no_session() {
    let site = Site::new().await;
    for ask in [
        get("/oauth/login"),
        click("/oauth/login"),
        navigate("cross-site", "/oauth/login"),
    ] {
        let answer = ask.of(&site.router).await;
        assert_eq!(answer.status, 200);
        let page = answer.page();
        assert!(
            page.contains("<form method=\"post\" action=\"/oauth/login\">"),
            "{page}"
        );
        assert!(!page.contains("<script"));
        assert_eq!(answer.header("cache-control"), "no-store");
        // `Origin: null` would be posted under `no-referrer`.
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("form-action"),
            "{policy}"
        );
        assert!(answer.set_cookies().is_empty());
    }
    assert!(site.network.requests().is_empty());
}

/// The parameters of a request are kept on the page where they do no harm.
#[tokio::test]
async fn a_persons_navigation_starts_a_flow() {
    let site = Site::new().await;
    let starts = [
        // Absent headers count as a person's navigation.
        get(START),
        click(START),
        navigate("none", START),
        click(START).without("sec-fetch-user"),
        get(START).header("sec-fetch-site", "same-origin"),
        get(START).header("accept", "application/json"),
    ];
    for ask in starts {
        let answer = ask.clone().of(&site.router).await;
        assert_eq!(answer.status, 303, "{ask:?}");
        assert!(
            answer.location().starts_with(site.network.issuer()),
            "{answer:?}"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.set_cookies().len(), 1);
    }
    let pushed = site.network.requests_to(Endpoint::PushedRequest);
    let last = pushed.last().unwrap();
    assert_eq!(last.form("scope"), Some("atproto blob:*/*"));
    assert_eq!(last.form("prompt"), Some("login"));
    assert_eq!(last.form("login_hint"), Some("alice.test"));
}

/// What another site, a prefetch or a program inside a page sends gets the page filled in, and honours
/// neither `scope` nor `prompt`.
#[tokio::test]
async fn never_a_flow_that_the_person_did_not_ask_for() {
    let site = Site::new().await;
    let mut asks = vec![
        navigate("cross-site", START),
        navigate("same-site", START),
        navigate("", START),
        get(START).header("sec-fetch-site", "cross-site"),
        click(START).header("sec-fetch-site", "same-origin"),
        click(START).replace("sec-fetch-site", "none, same-origin"),
        click(START).header("sec-purpose", "prefetch"),
        click(START).header("sec-purpose", "prefetch;prerender"),
        click(START).header("purpose", "prefetch"),
        click(START).header("x-moz", "prefetch"),
        click(START).method("HEAD"),
    ];
    for mode in [
        "cors",
        "no-cors",
        "same-origin",
        "websocket",
        "nested-navigate",
        "",
    ] {
        asks.push(click(START).replace("sec-fetch-mode", mode));
    }
    for dest in [
        "empty", "image", "iframe", "frame", "embed", "object", "script", "style", "",
    ] {
        asks.push(click(START).replace("sec-fetch-dest", dest));
    }
    for ask in asks {
        let is_head = format!("{ask:?}").contains("HEAD");
        let answer = ask.clone().of(&site.router).await;
        assert_eq!(answer.status, 200, "{ask:?}");
        assert!(answer.set_cookies().is_empty(), "{ask:?}");
        let page = answer.page();
        if !is_head {
            assert!(page.contains("value=\"alice.test\""), "{page}");
            assert!(
                page.contains("name=\"return_to\" value=\"/notes\""),
                "{page}"
            );
        }
        assert!(
            !page.contains("blob:") && !page.contains("name=\"scope\""),
            "{page}"
        );
        assert!(!page.contains("name=\"prompt\""), "{page}");
    }
    assert!(site.network.requests().is_empty());
}

/// 303, so that the browser does not post the form again to the authorization server.
#[tokio::test]
async fn never_a_start_that_posts_again() {
    let site = Site::new().await;
    let fields = [("handle", " @Alice.Test "), ("return_to", "/notes")];
    let answer = submit("/oauth/login", &fields).of(&site.router).await;
    assert_eq!(answer.status, 303);
    assert!(answer.location().starts_with(site.network.issuer()));
    let pushed = site.network.requests_to(Endpoint::PushedRequest);
    assert_eq!(
        pushed.last().unwrap().form("login_hint"),
        Some("alice.test")
    );
    // AR-03: nothing of the request is in the address but who asks and for what.
    let url: url::Url = answer.location().parse().unwrap();
    let names: Vec<_> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(names, ["client_id", "request_uri"]);
}

#[tokio::test]
async fn a_post_is_of_our_own_page() {
    let site = Site::new().await;
    let fields = [("handle", "alice.test")];
    let post = submit("/oauth/login", &fields);
    let program = get("/oauth/login").method("POST").form(&fields);
    let own = "http://127.0.0.1:3000";
    let good = [
        post.clone(),
        post.clone().without("origin"),
        // Older browsers send only `Origin`.
        program.clone().header("origin", own),
    ];
    for ask in good {
        let answer = ask.clone().of(&site.router).await;
        assert_eq!(answer.status, 303, "{ask:?}");
    }
    site.network.forget_requests();
    let bad = [
        post.clone().replace("sec-fetch-site", "cross-site"),
        post.clone().replace("sec-fetch-site", "same-site"),
        post.clone().replace("sec-fetch-site", "none"),
        post.clone().replace("sec-fetch-site", ""),
        post.clone().header("sec-fetch-site", "same-origin"),
        program.clone(),
        program.clone().header("origin", "null"),
        program.clone().header("origin", "https://127.0.0.1:3000"),
        program.clone().header("origin", "http://127.0.0.1"),
        program.clone().header("origin", "http://localhost:3000"),
        program
            .clone()
            .header("origin", "http://127.0.0.1:3000.evil.example"),
        program.clone().header("origin", own).header("origin", own),
        program
            .clone()
            .header("referer", "http://127.0.0.1:3000/oauth/login"),
    ];
    for ask in bad {
        let answer = ask
            .clone()
            .header("accept", "application/json")
            .of(&site.router)
            .await;
        assert_eq!(answer.status, 403, "{ask:?}");
        assert!(answer.set_cookies().is_empty());
    }
    let answer = post
        .replace("sec-fetch-site", "cross-site")
        .of(&site.router)
        .await;
    assert!(answer.page().contains("cross_site_request"));
    let answer = program.of(&site.router).await;
    assert_eq!(answer.code(), "cross_site_request");
    assert!(site.network.requests().is_empty());
}

/// A person gets the form back, a program the code.
#[tokio::test]
async fn a_login_needs_a_handle() {
    let site = Site::new().await;
    let answer = api("/oauth/login").of(&site.router).await;
    assert_eq!((answer.status, &*answer.code()), (400, "missing_handle"));
    let answer = api("/oauth/login?handle=%20").of(&site.router).await;
    assert_eq!((answer.status, &*answer.code()), (400, "missing_handle"));
    assert_eq!(
        click("/oauth/login?handle=").of(&site.router).await.status,
        200
    );

    let empty = submit("/oauth/login", &[("handle", " ")]);
    let answer = empty.clone().of(&site.router).await;
    assert_eq!(answer.status, 400);
    assert!(answer.page().contains("name=\"handle\""));
    let program = empty
        .replace("accept", "application/json")
        .without("sec-fetch-dest");
    let answer = program.of(&site.router).await;
    assert_eq!((answer.status, &*answer.code()), (400, "missing_handle"));
    assert!(site.network.requests().is_empty());
}

#[tokio::test]
async fn a_typing_mistake_is_shown_where_it_was_made() {
    let site = Site::new().await;
    for wrong in [
        "unknown.test",
        "<script>alert(1)</script>",
        "alice",
        "laptop.local",
        "did:key:z6Mk",
    ] {
        let fields = [
            ("handle", wrong),
            ("return_to", "/notes"),
            ("scope", "atproto blob:*/*"),
        ];
        let answer = submit("/oauth/login", &fields).of(&site.router).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.set_cookies().is_empty());
        let page = answer.page();
        assert!(page.contains("aria-invalid=\"true\""), "{page}");
        assert!(!page.contains("<script"), "{page}");
        assert!(
            page.contains("name=\"return_to\" value=\"/notes\""),
            "{page}"
        );
        assert!(
            page.contains("name=\"scope\" value=\"atproto blob:*/*\""),
            "{page}"
        );
        let answer = api(&link("/oauth/login", &[("handle", wrong)]))
            .of(&site.router)
            .await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (400, "invalid_handle"),
            "{wrong}"
        );
    }
}

/// ID-01: a handle, a DID, and the address of a server.
#[tokio::test]
async fn a_handle_a_did_or_a_server_starts_a_flow() {
    let site = Site::new().await;
    let did = site.did("alice.test").to_string();
    for input in ["alice.test", "@alice.test", &did, site.network.pds()] {
        let mut person = site.person();
        let url = person.start(input).await;
        let address = site.network.approve(&url, "alice.test").await.unwrap();
        assert_eq!(person.come_back(&address).await.status, 303);
        assert_eq!(person.read("/").await, "alice.test", "{input}");
    }
}

#[tokio::test]
async fn without_a_handle_there_is_a_page() {
    let app = TwoAccounts::offline(OWN).await;
    let path = "/oauth/login?return_to=%2Fme";
    for ask in [
        get(path),
        click(path),
        navigate("cross-site", path),
        get(path).header("accept", "*/*"),
    ] {
        let page = ask.of(&app).await;
        page.assert_page(200);
        let html = page.page();
        assert!(html.contains("action=\"/oauth/login\""), "{html}");
        assert!(html.contains("value=\"/me\""), "{html}");
        // The 303 to the authorization server is a target of the form.
        assert!(
            !page
                .header("content-security-policy")
                .contains("form-action")
        );
        assert_eq!(page.header("referrer-policy"), "same-origin");
    }
    let program = get("/oauth/login?handle=")
        .header("accept", "application/json")
        .of(&app)
        .await;
    program.assert_error(400, "missing_handle");
}

#[tokio::test]
async fn a_link_of_our_own_starts_a_flow() {
    let site = TwoAccounts::site().await;
    let path = "/oauth/login?handle=alice.test";
    for ask in [get(path), click(path)] {
        let start = ask.of(&site.router).await;
        assert_eq!(start.status, 303, "{}", start.body);
        assert!(start.header("location").starts_with(site.network.issuer()));
        assert_eq!(start.header("cache-control"), "no-store");
        let [cookie] = &start.set_cookies()[..] else {
            panic!("one cookie")
        };
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let state = site.network.requests_to(Endpoint::PushedRequest);
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
    let site = TwoAccounts::site().await;
    let path = "/oauth/login?handle=alice.test&scope=atproto+blob:*/*&prompt=none&return_to=/me";
    let from = |site, name, value| get(path).header("sec-fetch-site", site).header(name, value);
    for ask in [
        navigate("cross-site", path),
        click(path).header("sec-purpose", "prefetch"),
        from("same-origin", "sec-fetch-mode", "cors"),
        from("cross-site", "sec-fetch-dest", "image"),
    ] {
        let page = ask.of(&site.router).await;
        page.assert_page(200);
        let html = page.page();
        assert!(
            html.contains("value=\"alice.test\""),
            "it is filled in: {html}"
        );
        assert!(html.contains("value=\"/me\""));
        assert!(!html.contains("blob:"), "{html}");
        assert_eq!(page.set_cookies(), [""; 0]);
    }
    let head = get(path).method("HEAD").of(&site.router).await;
    assert_eq!(head.status, 200);
    assert_eq!(site.network.requests().len(), 0);
}

/// `never_a_post_start_answered_307`: browsers would post the form to the authorization server.
#[tokio::test]
async fn the_form_is_answered_303() {
    let site = TwoAccounts::site().await;
    let start = get("/oauth/login")
        .header("sec-fetch-site", "same-origin")
        .method("POST")
        .encoded("handle=%40Alice.test&return_to=/me")
        .of(&site.router)
        .await;
    assert_eq!(start.status, 303);
    assert!(start.header("location").starts_with(site.network.issuer()));
    // An old browser.
    let start = get("/oauth/login")
        .header("origin", OWN)
        .method("POST")
        .encoded("handle=bob.test")
        .of(&site.router)
        .await;
    assert_eq!(start.status, 303);
}

#[tokio::test]
async fn a_post_of_another_site_is_refused() {
    let app = TwoAccounts::offline(OWN).await;
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
            let refused = get(path)
                .headers(headers)
                .method("POST")
                .encoded("handle=alice.test&session=x")
                .of(&app)
                .await;
            refused.assert_error(403, "cross_site_request");
        }
        let page = navigate("cross-site", path)
            .method("POST")
            .encoded("handle=alice.test")
            .of(&app)
            .await;
        page.assert_page(403);
    }
}

#[tokio::test]
async fn a_mistyped_handle_gets_the_form_back() {
    let site = TwoAccounts::site().await;
    let body = "handle=unknown.test&return_to=/me";
    let page = click("/oauth/login")
        .method("POST")
        .encoded(body)
        .of(&site.router)
        .await;
    page.assert_page(400);
    let html = page.page();
    assert!(
        html.contains("value=\"unknown.test\"") && html.contains("value=\"/me\""),
        "{html}"
    );
    let json = get("/oauth/login")
        .header("sec-fetch-site", "same-origin")
        .method("POST")
        .encoded(body)
        .of(&site.router)
        .await;
    json.assert_error(400, "invalid_handle");
}

#[tokio::test]
async fn what_is_asked_for_is_within_what_is_declared() {
    let site = TwoAccounts::site().await;
    let path = |more: &str| format!("/oauth/login?handle=alice.test&{more}");
    for (more, code) in [
        ("scope=atproto+transition:generic", "invalid_request"),
        ("prompt=everything", "invalid_request"),
        ("handle=bob.test", "invalid_request"),
        ("return_to=/a&return_to=/b", "invalid_request"),
    ] {
        get(&path(more))
            .of(&site.router)
            .await
            .assert_error(400, code);
    }
    assert_eq!(site.network.requests_to(Endpoint::PushedRequest).len(), 0);
    let wide = get(&path("scope=atproto+blob:*/*&prompt=login"))
        .of(&site.router)
        .await;
    assert_eq!(wide.status, 303, "{}", wide.body);
    let pushed = site.network.requests_to(Endpoint::PushedRequest);
    assert_eq!(
        pushed.last().unwrap().form("scope"),
        Some("atproto blob:*/*")
    );
    assert_eq!(pushed.last().unwrap().form("prompt"), Some("login"));
}

/// What is far too long, or no form at all, is refused without a request to a server.
#[tokio::test]
async fn strange_forms_are_refused() {
    let app = TwoAccounts::offline(OWN).await;
    let refused = get("/oauth/login")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .method("POST")
        .of(&app)
        .await;
    refused.assert_error(400, "invalid_request");
    let large = format!("handle={}", "a".repeat(20_000));
    let refused = get("/oauth/login")
        .header("sec-fetch-site", "same-origin")
        .method("POST")
        .encoded(&large)
        .of(&app)
        .await;
    refused.assert_error(400, "invalid_request");
}
