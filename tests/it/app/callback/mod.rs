//! `/oauth/callback`: what it accepts, and what everything else is answered.

pub(crate) mod binding;
mod cancelled;
mod web;

use atproto_oauth::testing::{Endpoint, Fault};
use serde_json::json;

use self::binding::parameter;
use crate::app::harness::person::*;
use crate::app::harness::site::Site;

/// CB-01, CB-05, RU-07, scenarios 19 and 21: nothing that is not our answer reaches a server or uses the
/// request up.
#[tokio::test]
async fn malformed_answers_are_refused_without_a_request() {
    let site = Site::new().await;
    let mut person = site.person();
    let url = person.start("alice.test").await;
    let address = site.network.approve(&url, "alice.test").await.unwrap();
    let (state, code, iss) = parts(&address);
    let good = format!("state={state}&code={code}&iss={iss}");
    let other = "B".repeat(43);
    let wrong = [
        String::new(),
        format!("code={code}&iss={iss}"),
        format!("state={state}&iss={iss}"),
        format!("state={state}&code=&iss={iss}"),
        format!("state=&code={code}&iss={iss}"),
        format!("state={other}&code={code}&iss={iss}"),
        format!("state={state}A&code={code}&iss={iss}"),
        format!("state={}&code={code}&iss={iss}", state.to_lowercase()),
        format!("state=%27%20OR%201%3D1--&code={code}&iss={iss}"),
        format!("state=%00{state}&code={code}&iss={iss}"),
        format!("state={}&code={code}&iss={iss}", "s".repeat(5_000)),
        format!("{good}&state={state}"),
        format!("state={other}&{good}"),
        format!("{good}&code={code}"),
        format!("{good}&code=other"),
        format!("{good}&iss={iss}"),
        format!("{good}&foo=1&foo=2"),
        format!("{good}&error=access_denied"),
        format!("{good}&response=eyJhbGciOiJub25lIn0.e30."),
        format!("state[]={state}&code[]={code}&iss={iss}"),
        format!("state={state}&code={}&iss={iss}", "c".repeat(60 * 1024)),
    ];
    let jar = person.jar.clone();
    site.network.forget_requests();
    for query in wrong {
        person.jar.clone_from(&jar);
        let path = format!("/oauth/callback?{query}");
        let answer = person.send(navigate("cross-site", &path)).await;
        let short: String = query.chars().take(200).collect();
        assert_eq!(answer.status, 400, "{short}");
        assert!(
            answer.page().contains("invalid_callback_request"),
            "{short}"
        );
        answer.assert_private();
        assert_eq!(person.session_cookie(), None);
        let answer = api(&path)
            .header("cookie", &person.cookies())
            .of(&site.router)
            .await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (400, "invalid_callback_request"),
            "{short}"
        );
        answer.assert_private();
    }
    assert!(site.network.requests().is_empty());
    // The request is still there for the true answer.
    person.jar = jar;
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 303, "{answer:?}");
}

/// CB-03, CB-04, scenarios 15 to 17: an answer of another server, also a refusal, is nobody's word.
#[tokio::test]
async fn never_an_answer_of_another_server() {
    let site = Site::new().await;
    for denied in [false, true] {
        let mut person = site.person();
        let url = person.start("alice.test").await;
        let address = if denied {
            site.network.deny(&url).await.unwrap()
        } else {
            site.network.approve(&url, "alice.test").await.unwrap()
        };
        let iss = encoded(&parameter(&address, "iss"));
        assert!(address.contains(&iss), "{address}");
        site.network.forget_requests();
        let jar = person.jar.clone();
        for other in [
            "https%3A%2F%2Fevil.example",
            "",
            &format!("{iss}%2F"),
            &iss.to_uppercase(),
        ] {
            person.jar.clone_from(&jar);
            let answer = person.come_back(&address.replace(&iss, other)).await;
            assert_eq!(answer.status, 400, "{other}");
            assert!(answer.page().contains("issuer_mismatch"), "{answer:?}");
            assert!(!answer.page().contains("You cancelled"));
            answer.assert_private();
        }
        let (name, rest) = address.split_once("iss=").unwrap();
        let without = format!(
            "{name}{}",
            rest.split_once('&').map_or("", |(_, rest)| rest)
        );
        person.jar.clone_from(&jar);
        let answer = person.come_back(without.trim_end_matches('&')).await;
        assert!(
            answer.status == 400 && answer.page().contains("issuer_mismatch"),
            "{answer:?}"
        );
        assert!(site.network.requests().is_empty());
    }
}

