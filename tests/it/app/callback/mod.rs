//! `/oauth/callback`: what signs a browser in, and what is refused.

pub(crate) mod binding;
mod cancelled;

use atproto_oauth::testing::{Endpoint, Fault};
use serde_json::json;

use self::binding::parameter;
use crate::app::harness::person::*;
use crate::app::harness::site::Site;
use crate::app::harness::two_accounts::TwoAccounts;

/// CB-01, CB-05, RU-07, scenarios 19 and 21: nothing that is not our answer reaches a server or uses the
/// request up.
#[tokio::test]
async fn malformed_answers_are_refused_without_a_request() {
    let site = Site::new().await;
    let (mut person, address) = site.approved("alice.test").await;
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

/// CB-03, CB-04, scenarios 15, 16 and 17: an answer of another server, also a refusal, counts for nothing.
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

/// CB-02, scenario 20: one answer is worth one token request, however often and fast it is repeated.
#[tokio::test]
async fn never_a_code_twice() {
    let site = Site::new().await;
    let (person, address) = site.approved("alice.test").await;
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
    assert_eq!(site.network.sessions_of(site.did("alice.test")), 1);
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
    let (mut person, address) = site.approved("alice.test").await;
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

/// RU-05, CB-18.
#[tokio::test]
async fn a_person_signs_in_and_is_known() {
    let site = TwoAccounts::site().await;
    let mut person = site.person();
    assert_eq!(person.read("/").await, "signed out");
    let login = person
        .send(click("/oauth/login?handle=alice.test&return_to=%2Fme"))
        .await;
    let back = site
        .network
        .approve(login.header("location"), "alice.test")
        .await
        .unwrap();
    let done = person.come_back(&back).await;
    assert_eq!(done.status, 303);
    assert_eq!(done.header("location"), "/me");
    assert_eq!(done.header("referrer-policy"), "no-referrer");
    assert_eq!(done.header("cache-control"), "no-store");
    let cookies = done.set_cookies();
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
        person.cookies().split("; ").count(),
        1,
        "{}",
        person.cookies()
    );
    for path in ["/", "/me"] {
        assert_eq!(person.read(path).await, "alice.test");
    }
}

/// RU-06: a foreign target was already lost at the start.
#[tokio::test]
async fn ru_06_never_back_to_another_site() {
    let site = TwoAccounts::site().await;
    for target in [
        "//evil.example",
        "https://evil.example",
        "/%5Cevil.example",
        "/oauth/logout?all=true",
    ] {
        let mut person = site.person();
        let query: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let path = format!("/oauth/login?handle=alice.test&return_to={query}");
        let login = person.send(click(&path)).await;
        let back = site
            .network
            .approve(login.header("location"), "alice.test")
            .await;
        let done = person.come_back(&back.unwrap()).await;
        assert_eq!(done.header("location"), "/", "{target}");
    }
}

/// `never_login_csrf` (AR-14, scenario 18): the attacker's callback in the victim's browser.
#[tokio::test]
async fn ar_14_never_a_callback_in_another_browser() {
    let site = TwoAccounts::site().await;
    let (mut attacker, back) = site.approved("bob.test").await;
    let path = back.strip_prefix(OWN).unwrap();
    site.network.forget_requests();

    let mut victim = site.person();
    // Without a cookie, and with one of a sign-in of their own.
    for _ in 0..2 {
        let refused = navigate("cross-site", path)
            .header("cookie", &victim.cookies())
            .of(&site.router)
            .await;
        refused.assert_page(400);
        assert_eq!(refused.header("referrer-policy"), "no-referrer");
        assert_eq!(refused.set_cookies(), [""; 0]);
        assert!(site.network.requests_to(Endpoint::Exchange).is_empty());
        victim.start("alice.test").await;
    }
    let json = get(path).of(&site.router).await;
    json.assert_error(400, "invalid_callback_request");
    // The victim did not use it up.
    attacker.come_back(&back).await;
    assert_eq!(attacker.read("/me").await, "bob.test");
    assert_eq!(victim.read("/").await, "signed out");
}

/// AR-15.
#[tokio::test]
async fn ar_15_two_tabs_sign_in() {
    let site = TwoAccounts::site().await;
    let mut person = site.person();
    let first = person.start("alice.test").await;
    let second = person.start("bob.test").await;
    let second = site.network.approve(&second, "bob.test").await.unwrap();
    let first = site.network.approve(&first, "alice.test").await.unwrap();
    person.come_back(&second).await;
    assert_eq!(person.read("/me").await, "bob.test");
    person.come_back(&first).await;
    assert_eq!(person.read("/me").await, "alice.test");
    assert_eq!(person.read("/list").await.lines().count(), 2);
}

/// Scenario 20: one of many identical callbacks signs in.
#[tokio::test]
async fn never_two_sessions_from_one_callback() {
    let site = TwoAccounts::site().await;
    let (person, back) = site.approved("alice.test").await;
    let path = back.strip_prefix(OWN).unwrap();
    let cookies = person.cookies();
    let all = futures(20, || {
        navigate("cross-site", path)
            .header("cookie", &cookies)
            .of(&site.router)
    })
    .await;
    let done = all
        .iter()
        .filter(|response| response.session_cookie().is_some())
        .count();
    assert_eq!(done, 1);
    assert_eq!(site.network.requests_to(Endpoint::Exchange).len(), 1);
    let did = site.did("alice.test");
    assert_eq!(site.client.sessions_of(&did).await.unwrap().len(), 1);
}

async fn futures<F: Future>(count: usize, make: impl Fn() -> F) -> Vec<F::Output> {
    futures_util::future::join_all((0..count).map(|_| make())).await
}

/// `never_session_fixation` (CB-18, scenario 25).
#[tokio::test]
async fn cb_18_never_a_session_under_an_id_that_was_there_before() {
    let site = TwoAccounts::site().await;
    let planted = format!("oauth+3000+session={}", "A".repeat(43));
    let (person, back) = site.approved("alice.test").await;
    let cookies = format!("{planted}; {}", person.cookies());
    let done = navigate("cross-site", back.strip_prefix(OWN).unwrap())
        .header("cookie", &cookies)
        .of(&site.router)
        .await;
    let fresh = done.session_cookie().unwrap();
    assert_ne!(fresh, planted);
    let home = async |cookie: &str| {
        get("/")
            .header("cookie", cookie)
            .of(&site.router)
            .await
            .body
    };
    assert_eq!(home(&planted).await, "signed out");
    assert_eq!(home(&fresh).await, "alice.test");
    // A browser with the id of the first sign-in learns nothing of the second account.
    let (second, back) = site.approved("bob.test").await;
    let cookies = format!("{fresh}; {}", second.cookies());
    let done = navigate("cross-site", back.strip_prefix(OWN).unwrap())
        .header("cookie", &cookies)
        .of(&site.router)
        .await;
    let newest = done.session_cookie().unwrap();
    assert_eq!(home(&newest).await, "bob.test");
    assert_eq!(
        home(&fresh).await,
        "alice.test",
        "requests in flight survive"
    );
    let list = get("/list")
        .header("cookie", &fresh)
        .of(&site.router)
        .await
        .body;
    assert_eq!(list.lines().count(), 1, "{list}");
}

#[tokio::test]
async fn saying_no_is_a_page_with_a_way_back() {
    let site = TwoAccounts::site().await;
    let mut person = site.person();
    let login = person
        .send(click("/oauth/login?handle=alice.test&return_to=%2Fme"))
        .await;
    let back = site.network.deny(login.header("location")).await.unwrap();
    let path = back.strip_prefix(OWN).unwrap();
    let cookies = person.cookies();
    let page = navigate("cross-site", path)
        .header("cookie", &cookies)
        .of(&site.router)
        .await;
    page.assert_page(403);
    assert!(
        page.body.contains("/oauth/login?return_to=%2Fme"),
        "{}",
        page.body
    );
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let [cleared] = &page.set_cookies()[..] else {
        panic!("one cookie is cleared")
    };
    assert!(
        cleared.contains("signin+") && cleared.contains("Max-Age=0"),
        "{cleared}"
    );
}

/// A server that is away for a moment: nothing is stored, and the page says to try again.
#[tokio::test]
async fn a_failed_exchange_begins_no_session() {
    let site = TwoAccounts::site().await;
    let (mut person, back) = site.approved("alice.test").await;
    site.network
        .misbehave(Fault::status(Endpoint::Exchange, 503));
    assert!(person.come_back(&back).await.status >= 400);
    assert_eq!(person.read("/").await, "signed out");
    let did = site.did("alice.test");
    assert!(site.client.sessions_of(&did).await.unwrap().is_empty());
}

/// Nothing that a callback can carry is a panic, a leak or a session.
#[tokio::test]
async fn strange_callbacks_are_refused() {
    let site = TwoAccounts::site().await;
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
        let json = get(path).of(&site.router).await;
        json.assert_error(400, "invalid_callback_request");
        let page = navigate("cross-site", path).of(&site.router).await;
        page.assert_page(400);
        assert!(!page.body.contains("<script"), "{path}");
        assert_eq!(page.set_cookies(), [""; 0], "{path}");
    }
    assert!(site.network.requests().is_empty());
}
