//! A sign-in ends in the browser it began in.

use crate::app::harness::person::*;
use crate::app::harness::site::Site;

/// AR-14: what the cookie is like. It is none of what is in an address.
#[tokio::test]
async fn ar_14_the_cookie_of_a_started_sign_in() {
    let site = Site::new().await;
    let mut person = site.person();
    let answer = person
        .send(submit("/oauth/login", &[("handle", "alice.test")]))
        .await;
    let cookies = answer.set_cookies();
    let [cookie] = cookies.as_slice() else {
        panic!("{cookies:?}")
    };
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    assert!(name.starts_with("oauth+3000+signin+"), "{name}");
    let mut attributes: Vec<_> = attributes.split("; ").collect();
    attributes.sort_unstable();
    assert_eq!(
        attributes,
        ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax"]
    );

    let address = site
        .network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    let state = parameter(&address, "state");
    // AR-06: 256 random bits, and nothing of it in the cookie or the other way round.
    assert_eq!(state.len(), 43);
    assert!(!name.contains(&state) && !value.contains(&state));
    assert!(!answer.location().contains(&state));
    assert!(!address.contains(value.get(..43).unwrap()));
}

/// AR-14, scenario 18: an attacker's own answer, opened in another person's browser, begins no session, asks
/// no server, and does not use the request up.
#[tokio::test]
async fn ar_14_never_another_persons_sign_in() {
    let site = Site::new().await;
    let (mut attacker, address) = site.approved("bob.test").await;

    let mut signed_out = site.person();
    let mut starting = site.person();
    starting.start("alice.test").await;
    let mut member = site.signed_in("alice.test").await;
    // The right name with a value of one's own: all that a sibling domain could plant.
    let mut planted = site.person();
    for name in attacker.jar.keys() {
        planted
            .jar
            .insert(name.clone(), format!("{}.0", "A".repeat(43)));
    }
    for victim in [&mut signed_out, &mut starting, &mut member, &mut planted] {
        let before = victim.jar.clone();
        site.network.forget_requests();
        let answer = victim.come_back(&address).await;
        assert_eq!(answer.status, 400);
        assert!(answer.page().contains("invalid_callback_request"));
        answer.assert_private();
        assert!(site.network.requests().is_empty());
        assert_eq!(victim.session_cookie(), before_session(&before));
        let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
        let answer = victim.send(api(path)).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (400, "invalid_callback_request")
        );
    }
    assert_eq!(member.read("/").await, "alice.test");
    // The request is as it was: the browser that started it can finish it.
    assert_eq!(attacker.come_back(&address).await.status, 303);
    assert_eq!(attacker.read("/").await, "bob.test");
}

fn before_session(jar: &std::collections::BTreeMap<String, String>) -> Option<&str> {
    jar.iter()
        .find(|(name, _)| name.ends_with("+session"))
        .map(|(_, value)| value.as_str())
}

/// AR-15: two tabs, finished in either order.
#[tokio::test]
async fn ar_15_two_tabs_at_once() {
    for first_is_last in [false, true] {
        let site = Site::new().await;
        let mut person = site.person();
        let mut tabs = Vec::new();
        for handle in ["alice.test", "bob.test"] {
            let url = person.start(handle).await;
            tabs.push(site.network.approve(&url, handle).await.unwrap());
        }
        assert_eq!(person.pending(), 2);
        if first_is_last {
            tabs.reverse();
        }
        for address in &tabs {
            let answer = person.come_back(address).await;
            assert_eq!(answer.status, 303, "{answer:?}");
        }
        assert_eq!(person.pending(), 0);
        let active = if first_is_last {
            "alice.test"
        } else {
            "bob.test"
        };
        assert_eq!(person.read("/").await, active);
        assert_eq!(person.read("/held").await.lines().count(), 2);
    }
}

/// AR-15: a browser that starts and never finishes keeps eight cookies, the newest.
#[tokio::test]
async fn ar_15_at_most_eight_sign_ins_are_pending() {
    let site = Site::new().await;
    let mut person = site.person();
    let mut urls = Vec::new();
    for _ in 0..11 {
        urls.push(person.start("alice.test").await);
        site.clock.by(std::time::Duration::from_secs(1));
    }
    assert_eq!(person.pending(), 8);
    // The third has made room, the fourth is the oldest that is left.
    for (url, status) in [(&urls[2], 400), (&urls[3], 303), (&urls[10], 303)] {
        let address = site.network.approve(url, "alice.test").await.unwrap();
        assert_eq!(person.come_back(&address).await.status, status);
    }
}

/// Cookies of our name that are not ours take no place away.
#[tokio::test]
async fn planted_cookies_go_first() {
    let site = Site::new().await;
    let mut person = site.person();
    let url = person.start("alice.test").await;
    for number in 0..30 {
        let value =
            ["", "x", "\"", "99999999999999999999", &"9".repeat(200)][number % 5].to_owned();
        person
            .jar
            .insert(format!("oauth+3000+signin+{number:012}"), value);
    }
    person.start("alice.test").await;
    assert_eq!(person.pending(), 8);
    let address = site.network.approve(&url, "alice.test").await.unwrap();
    assert_eq!(person.come_back(&address).await.status, 303);
}

pub(crate) fn parameter(address: &str, name: &str) -> String {
    let url: url::Url = address.parse().unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).unwrap()
}