/// CB-02, scenario 20: one answer is worth one token request, whoever repeats it and however fast.
#[tokio::test]
async fn never_a_code_twice() {
    let site = Site::new().await;
    let mut person = site.person();
    let url = person.start("alice.test").await;
    let address = site.network.approve(&url, "alice.test").await.unwrap();
    let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
    let ask = navigate("cross-site", path).header("cookie", &person.cookies());
    let all = (0..100).map(|_| {
        let (ask, router) = (ask.clone(), site.router.clone());
        tokio::spawn(async move { ask.of(&router).await })
    });
    let mut statuses = Vec::new();
    for one in all.collect::<Vec<_>>() {
        statuses.push(one.await.unwrap().status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303);
    assert!(
        statuses[1..].iter().all(|status| *status == 400),
        "{statuses:?}"
    );
    let answer = ask.of(&site.router).await;
    assert!(answer.status == 400 && answer.page().contains("invalid_callback_request"));
    let exchanges = site.network.requests_to(Endpoint::Exchange);
    // The first is only told a nonce.
    let accepted = exchanges
        .iter()
        .filter(|seen| seen.status == Some(200))
        .count();
    assert!(accepted == 1 && exchanges.len() <= 2, "{exchanges:?}");
    assert_eq!(
        site.network
            .sessions_of(site.network.account("alice.test").unwrap().did),
        1
    );
}

/// AR-13: a sign-in takes at most ten minutes.
#[tokio::test]
async fn ar_13_an_old_request_has_expired() {
    for (minutes, status) in [(9, 303), (11, 400)] {
        let site = Site::new().await;
        let mut person = site.person();
        let url = person.start("alice.test").await;
        let later = std::time::Duration::from_mins(minutes);
        if minutes > 10 {
            let address = site.network.approve(&url, "alice.test").await.unwrap();
            site.clock.by(later);
            site.network.forget_requests();
            let answer = person.come_back(&address).await;
            assert_eq!(answer.status, status);
            assert!(answer.page().contains("invalid_callback_request"));
            assert_eq!((person.pending(), person.session_cookie()), (0, None));
            assert!(site.network.requests().is_empty());
        } else {
            // The page at the authorization server stays open that long, in two steps.
            site.clock.by(later / 3);
            let address = site.network.approve(&url, "alice.test").await.unwrap();
            assert_eq!(person.come_back(&address).await.status, status);
        }
    }
}

/// The cookies of a sign-in go with it, whatever became of it, and those of others stay.
#[tokio::test]
async fn a_failure_clears_up_after_itself() {
    let site = Site::new().await;
    let mut person = site.signed_in("bob.test").await;
    person.start("bob.test").await;
    let refused = json!({ "error": "invalid_grant" });
    site.network
        .misbehave(Fault::json(Endpoint::Exchange, 400, &refused));
    let answer = person.try_sign_in(&site.network, "alice.test").await;
    assert_eq!(answer.status, 502);
    assert!(answer.page().contains("token_validation_failed"));
    answer.assert_private();
    assert_eq!(person.pending(), 1);
    let [cookie] = answer.set_cookies()[..] else {
        panic!("{answer:?}")
    };
    assert!(
        cookie.contains("+signin+") && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
    // A failed sign-in does not sign out who was signed in.
    assert_eq!(person.read("/").await, "bob.test");
}

/// RU-05, and RFC 9110: who only looks at the link does not use its code up.
#[tokio::test]
async fn a_link_preview_does_not_sign_in() {
    let site = Site::new().await;
    let mut person = site.person();
    let url = person.start("alice.test").await;
    let address = site.network.approve(&url, "alice.test").await.unwrap();
    let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
    for method in ["HEAD", "POST", "OPTIONS", "PUT"] {
        let answer = person
            .send(navigate("cross-site", path).method(method))
            .await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), "GET", "{method}");
    }
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 303);
    answer.assert_private();
}

fn parts(address: &str) -> (String, String, String) {
    let get = |name| encoded(&parameter(address, name));
    (get("state"), get("code"), get("iss"))
}

fn encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}
