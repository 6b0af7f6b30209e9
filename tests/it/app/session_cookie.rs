//! The session cookie: what it is, when it changes, and what a stolen or planted one is worth.

use std::time::Duration;

use crate::app::harness::person::*;
use crate::app::harness::site::Site;
use crate::app::harness::two_accounts::TwoAccounts;
use crate::support::Ahead;

/// The cookie in development: an opaque random id and nothing of the session.
#[tokio::test]
async fn the_session_cookie_is_a_random_id() {
    let site = Site::new().await;
    let (mut person, address) = site.approved("alice.test").await;
    let answer = person.come_back(&address).await;
    let cookies = answer.set_cookies();
    let cookie = cookies
        .iter()
        .find(|cookie| cookie.contains("+session="))
        .unwrap();
    let mut parts: Vec<_> = cookie.split("; ").collect();
    let (name, value) = parts.remove(0).split_once('=').unwrap();
    assert_eq!(name, "oauth+3000+session");
    assert_eq!(value.len(), 43);
    parts.sort_unstable();
    assert_eq!(
        parts,
        ["HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=Lax"]
    );

    // Neither the state nor the key, in either direction.
    let did = site.did("alice.test");
    let key = site.client.sessions_of(&did).await.unwrap().remove(0).key;
    assert!(!key.to_string().contains(value) && !address.contains(value));
}

/// CB-18, scenario 25: a sign-in gives a new id, so an id from before is worth nothing.
#[tokio::test]
async fn cb_18_never_an_id_that_was_there_before() {
    let site = Site::new().await;
    let planted = "A".repeat(43);
    let mut victim = site.person();
    victim
        .jar
        .insert("oauth+3000+session".into(), planted.clone());
    victim.sign_in(&site.network, "alice.test").await;
    assert_ne!(victim.session_cookie(), Some(&*planted));
    let with = |id: &str| click("/").header("cookie", &format!("oauth+3000+session={id}"));
    assert_eq!(with(&planted).of(&site.router).await.body, "signed out");

    // Neither is the id of a session of the attacker's own that the victim was given.
    let mut attacker = site.signed_in("bob.test").await;
    let known = attacker.session_cookie().unwrap().to_owned();
    let mut victim = site.person();
    victim
        .jar
        .insert("oauth+3000+session".into(), known.clone());
    victim.sign_in(&site.network, "alice.test").await;
    assert_eq!(attacker.read("/").await, "bob.test");
    assert!(
        !attacker
            .read("/held")
            .await
            .contains(site.did("alice.test").as_str())
    );
    site.clock.by(Duration::from_secs(31));
    assert_eq!(with(&known).of(&site.router).await.body, "signed out");
}

/// Requests that are on their way when the id changes are answered for 30 seconds.
#[tokio::test]
async fn cb_18_the_old_id_lives_on_for_half_a_minute() {
    let site = Site::new().await;
    let mut first = site.signed_in("alice.test").await;
    let mut person = first.clone();
    person.sign_in(&site.network, "bob.test").await;
    assert_ne!(person.session_cookie(), first.session_cookie());
    assert_eq!(first.read("/").await, "alice.test");
    site.clock.by(Duration::from_secs(29));
    assert_eq!(first.read("/").await, "alice.test");
    assert_eq!(first.read("/private").await, "private: alice.test");
    site.clock.by(Duration::from_secs(2));
    assert_eq!(first.read("/").await, "signed out");
    assert_eq!(person.read("/").await, "bob.test");
}

/// The session of who signs in again is a new one, and the old id does not learn it. Nor do requests of
/// one account become those of another.
#[tokio::test]
async fn never_a_new_session_under_an_old_id() {
    let site = Site::new().await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    let mut old = person.clone();
    person.sign_in(&site.network, "bob.test").await;
    assert_eq!(old.read("/").await, "signed out");
    let alice = format!("{}\n", site.did("alice.test"));
    assert_eq!(old.read("/held").await, alice);
    assert_eq!(person.read("/").await, "bob.test");
}

/// Half a minute is half a minute: a sign-in with an old id does not turn it into a year.
#[tokio::test]
async fn a_sign_in_with_an_old_id_does_not_prolong_it() {
    let site = Site::new().await;
    let mut victim = site.signed_in("alice.test").await;
    for again in ["alice.test", "bob.test"] {
        let mut thief = victim.clone();
        victim.sign_in(&site.network, again).await;
        site.clock.by(Duration::from_secs(20));
        thief.sign_in(&site.network, "bob.test").await;
        site.clock.by(Duration::from_secs(20));
        let held = thief.read("/held").await;
        assert_eq!(held, format!("*{}\n", site.did("bob.test")));
    }
    let held = victim.read("/held").await;
    assert!(held.contains(site.did("alice.test").as_str()), "{held}");
    assert!(held.contains(site.did("bob.test").as_str()), "{held}");
}

