//! `/oauth/logout`: which requests sign out, and what is left afterwards.

mod server;

use atproto_oauth::testing::{Endpoint, Fault};

use crate::app::harness::hooked::Hooks;
use crate::app::harness::person::*;
use crate::app::harness::site::Site;
use crate::app::harness::two_accounts::TwoAccounts;
use crate::support::Ahead;

/// `GET` ends a session only for a person's own click, said in full; all else is asked first.
#[tokio::test]
async fn never_a_sign_out_by_a_link_of_another_site() {
    let site = Site::new().await;
    let mut person = site.signed_in("alice.test").await;
    let path = "/oauth/logout";
    let mut asks = vec![
        get(path),
        api(path),
        navigate("cross-site", path),
        navigate("same-site", path),
        navigate("none", path),
        click(path).without("sec-fetch-user"),
        click(path).replace("sec-fetch-user", "?0"),
        click(path).header("sec-fetch-user", "?1"),
        click(path).header("sec-fetch-site", "same-origin"),
        click(path).header("sec-purpose", "prefetch"),
        click(path).header("purpose", "prefetch"),
        click(path).header("x-moz", "prefetch"),
        click(path).method("HEAD"),
        get(path).header("origin", "http://127.0.0.1:3000"),
        get(path).header("referer", "http://127.0.0.1:3000/"),
    ];
    for name in ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"] {
        asks.push(click(path).without(name));
    }
    for mode in ["cors", "no-cors", "same-origin"] {
        asks.push(click(path).replace("sec-fetch-mode", mode));
    }
    for dest in ["image", "iframe", "empty", "script"] {
        asks.push(click(path).replace("sec-fetch-dest", dest));
    }
    site.network.forget_requests();
    for ask in asks {
        let answer = person.send(ask.clone()).await;
        assert_eq!(answer.status, 200, "{ask:?}");
        assert!(answer.set_cookies().is_empty(), "{ask:?}");
        if !format!("{ask:?}").contains("HEAD") {
            assert!(answer.page().contains("Sign out?"), "{answer:?}");
            assert!(answer.page().contains("alice.test"));
        }
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
    }
    assert_eq!(person.read("/").await, "alice.test");
    assert!(site.network.requests().is_empty());

    // The form of that page does it; so does a plain link, as the seed has it.
    let page = person.send(navigate("cross-site", path)).await;
    let key = page.body.split("name=\"session\" value=\"").nth(1).unwrap();
    let key = key.split('"').next().unwrap();
    let answer = person.send(submit(path, &[("session", key)])).await;
    assert_eq!((answer.status, answer.location()), (303, "/"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(person.session_cookie(), None);
    person.sign_in(&site.network, "alice.test").await;
    let answer = person.send(click(path)).await;
    assert_eq!((answer.status, answer.location()), (303, "/"));
    assert_eq!(person.session_cookie(), None);
}

/// A POST of another site's page does nothing.
#[tokio::test]
async fn never_a_sign_out_by_a_form_of_another_site() {
    let site = Site::new().await;
    let mut person = site.signed_in("alice.test").await;
    let post = submit("/oauth/logout", &[]);
    let bad = [
        post.clone().replace("sec-fetch-site", "cross-site"),
        post.clone().replace("sec-fetch-site", "same-site"),
        post.clone().without("sec-fetch-site").without("origin"),
        post.clone()
            .without("sec-fetch-site")
            .replace("origin", "null"),
        post.without("sec-fetch-site")
            .replace("origin", "https://evil.example"),
    ];
    for ask in bad {
        let answer = person.send(ask.clone()).await;
        assert_eq!(answer.status, 403, "{ask:?}");
        assert!(answer.page().contains("cross_site_request"));
        assert!(answer.set_cookies().is_empty());
    }
    assert_eq!(person.read("/").await, "alice.test");
}

/// The session is gone before the hook runs; the hook knows whose it was and who is active now.
#[tokio::test]
async fn the_hook_runs_after_the_session_is_gone() {
    let site = Hooks::new().await;
    let mut person = site.person();
    let (alice, bob) = (site.did("alice.test"), site.did("bob.test"));
    person.sign_in(&site.network, "alice.test").await;
    person.sign_in(&site.network, "bob.test").await;
    site.notes.take();
    let answer = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!((answer.status, answer.location()), (303, "/bye"));
    let line = format!("out Some(\"{bob}\"), 1 gone, 0 alive, active Some(\"alice.test\")");
    assert_eq!(site.notes.take(), [line]);
    assert!(person.session_cookie().is_some());
    assert_eq!(person.read("/").await, "alice.test");

    let answer = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(answer.location(), "/bye");
    assert_eq!(
        site.notes.take(),
        [format!(
            "out Some(\"{alice}\"), 1 gone, 0 alive, active None"
        )]
    );
    assert_eq!(person.session_cookie(), None);

    // Signed out already: nothing to do, and the hook is told so.
    for ask in [submit("/oauth/logout", &[]), click("/oauth/logout")] {
        assert_eq!(person.send(ask).await.status, 303);
        assert_eq!(
            site.notes.take(),
            ["out None, 0 gone, 0 alive, active None"]
        );
    }
}

/// `?all=true`, in the address or in the form: every account of this browser, none of another.
#[tokio::test]
async fn all_accounts_of_one_browser() {
    let site = Hooks::new().await;
    let all = [
        submit("/oauth/logout?all=true", &[]),
        submit("/oauth/logout", &[("all", "true")]),
        click("/oauth/logout?all=true"),
        submit("/oauth/logout?all=true", &[]).without("content-type"),
    ];
    let mut other = site.signed_in("alice.test").await;
    for ask in all {
        let mut person = site.holding(&["alice.test", "bob.test"]).await;
        site.notes.take();
        assert_eq!(person.send(ask.clone()).await.status, 303, "{ask:?}");
        let [line] = &site.notes.take()[..] else {
            panic!("{ask:?}")
        };
        assert!(line.ends_with("2 gone, 0 alive, active None"), "{line}");
        assert_eq!(person.session_cookie(), None);
        assert_eq!(site.sessions("alice.test").await, (1, 1));
        assert_eq!(site.sessions("bob.test").await, (0, 0));
    }
    assert_eq!(other.read("/").await, "alice.test");
}

/// The page of an old tab names a session that another has replaced: it signs that account out all the
/// same, and no other.
#[tokio::test]
async fn the_form_of_an_old_tab_signs_its_account_out() {
    let site = Site::new().await;
    let mut person = site.signed_in("alice.test").await;
    let page = person.send(navigate("none", "/oauth/logout")).await;
    let key = page.body.split("name=\"session\" value=\"").nth(1).unwrap();
    let key = key.split('"').next().unwrap().to_owned();
    person.sign_in(&site.network, "alice.test").await;
    person.sign_in(&site.network, "bob.test").await;
    let answer = person
        .send(submit("/oauth/logout", &[("session", &key)]))
        .await;
    assert_eq!(answer.status, 303);
    assert_eq!(person.read("/").await, "bob.test");
    assert_eq!(person.read("/held").await.lines().count(), 1);
}

/// The key that the page's own form carries.
async fn key(person: &mut Person) -> String {
    let form = person.read("/form").await;
    let key = form
        .split("value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(
        form.contains("method=\"post\" action=\"/oauth/logout\""),
        "{form}"
    );
    key.to_owned()
}

/// TK-16: gone for every request, then revoked.
#[tokio::test]
async fn the_form_signs_out() {
    let site = TwoAccounts::site().await;
    let mut person = site.signed_in("alice.test").await;
    let (key, cookies) = (key(&mut person).await, person.cookies());
    let gone = person
        .send(submit("/oauth/logout", &[("session", &key)]))
        .await;
    assert_eq!(gone.status, 200);
    assert!(gone.body.ends_with("left, none is active"), "{}", gone.body);
    assert_eq!(person.cookies(), "", "the cookie is cleared");
    assert_eq!(
        get("/")
            .header("cookie", &cookies)
            .of(&site.router)
            .await
            .body,
        "signed out"
    );
    let key = key
        .parse::<atproto_oauth::SessionKey<TwoAccounts>>()
        .unwrap();
    assert!(site.client.session(&key).await.unwrap_err().needs_login());
    assert_eq!(site.network.sessions_of(key.did()), 0);
    assert!(!site.network.requests_to(Endpoint::Revocation).is_empty());
}

/// `never_logout_by_cross_site_get`: anything but a person's own click is asked first.
#[tokio::test]
async fn never_logout_by_cross_site_get() {
    let site = TwoAccounts::site().await;
    let cookie = site.signed_in("alice.test").await.cookies();
    for path in ["/oauth/logout", "/oauth/logout?all=true"] {
        for ask in [
            get(path),
            navigate("cross-site", path),
            get(path)
                .header("sec-fetch-site", "cross-site")
                .header("sec-fetch-dest", "image"),
            click(path).header("sec-purpose", "prefetch"),
        ] {
            let page = ask.header("cookie", &cookie).of(&site.router).await;
            page.assert_page(200);
            assert!(
                page.body
                    .contains("method=\"post\" action=\"/oauth/logout\"")
            );
            assert!(page.body.contains("did:plc:"), "the form names the session");
            assert_eq!(page.body.contains("name=\"all\""), path.contains("all"));
        }
    }
    assert_eq!(
        get("/")
            .header("cookie", &cookie)
            .of(&site.router)
            .await
            .body,
        "alice.test"
    );
    assert!(site.network.requests_to(Endpoint::Revocation).is_empty());
    let gone = click("/oauth/logout")
        .header("cookie", &cookie)
        .of(&site.router)
        .await;
    assert_eq!(gone.header("x-left"), "1");
    assert_eq!(
        get("/")
            .header("cookie", &cookie)
            .of(&site.router)
            .await
            .body,
        "signed out"
    );
}

/// `never_a_logout_that_fails_when_the_server_is_down` (scenario 48): here at once, there later.
#[tokio::test]
async fn never_a_logout_that_waits_for_a_server() {
    let site = TwoAccounts::site().await;
    let mut person = site.signed_in("alice.test").await;
    site.network
        .misbehave(Fault::status(Endpoint::Revocation, 500));
    let gone = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(gone.header("x-left"), "1");
    assert_eq!(person.read("/").await, "signed out");
    // Again, by the same page in another tab, and without a session.
    let again = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(again.header("x-left"), "0");
    assert_eq!(again.body, "none left, none is active");
}

/// A form that was made for one account never signs out another; one of another browser signs out none.
#[tokio::test]
async fn a_form_signs_out_whom_it_names() {
    let site = TwoAccounts::site().await;
    let mut person = site.signed_in("alice.test").await;
    let alice = key(&mut person).await;
    person.sign_in(&site.network, "bob.test").await;
    let gone = person
        .send(submit("/oauth/logout", &[("session", &alice)]))
        .await;
    let bob = site.did("bob.test");
    assert!(
        gone.body.ends_with(&format!("left, {bob} is active")),
        "{}",
        gone.body
    );
    assert_eq!(person.read("/me").await, "bob.test");
    // The same form again: people click twice.
    let again = person
        .send(submit("/oauth/logout", &[("session", &alice)]))
        .await;
    assert_eq!(again.status, 200);
    assert_eq!(person.read("/me").await, "bob.test");

    let mut other = site.signed_in("alice.test").await;
    let theirs = key(&mut other).await;
    for (key, status) in [(&*theirs, 404), ("nonsense", 404)] {
        let refused = person
            .send(submit("/oauth/logout", &[("session", key)]))
            .await;
        assert_eq!(refused.status, status);
    }
    assert_eq!(other.read("/me").await, "alice.test");
    assert_eq!(person.read("/me").await, "bob.test");
}

/// `never_a_logout_that_orphans_the_others`; the newest that remains becomes active.
#[tokio::test]
async fn one_account_or_all_of_them() {
    let site = TwoAccounts::site().await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    let gone = person.send(submit("/oauth/logout", &[])).await;
    let alice = site.did("alice.test");
    assert!(
        gone.body.ends_with(&format!("{alice} is active")),
        "{}",
        gone.body
    );
    assert_eq!(person.read("/me").await, "alice.test");
    person.sign_in(&site.network, "bob.test").await;
    let gone = person.send(submit("/oauth/logout?all=true", &[])).await;
    assert_eq!(gone.header("x-left"), "2");
    assert_eq!(person.cookies(), "");
    for account in site.network.accounts() {
        assert_eq!(site.network.sessions_of(&account.did), 0);
        assert!(
            site.client
                .sessions_of(&account.did)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

/// Scenario 50: two browsers.
#[tokio::test]
async fn the_other_browser_stays_signed_in() {
    let site = TwoAccounts::site().await;
    let (mut here, mut there) = (site.person(), site.person());
    here.sign_in(&site.network, "alice.test").await;
    there.sign_in(&site.network, "alice.test").await;
    here.send(submit("/oauth/logout", &[])).await;
    assert_eq!(here.read("/").await, "signed out");
    assert_eq!(there.read("/").await, "alice.test");
    let did = site.did("alice.test");
    assert_eq!(site.client.revoke_all(&did).await.unwrap(), 1);
    assert_eq!(there.read("/").await, "signed out");
}

#[tokio::test]
async fn without_a_hook_it_leads_home() {
    use atproto_oauth::prelude::*;
    #[atproto_oauth(callback = back)]
    #[derive(Clone)]
    struct Plain {
        oauth: OAuthClient,
    }
    async fn back(login: Login<Plain>) -> String {
        login.did().to_string()
    }
    let router = |oauth| Plain::oauth_routes().with_state(Plain { oauth });
    let site = Site::of::<Plain>(&Ahead::default(), |builder| builder, router).await;
    let mut person = site.person();
    let answer = person.try_sign_in(&site.network, "alice.test").await;
    assert_eq!(answer.body, site.did("alice.test").as_str());
    person
        .send(submit("/oauth/logout", &[]))
        .await
        .assert_see_other("/");
    assert_eq!(person.cookies(), "");
}
