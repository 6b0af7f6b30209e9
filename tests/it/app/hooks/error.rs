//! The `error` hook receives every refusal of the routes and of the extractors, each once.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault};
use axum::response::{IntoResponse, Response};

use super::callback::picky;
use crate::app::harness::hooked::Hooks;
use crate::app::harness::person::*;
use crate::app::harness::site::network;
use crate::support::Ahead;

/// One line per refusal: code, status, what is asked for, where, and where to go afterwards.
#[tokio::test]
async fn the_hook_receives_every_refusal() {
    let site = Hooks::new().await;
    let mut signed_out = site.person();
    let post = |path| submit(path, &[("session", "x"), ("handle", "unknown.test")]);
    let foreign = |path| post(path).replace("sec-fetch-site", "cross-site");
    let table = [
        (
            api("/oauth/login"),
            "missing_handle 400 Bad Request json /oauth/login -",
        ),
        (
            submit("/oauth/login", &[]),
            "missing_handle 400 Bad Request page /oauth/login -",
        ),
        (
            submit(
                "/oauth/login",
                &[("handle", "unknown.test"), ("return_to", "/a")],
            ),
            "invalid_handle 400 Bad Request page /oauth/login /a",
        ),
        (
            click("/oauth/login?handle=a.test&handle=b.test"),
            "invalid_request 400 Bad Request page /oauth/login -",
        ),
        (
            click("/oauth/login?handle=alice.test&scope=transition:email"),
            "invalid_request 400 Bad Request page /oauth/login -",
        ),
        (
            foreign("/oauth/login"),
            "cross_site_request 403 Forbidden page /oauth/login -",
        ),
        (
            foreign("/oauth/logout"),
            "cross_site_request 403 Forbidden page /oauth/logout -",
        ),
        (
            foreign("/oauth/switch"),
            "cross_site_request 403 Forbidden page /oauth/switch -",
        ),
        (
            post("/oauth/logout"),
            "session_not_found 404 Not Found page /oauth/logout -",
        ),
        (
            post("/oauth/switch"),
            "session_not_found 404 Not Found page /oauth/switch -",
        ),
        (
            click("/oauth/callback?code=x&state=y&iss=z"),
            "invalid_callback_request 400 Bad Request page /oauth/callback -",
        ),
        (
            api("/oauth/callback"),
            "invalid_callback_request 400 Bad Request json /oauth/callback -",
        ),
        (
            api("/private?a=b"),
            "not_signed_in 401 Unauthorized json /private /private?a=b",
        ),
        (
            click("/misplaced"),
            "configuration 500 Internal Server Error page /misplaced /misplaced",
        ),
        (
            api("/misplaced-too"),
            "configuration 500 Internal Server Error json /misplaced-too /misplaced-too",
        ),
    ];
    for (ask, line) in table {
        let answer = signed_out.send(ask.clone()).await;
        assert_eq!(site.notes.take(), [line], "{ask:?}");
        let code = line.split(' ').next().unwrap();
        assert_eq!(answer.body, format!("sorry: {code}"));
        assert!(answer.set_cookies().is_empty());
    }
    // A person who has to sign in is led there, which is no refusal.
    let answer = signed_out.send(click("/private?a=b")).await;
    assert_eq!(
        answer.location(),
        "/oauth/login?return_to=%2Fprivate%3Fa%3Db"
    );
    assert!(site.notes.take().is_empty());
}

/// RU-06: what the hook may redirect to is a path of this site, whatever path was asked for.
#[tokio::test]
async fn ru_06_never_a_way_back_to_another_site() {
    let site = Hooks::new().await;
    for path in ["//evil.example/x", "/%2f/evil.example", "/%5cevil.example"] {
        let answer = api(path).of(&site.router).await;
        assert_eq!(answer.status, 401, "{path}");
        let [line] = &site.notes.take()[..] else {
            panic!()
        };
        assert!(line.ends_with(" -"), "{line}");
    }
    // The sign-in page forgets it too.
    let answer = click("//evil.example/x").of(&site.router).await;
    let page = click(answer.location()).of(&site.router).await;
    assert!(!page.page().contains("evil"), "{page:?}");
}

