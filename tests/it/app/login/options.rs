//! The parameters of a login: `return_to`, `scope`, `prompt`.

use atproto_oauth::testing::{Endpoint, Fault};
use serde_json::json;

use crate::app::harness::person::*;
use crate::app::harness::site::Site;

/// RU-06, scenario 26: whatever was said, people stay on this site and out of the generated routes.
#[tokio::test]
async fn ru_06_never_an_open_redirect() {
    let site = Site::new().await;
    let elsewhere = [
        "",
        "evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2fevil.example",
        "%2f%2fevil.example",
        "/%252fevil.example",
        "/%5cevil.example",
        "https://evil.example",
        "https:evil.example",
        "http://127.0.0.1:3000@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        "/a\r\nset-cookie: x=y",
        "/./\\evil.example",
        "/..//evil.example",
        "/%2e//evil.example",
        "/ä",
        "/a b",
        "/<script>",
        "/oauth",
        "/oauth/logout?all=true",
        "/x/../oauth/logout",
        "/%6fauth/logout",
    ];
    for return_to in elsewhere {
        assert_eq!(leads_to(&site, return_to).await, "/", "{return_to:?}");
    }
    let long = format!("/{}", "a".repeat(5_000));
    assert_eq!(leads_to(&site, &long).await, "/");
    for return_to in ["/", "/notes?page=2&q=%26#top", "/oauthors", "/a//b"] {
        assert_eq!(leads_to(&site, return_to).await, return_to);
    }
}

/// Where a person is after a sign-in that began with a link.
async fn leads_to(site: &Site, return_to: &str) -> String {
    let mut person = site.person();
    let fields = [("handle", "alice.test"), ("return_to", return_to)];
    let answer = person.send(click(&link("/oauth/login", &fields))).await;
    assert_eq!(answer.status, 303, "{return_to:?}: {answer:?}");
    let address = site
        .network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 303, "{return_to:?}: {answer:?}");
    answer.location().to_owned()
}

/// CM-07, SC-18: a page may ask for less or for more, out of what is declared.
#[tokio::test]
async fn a_sign_in_asks_for_a_subset_of_what_is_declared() {
    let site = Site::new().await;
    let good = [
        ("", "atproto repo:com.example.note"),
        ("atproto", "atproto"),
        ("blob:*/*", "atproto blob:*/*"),
        ("atproto  blob:*/* blob:*/* ", "atproto blob:*/*"),
        (
            "blob:*/* atproto repo:com.example.note",
            "atproto blob:*/* repo:com.example.note",
        ),
    ];
    for (scope, pushed) in good {
        let fields = [("handle", "alice.test"), ("scope", scope)];
        let answer = submit("/oauth/login", &fields).of(&site.router).await;
        assert_eq!(answer.status, 303, "{scope}: {answer:?}");
        let seen = site.network.requests_to(Endpoint::PushedRequest);
        assert_eq!(seen.last().unwrap().form("scope"), Some(pushed), "{scope}");
    }
    site.network.forget_requests();
    for scope in [
        "atproto repo:*",
        "transition:generic",
        "blob:image/*",
        "openid",
        "ATPROTO",
        "\"",
        "ä",
    ] {
        let fields = [("handle", "alice.test"), ("scope", scope)];
        let answer = submit("/oauth/login", &fields).of(&site.router).await;
        assert_eq!(answer.status, 400, "{scope}");
        assert!(answer.page().contains("invalid_request"));
        let answer = api(&link("/oauth/login", &fields)).of(&site.router).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (400, "invalid_request"),
            "{scope}"
        );
    }
    assert!(site.network.requests().is_empty());
}

/// AR-11.
#[tokio::test]
async fn prompts_are_passed_on() {
    let site = Site::new().await;
    for prompt in ["create", "login", "select_account", "consent"] {
        let fields = [("handle", "alice.test"), ("prompt", prompt)];
        let answer = click(&link("/oauth/login", &fields)).of(&site.router).await;
        assert_eq!(answer.status, 303, "{prompt}: {answer:?}");
        let seen = site.network.requests_to(Endpoint::PushedRequest);
        assert_eq!(seen.last().unwrap().form("prompt"), Some(prompt));
    }
    site.network.forget_requests();
    for prompt in ["Login", "login consent", "register", "<b>"] {
        let fields = [("handle", "alice.test"), ("prompt", prompt)];
        let answer = api(&link("/oauth/login", &fields)).of(&site.router).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (400, "invalid_request"),
            "{prompt}"
        );
    }
    assert!(site.network.requests().is_empty());
}

/// AR-11: a server that does not offer sign-up is not asked for it.
#[tokio::test]
async fn sign_up_only_where_it_is_offered() {
    let site = Site::new().await;
    let prompts = json!(["none", "login"]);
    site.network.misbehave(Fault::edit(
        Endpoint::AuthorizationServer,
        "prompt_values_supported",
        prompts,
    ));
    let fields = [("handle", "alice.test"), ("prompt", "create")];
    let answer = submit("/oauth/login", &fields).of(&site.router).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let seen = site.network.requests_to(Endpoint::PushedRequest);
    assert_eq!(seen.last().unwrap().form("prompt"), None);
}

/// A person without an account makes one at a server, and is signed in with it.
#[tokio::test]
async fn a_person_signs_up() {
    let site = Site::new().await;
    let mut person = site.person();
    let fields = [("handle", site.network.pds()), ("prompt", "create")];
    let answer = person.send(submit("/oauth/login", &fields)).await;
    let address = site
        .network
        .approve(answer.location(), "dave.test")
        .await
        .unwrap();
    assert_eq!(person.come_back(&address).await.status, 303);
    assert_eq!(person.read("/").await, "dave.test");
}

/// AR-11: a public client is always asked for consent, so it cannot sign in silently; said so.
#[tokio::test]
async fn a_silent_sign_in_that_cannot_be_silent() {
    let site = Site::new().await;
    let fields = [("handle", "alice.test"), ("prompt", "none")];
    let answer = submit("/oauth/login", &fields).of(&site.router).await;
    assert_eq!(answer.status, 502);
    assert!(answer.page().contains("authorization_url_failed"));
    assert!(answer.set_cookies().is_empty());
}

/// Doubled parameters come from no form of ours; a large one is refused before it is read.
#[tokio::test]
async fn malformed_requests_are_refused() {
    let site = Site::new().await;
    let doubled = "/oauth/login?handle=alice.test&handle=bob.test";
    let answer = api(doubled).of(&site.router).await;
    assert_eq!((answer.status, &*answer.code()), (400, "invalid_request"));
    let post = submit(
        "/oauth/login",
        &[("handle", "alice.test"), ("handle", "bob.test")],
    );
    assert_eq!(post.of(&site.router).await.status, 400);
    let post = submit("/oauth/login", &[]).replace("content-type", "application/json");
    assert_eq!(post.of(&site.router).await.status, 400);
    let large = "a".repeat(64 * 1024);
    let post = submit("/oauth/login", &[("handle", &large)]);
    assert_eq!(post.of(&site.router).await.status, 400);
    let long = "a".repeat(3_000);
    let answer = submit("/oauth/login", &[("handle", &long)])
        .of(&site.router)
        .await;
    assert_eq!(answer.status, 400);
    assert!(site.network.requests().is_empty());
}
