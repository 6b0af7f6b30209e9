//! A deployed application: https, a confidential client, and authorization servers that fetch its
//! documents.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault};
use serde_json::Value;

use crate::app::harness::deployed::{BASE, deployed, key};
use crate::app::harness::person::*;
use crate::app::harness::site::Site;
use crate::support::Logs;

/// The whole flow of a confidential client, over the documents that its own routes serve.
#[tokio::test]
async fn a_confidential_client_signs_in_and_out() {
    let site = deployed(|builder| builder.client_key(key("2026"))).await;
    assert!(site.client.is_confidential());
    let mut person = site.person();
    let ask = submit("/oauth/login", &[("handle", "alice.test")]).replace("origin", BASE);
    let answer = person.send(ask).await;
    let [binding] = answer.set_cookies()[..] else {
        panic!("{answer:?}")
    };
    assert!(binding.starts_with("__Host-oauth+signin+"), "{binding}");
    let address = site
        .network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    assert!(
        address.starts_with("https://app.example.dev/oauth/callback?"),
        "{address}"
    );
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let cookies = answer.set_cookies();
    let session = cookies
        .iter()
        .find(|cookie| cookie.contains("+session="))
        .unwrap();
    assert!(session.starts_with("__Host-oauth+session="), "{session}");
    // All that `__Host-` asks for, and out of the reach of scripts and of other sites' requests.
    for cookie in cookies.iter().chain([&binding]) {
        let mut attributes: Vec<_> = cookie.split("; ").skip(1).collect();
        attributes.retain(|attribute| !attribute.starts_with("Max-Age="));
        attributes.sort_unstable();
        assert_eq!(
            attributes,
            ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"],
            "{cookie}"
        );
    }
    assert_eq!(person.read("/").await, "alice.test");

    let answer = person
        .send(submit("/oauth/logout", &[]).replace("origin", BASE))
        .await;
    assert_eq!(answer.status, 303);
    let [gone] = answer.set_cookies()[..] else {
        panic!("{answer:?}")
    };
    assert!(
        gone.starts_with("__Host-oauth+session=;") && gone.contains("Secure"),
        "{gone}"
    );
    assert_eq!(
        site.network
            .sessions_of(site.network.account("alice.test").unwrap().did),
        0
    );
    // CA-01: every request proves who the client is, revocation too.
    for endpoint in [
        Endpoint::PushedRequest,
        Endpoint::Exchange,
        Endpoint::Revocation,
    ] {
        for seen in site.network.requests_to(endpoint) {
            let (header, claims) = seen.assertion().unwrap();
            assert_eq!(header["kid"], "2026");
            assert_eq!(claims["sub"], site.client.client_id());
        }
    }
}

/// Behind a proxy the `Host` may be anything; where forms may come from does not follow it.
#[tokio::test]
async fn the_base_url_says_where_the_application_is() {
    let site = deployed(|builder| builder).await;
    let mut person = site.person();
    let inner = |ask: Ask| {
        ask.header("host", "10.0.0.7:8080")
            .header("x-forwarded-host", "evil.example")
    };
    let ask = submit("/oauth/login", &[("handle", "alice.test")]);
    let without = ask.without("sec-fetch-site");
    let own = without.clone().replace("origin", BASE);
    for origin in [
        "http://10.0.0.7:8080",
        "https://evil.example",
        "http://app.example.dev",
    ] {
        let answer = person
            .send(inner(without.clone().replace("origin", origin)))
            .await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    let answer = person.send(inner(own)).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let address = site
        .network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    let path = address.strip_prefix(BASE).unwrap();
    let answer = person.send(inner(navigate("cross-site", path))).await;
    assert_eq!((answer.status, answer.location()), (303, "/"));
}

/// SS-10: in production nothing of the other server, of a setting or of the request is on a page; the
/// log has it all, under the same id.
#[tokio::test]
async fn ss_10_errors_in_production_say_a_closed_set() {
    let log = Logs::listen();
    let site = deployed(|builder| builder).await;
    let words = "the inner workings of localhost";
    let refused = json!({ "error": "invalid_client_metadata", "error_description": words });
    site.network
        .misbehave(Fault::json(Endpoint::PushedRequest, 400, &refused));
    let program = api("/oauth/login?handle=alice.test").of(&site.router).await;
    assert_eq!(
        (program.status, &*program.code()),
        (502, "authorization_url_failed")
    );
    let json: Value = serde_json::from_str(&program.body).unwrap();
    let mut names: Vec<_> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["error", "message", "request_id"]);
    let ask = submit("/oauth/login", &[("handle", "alice.test")]).replace("origin", BASE);
    let page = ask.of(&site.router).await;
    assert_eq!(page.status, 502);
    assert!(page.page().contains("authorization_url_failed"));
    for answer in [&program, &page] {
        for word in [words, "localhost", "invalid_client_metadata", "developer"] {
            let text = answer.body.split("</style>").last().unwrap();
            assert!(!text.contains(word), "{word}: {answer:?}");
        }
    }
    assert!(page.body.contains("Notes &amp; more"));
    let id = json["request_id"].as_str().unwrap();
    let text = log.text();
    let line = text.lines().find(|line| line.contains(id)).unwrap();
    assert!(
        line.contains(words) && line.contains("authorization_url_failed"),
        "{line}"
    );
    // Development says it all.
    let site = Site::new().await;
    site.network
        .misbehave(Fault::json(Endpoint::PushedRequest, 400, &refused));
    let page = submit("/oauth/login", &[("handle", "alice.test")])
        .of(&site.router)
        .await;
    assert!(page.page().contains(words), "{page:?}");
}

/// A month without a visit, or a year with visits: then the browser is forgotten, session or not.
#[tokio::test]
async fn a_browser_is_not_remembered_for_ever() {
    let day = std::time::Duration::from_hours(24);
    let site = deployed(|builder| builder.client_key(key("a"))).await;
    let mut idle = site.signed_in("alice.test").await;
    site.clock.by(day * 31);
    assert_eq!(idle.read("/").await, "signed out");
    assert_eq!(idle.send(api("/private")).await.code(), "not_signed_in");

    let mut busy = site.signed_in("alice.test").await;
    for visit in 1..=12 {
        site.clock.by(day * 29);
        assert_eq!(busy.read("/held").await.lines().count(), 1, "visit {visit}");
        // The visit is written down beside the answer.
        tokio::task::yield_now().await;
    }
    site.clock.by(day * 29);
    assert_eq!(busy.read("/held").await, "");
}

/// `Visitor` of the test kit knows such an application too.
#[tokio::test]
async fn the_test_kit_visits_it() {
    let site = deployed(|builder| builder.client_key(key("a"))).await;
    let mut visitor = site.network.visitor(&site.router).base_url(BASE);
    let answer = visitor.sign_in("bob.test").await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    assert_eq!(visitor.get("/").await.unwrap().body(), "bob.test");
    let answer = visitor.post("/oauth/logout", &[]).await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    assert_eq!(visitor.cookies(), "");
}
