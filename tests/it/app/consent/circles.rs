//! No redirect loop between a page and consent.

use atproto_oauth::testing::{Endpoint, Fault};

use super::*;
use crate::support::count;

/// A person who took the permission out at consent gets a page that offers to ask again.
#[tokio::test]
async fn never_a_loop_after_it_was_taken_out() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let url = led(&mut person, "/write").await;
    let mut browser = site.network.browser();
    let only = browser.approve_with(&url, "alice.test", &["atproto"]);
    person.come_back(&only.await.unwrap()).await;
    let mut consent = String::new();
    for from in ["same-origin", "none", "cross-site"] {
        let answer = person.send(navigate(from, "/write")).await;
        consent = assert_permission_page(&answer);
        assert!(answer.page().contains("tried before"), "{from}");
    }
    // The link asks again.
    let url = follow(&mut person, &consent).await;
    let address = site.network.approve(&url, "alice.test").await.unwrap();
    person.come_back(&address).await;
    assert_eq!(person.read("/write").await, "alice.test may");
}

/// SC-18: a person who said no is signed in as before, and is not asked at every click.
#[tokio::test]
async fn never_a_loop_after_no() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let old = key(&mut person).await;
    let url = led(&mut person, "/write?x=1").await;
    let address = site.network.deny(&url).await.unwrap();
    let answer = person.come_back(&address).await;
    answer.assert_private();
    assert_eq!(answer.status, 403);
    let page = answer.page();
    for part in [
        "there is still no permission. Nothing has changed.",
        "add, change and delete records of the kind <code>com.example.note</code>",
        "your account <strong>alice.test</strong>",
        "<a class=\"button\" href=\"/\">Back to ",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let offered = link(page);
    assert!(
        offered.ends_with("&return_to=%2Fwrite%3Fx%3D1"),
        "{offered}"
    );
    assert_eq!(key(&mut person).await, old);
    assert_eq!(site.sessions("alice.test").await, (1, 1));

    let pushed = count(&site.network, Endpoint::PushedRequest);
    for from in ["same-origin", "none"] {
        let answer = person.send(navigate(from, "/write?x=1")).await;
        assert_eq!(assert_permission_page(&answer), offered);
    }
    assert_eq!(count(&site.network, Endpoint::PushedRequest), pushed);
    // Another permission is another question.
    led(&mut person, "/upload").await;
    // The link asks again; no is still no, and yes is yes.
    for yes in [false, true] {
        let url = follow(&mut person, &offered).await;
        let address = match yes {
            false => site.network.deny(&url).await.unwrap(),
            true => site.network.approve(&url, "alice.test").await.unwrap(),
        };
        let answer = person.come_back(&address).await;
        assert_eq!(answer.status, if yes { 303 } else { 403 }, "{answer:?}");
    }
    assert_eq!(person.read("/write").await, "alice.test may");

    // A program that looks at a callback is told what it always was.
    let url = led(&mut person, "/upload").await;
    let address = site.network.deny(&url).await.unwrap();
    let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
    let answer = person.send(api(path)).await;
    assert_eq!((answer.status, &*answer.code()), (403, "access_denied"));
}

/// A browser that does not say where it comes from, and a server that never asks the person.
#[tokio::test]
async fn never_a_loop_in_an_old_browser() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let old = |path: &str| get_page(path);
    let answer = person.send(old("/write")).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let answer = person.send(old(answer.location())).await;
    let address = site.network.deny(answer.location()).await.unwrap();
    let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
    assert_eq!(person.send(old(path)).await.status, 403);
    for _ in 0..2 {
        assert_permission_page(&person.send(old("/write")).await);
    }
}

/// Nothing but what such a browser sends.
fn get_page(path: &str) -> Ask {
    crate::app::harness::person::get(path).header("accept", "text/html,*/*;q=0.8")
}

/// The server does not even let it begin.
#[tokio::test]
async fn never_a_loop_when_it_cannot_begin() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let old = key(&mut person).await;
    // What servers say that know no such permission.
    let refusal = serde_json::json!({ "error": "invalid_client_metadata" });
    site.network
        .misbehave(Fault::json(Endpoint::PushedRequest, 400, &refusal));
    let answer = person.send(click("/write")).await;
    let begun = person.send(click(answer.location())).await;
    assert_eq!(begun.status, 502, "{begun:?}");
    let page = begun.page();
    for part in [
        "authorization_url_failed",
        "still signed in as <strong>alice.test</strong>",
        "href=\"/write\">Try again",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("/oauth/login"), "{page}");
    site.network.behave();
    let consent = assert_permission_page(&person.send(click("/write")).await);
    assert_eq!(key(&mut person).await, old);
    follow(&mut person, &consent).await;
}

/// A server that is down refuses nothing, and the page does not say that it did.
#[tokio::test]
async fn a_server_that_is_down_is_not_shown_as_a_refusal() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    site.network
        .misbehave(Fault::status(Endpoint::PushedRequest, 503));
    let answer = person.send(click("/write")).await;
    let begun = person.send(click(answer.location())).await;
    assert!(begun.status >= 500, "{begun:?}");
    site.network.behave();
    let answer = person.send(click("/write")).await;
    assert_permission_page(&answer);
    let page = answer.page();
    assert!(page.contains("tried before"), "{page}");
    assert!(!page.contains("not given"), "{page}");
}

/// What is not declared can never be granted, so no person is sent to ask for it.
#[tokio::test]
async fn a_scope_that_is_not_declared_is_an_error_of_the_application() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let answer = person.send(click("/undeclared")).await;
    assert_eq!(answer.status, 500, "{answer:?}");
    assert!(
        answer.page().contains("account:email"),
        "developers are told"
    );
    let answer = person.send(api("/undeclared")).await;
    assert_eq!((answer.status, &*answer.code()), (500, "configuration"));
}