/// What happened before the refusal is cleaned up whatever the hook answers.
#[tokio::test]
async fn the_hook_receives_failed_sign_ins() {
    let site = Hooks::new().await;
    let mut person = site.person();
    let fields = [("handle", "alice.test"), ("return_to", "/notes")];
    let answer = person.send(submit("/oauth/login", &fields)).await;
    let address = site.network.deny(answer.location()).await.unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(
        site.notes.take(),
        ["access_denied 403 Forbidden page /oauth/callback /notes"]
    );
    answer.assert_private();
    assert_eq!(person.pending(), 0);

    let answer = person.send(submit("/oauth/login", &fields)).await;
    let address = site
        .network
        .approve(answer.location(), "bob.test")
        .await
        .unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(
        site.notes.take(),
        ["subject_mismatch 400 Bad Request page /oauth/callback /notes"]
    );
    answer.assert_private();

    site.network
        .misbehave(Fault::status(Endpoint::PushedRequest, 503));
    person.send(submit("/oauth/login", &fields)).await;
    let line = "temporarily_unavailable 503 Service Unavailable page /oauth/login /notes";
    assert_eq!(site.notes.take(), [line]);
}

/// The account that is one too many.
#[tokio::test]
async fn the_hook_receives_a_full_browser() {
    let clock = Ahead::default();
    let handles = ["a.test", "b.test", "c.test", "d.test", "e.test", "f.test"];
    let network = network(&clock, &handles).await;
    let site = Hooks::on(network, &clock, |builder| builder).await;
    let mut person = site.person();
    for handle in handles.iter().take(5) {
        person.sign_in(&site.network, handle).await;
    }
    site.notes.take();
    let answer = person.try_sign_in(&site.network, "f.test").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (400, "sorry: invalid_request")
    );
    assert_eq!(
        site.notes.take(),
        ["invalid_request 400 Bad Request page /oauth/callback -"]
    );
    answer.assert_private();
    assert_eq!(person.read("/").await, "e.test");
}

/// RU-06: the path of the request itself is no better than one in its query.
#[tokio::test]
async fn ru_06_a_path_of_another_site_is_not_passed_to_the_hook() {
    let site = Hooks::new().await;
    for path in ["//evil.example", "//evil.example/private?a=b"] {
        api(path).of(&site.router).await;
        let lines = site.notes.take();
        assert_eq!(lines.len(), 1, "{path}: {lines:?}");
        assert!(lines[0].ends_with(" -"), "{path}: {lines:?}");
    }
}

#[tokio::test]
async fn the_error_hook_gets_every_refusal() {
    let site = picky().await;
    let said = async |ask: Ask| {
        let answer = ask.of(&site.router).await;
        (answer.status, answer.body)
    };
    let callback = "/oauth/callback?state=a&code=b&iss=c";
    assert_eq!(
        said(click(callback)).await,
        (400, "sorry: invalid_callback_request".into())
    );
    assert_eq!(
        said(get("/oauth/login?handle=x.test")).await,
        (400, "sorry: invalid_handle".into())
    );
    assert_eq!(said(get("/me")).await, (401, "sorry: not_signed_in".into()));
    assert_eq!(
        said(get("/outside")).await,
        (500, "sorry: configuration".into())
    );
    let refused = navigate("cross-site", "/oauth/login")
        .method("POST")
        .encoded("handle=x")
        .of(&site.router)
        .await;
    assert_eq!(refused.body, "sorry: cross_site_request");
    // A person who is not signed in is not refused.
    click("/me")
        .of(&site.router)
        .await
        .assert_see_other("/oauth/login?return_to=%2Fme");
    let callback = click(callback).of(&site.router).await;
    assert_eq!(callback.header("referrer-policy"), "no-referrer");
    assert!(site.network.requests_to(Endpoint::Exchange).is_empty());
}

/// A hook whose own extractor refuses is not asked again for ever.
#[tokio::test]
async fn a_hook_whose_extractor_refuses_is_not_called_again() {
    #[atproto_oauth(callback = back, error = members_only)]
    #[derive(Clone)]
    struct Strict {
        oauth: OAuthClient,
    }
    async fn back() {}
    async fn members_only(_: StrictSession, error: OAuthError) -> Response {
        error.into_response()
    }
    let client = Strict::oauth_builder()
        .base_url(OWN)
        .store_url("memory:")
        .build()
        .await
        .unwrap();
    let app = Strict::oauth_routes().with_state(Strict { oauth: client });
    let answer = get("/oauth/callback").of(&app).await;
    answer.assert_error(401, "not_signed_in");
}