/// Two tabs come back at once: the first has all accounts, and none of them in the other.
#[tokio::test]
async fn two_tabs_at_once_lose_no_account() {
    let site = Site::new().await;
    let mut first = site.signed_in("alice.test").await;
    let url = first.start("bob.test").await;
    let bob = site.network.approve(&url, "bob.test").await.unwrap();
    let mut second = first.clone();
    let url = second.start("alice.test").await;
    let alice = site.network.approve(&url, "alice.test").await.unwrap();
    first.come_back(&bob).await;
    second.come_back(&alice).await;
    let (bob, alice) = (site.did("bob.test"), site.did("alice.test"));
    assert_eq!(first.read("/held").await, format!("*{bob}\n{alice}\n"));
    assert_eq!(second.read("/held").await, format!("*{alice}\n"));
}

/// The old id dies with a sign-out too.
#[tokio::test]
async fn an_old_id_ends_with_a_sign_out() {
    let site = Site::new().await;
    let mut person = site.signed_in("alice.test").await;
    let mut old = person.clone();
    person.sign_in(&site.network, "alice.test").await;
    let answer = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(answer.status, 303);
    assert_eq!(person.session_cookie(), None);
    for jar in [&mut old, &mut person] {
        assert_eq!(jar.read("/").await, "signed out");
    }
}

/// Ids are random, long and nothing else; what is not one is no session.
#[tokio::test]
async fn a_forged_id_is_no_session() {
    let site = Site::new().await;
    let person = site.signed_in("alice.test").await;
    let id = person.session_cookie().unwrap().to_owned();
    let did = site.did("alice.test");
    let (start, rest) = id.split_at(1);
    let other = if start == "A" { "B" } else { "A" };
    let forged = [
        String::new(),
        "0".repeat(43),
        "A".repeat(43),
        format!("{other}{rest}"),
        format!("{id}A"),
        rest.to_owned(),
        id.to_uppercase(),
        format!("\"{id}\""),
        format!("{id}%00"),
        did.to_string(),
        format!("{did}:{id}"),
        "../../etc/passwd".into(),
        "x".repeat(8_000),
    ];
    for value in forged {
        let cookie = format!("oauth+3000+session={value}");
        let answer = click("/").header("cookie", &cookie).of(&site.router).await;
        assert_eq!(answer.body, "signed out", "{value}");
        let answer = api("/private")
            .header("cookie", &cookie)
            .of(&site.router)
            .await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (401, "not_signed_in"),
            "{value}"
        );
    }
    // Nor is an unsigned header of any other kind.
    for name in ["authorization", "x-did", "x-session", "dpop"] {
        let answer = click("/")
            .header(name, &format!("DPoP {id}"))
            .of(&site.router)
            .await;
        assert_eq!(answer.body, "signed out");
    }
    let other_port = click("/").header("cookie", &format!("oauth+4000+session={id}"));
    assert_eq!(other_port.of(&site.router).await.body, "signed out");
}

/// A month without a visit, a year with visits: then it is over.
#[tokio::test]
async fn a_browser_is_forgotten() {
    let day = Duration::from_hours(24);
    let site = Site::new().await;
    let mut idle = site.signed_in("alice.test").await;
    let kept = idle.clone();
    site.clock.by(day * 13);
    // The public client's session lasts two weeks at most, so only the cookie's own end is tested.
    assert_eq!(idle.read("/held").await.lines().count(), 1);
    site.clock.by(day * 31);
    assert_eq!(idle.read("/held").await, "");
    assert_eq!(kept.clone().read("/held").await, "");
}

/// The id before a sign-in ends soon after it.
#[tokio::test]
async fn the_old_id_ends_after_30_seconds() {
    let clock = Ahead::default();
    let site = Site::of::<TwoAccounts>(&clock, |builder| builder, TwoAccounts::router).await;
    let mut person = site.signed_in("alice.test").await;
    let old = person.cookies();
    person.sign_in(&site.network, "bob.test").await;
    let me = async |cookie: &str| {
        get("/")
            .header("cookie", cookie)
            .of(&site.router)
            .await
            .body
    };
    clock.by(Duration::from_secs(25));
    assert_eq!(me(&old).await, "alice.test");
    clock.by(Duration::from_secs(10));
    assert_eq!(me(&old).await, "signed out");
    assert_eq!(me(&person.cookies()).await, "bob.test");
}

/// 30 days without a visit; a year after signing in, however often.
#[tokio::test]
async fn a_browser_is_forgotten_after_a_month_without_a_visit() {
    let clock = Ahead::default();
    let site = Site::of::<TwoAccounts>(&clock, |builder| builder, TwoAccounts::router).await;
    let mut person = site.signed_in("alice.test").await;
    let count = async |person: &mut Person| person.read("/list").await.lines().count();
    clock.by(Duration::from_hours(24 * 29));
    assert_eq!(count(&mut person).await, 1);
    // The visit is written down by a task, which runs when this one waits.
    tokio::task::yield_now().await;
    clock.by(Duration::from_hours(24 * 29));
    assert_eq!(count(&mut person).await, 1);
    tokio::task::yield_now().await;
    clock.by(Duration::from_hours(24 * 31));
    assert_eq!(count(&mut person).await, 0);
}
