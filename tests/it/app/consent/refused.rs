//! Requests that start nothing: what was sent, what programs ask, what others lead to.

use serde_json::Value;

use super::*;

const OWN: &str = "http://127.0.0.1:3000";

/// The way back that a link to consent has.
fn return_to(link: &str) -> String {
    let query = link.split_once('?').unwrap().1;
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let mut pairs = pairs.filter(|(name, _)| name == "return_to");
    pairs.next().unwrap().1.into_owned()
}

/// A form cannot be sent again by a link, so the way leads to the page that it stands on.
#[tokio::test]
async fn a_form_gets_a_page_that_leads_back_to_it() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let typed = [("text", "dear diary <3")];
    let post = submit("/write", &typed).header("referer", &format!("{OWN}/list?page=2"));
    site.network.forget_requests();
    let answer = person.send(post).await;
    let consent = assert_permission_page(&answer);
    let page = answer.page();
    for part in [
        "add records of the kind <code>com.example.note</code> in your account",
        "What you have just sent was not saved.",
        "href=\"/list?page=2\">Back to ",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("diary") && !page.contains("tried before"));
    assert_eq!(return_to(&consent), "/list?page=2");
    assert!(site.network.requests().is_empty(), "nothing was started");
    assert!(answer.set_cookies().is_empty());
    let url = follow(&mut person, &consent).await;
    let address = site.network.approve(&url, "alice.test").await.unwrap();
    assert_eq!(person.come_back(&address).await.location(), "/list?page=2");
    let answer = person.send(submit("/write", &typed)).await;
    assert_eq!(answer.body, "alice.test may");
}

#[tokio::test]
async fn the_way_back_is_a_page_of_this_site() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for referer in [
            None,
            Some("https://evil.example/x"),
            Some("http://127.0.0.1:3000.evil.example/x"),
            Some("http://127.0.0.1:3000//evil.example"),
            Some("http://127.0.0.1:3000/oauth/accounts"),
        ] {
            let mut ask = submit("/write", &[]).method(method);
            if let Some(referer) = referer {
                ask = ask.header("referer", referer);
            }
            let consent = assert_permission_page(&person.send(ask).await);
            assert_eq!(return_to(&consent), "/", "{method} {referer:?}");
        }
    }
    // A form that another site sent is no exception.
    let foreign = submit("/write", &[]).replace("sec-fetch-site", "cross-site");
    assert_permission_page(&person.send(foreign).await);
}

/// RU-06: whatever the address of the page is, one comes back to this site or to `/`.
#[tokio::test]
async fn ru_06_never_a_way_back_that_leads_away() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    for (path, expected) in [
        ("/a//b?x=//y", "/a//b?x=//y"),
        ("//evil.example/x", "/"),
        ("/%2fevil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("/oauth/unknown", "/"),
        ("/x/../oauth/logout", "/"),
        ("/%6fauth/unknown", "/"),
        (&format!("/{}", "a".repeat(3_000)), "/"),
    ] {
        // The page has its own link, after the first time.
        let ask = navigate("cross-site", path);
        let consent = assert_permission_page(&person.send(ask).await);
        assert_eq!(return_to(&consent), expected, "{path}");
        person.jar.retain(|name, _| !name.ends_with("+asked"));
        let answer = person.send(click(path)).await;
        assert_eq!(answer.status, 303, "{path}");
        assert_eq!(return_to(answer.location()), expected, "{path}");
    }
}

/// SC-15: a program is told which permissions, and where its person can allow them.
#[tokio::test]
async fn sc_15_a_program_is_told_what_is_missing() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    site.network.forget_requests();
    let fetch = |method| {
        api("/write")
            .method(method)
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-mode", "cors")
            .header("sec-fetch-dest", "empty")
            .header("referer", &format!("{OWN}/list"))
    };
    for (ask, page) in [
        // What was fetched is no page to come back to; where it was asked for is one, if it is known.
        (api("/write"), "/"),
        (crate::app::harness::person::get("/write"), "/"),
        (fetch("GET"), "/list"),
        (fetch("POST"), "/list"),
        (fetch("DELETE"), "/list"),
    ] {
        let answer = person.send(ask).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (403, "insufficient_scope")
        );
        assert_eq!(answer.header("www-authenticate"), "");
        assert!(answer.set_cookies().is_empty());
        let json: Value = serde_json::from_str(&answer.body).unwrap();
        let missing = ["repo:com.example.note?action=create"];
        assert_eq!(json["missing"], serde_json::json!(missing));
        let consent = json["consent"].as_str().unwrap();
        assert_eq!(return_to(consent), page);
    }
    assert!(site.network.requests().is_empty(), "nothing was started");
    let answer = person.send(api("/write").method("HEAD")).await;
    assert_eq!(answer.status, 403);
}

/// Only a person who comes by themselves is sent to consent.
#[tokio::test]
async fn only_a_click_of_the_person_starts_consent() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    site.network.forget_requests();
    let embedded = click("/write").replace("sec-fetch-dest", "iframe");
    for ask in [
        navigate("cross-site", "/write"),
        navigate("same-site", "/write"),
        click("/write").header("sec-purpose", "prefetch"),
        click("/write").header("sec-purpose", "prefetch;prerender"),
        click("/write").header("purpose", "prefetch"),
        click("/write").header("x-moz", "prefetch"),
        embedded,
        click("/write").method("HEAD"),
    ] {
        let answer = person.send(ask).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        assert!(answer.set_cookies().is_empty(), "{answer:?}");
    }
    // And the address of consent is worth nothing to another site.
    let consent = assert_permission_page(&person.send(navigate("cross-site", "/write")).await);
    let answer = person.send(navigate("cross-site", &consent)).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.page().contains("com.example.note"), "{answer:?}");
    assert!(site.network.requests().is_empty(), "nothing was started");
}

/// An application can answer by itself, with what our own page knows.
#[tokio::test]
async fn the_error_hook_knows_what_is_missing() {
    #[atproto_oauth(callback = done, error = sorry, optional_scopes = ["blob:*/*"])]
    #[derive(Clone)]
    struct Own {
        oauth: OAuthClient,
    }
    async fn done() {}
    async fn sorry(error: OAuthError) -> String {
        let (code, missing) = (error.code(), error.missing().join(" "));
        format!("{code} {missing} {}", error.consent().unwrap_or_default())
    }
    async fn upload(mut parts: Parts, app: Own) -> Result<(), Response> {
        let session: OwnSession = parts.extract_with_state(&app).await?;
        require(&parts, &app, &session, &["blob:image/png"]).await
    }
    let router = |oauth| {
        let own = Own { oauth };
        let state = own.clone();
        let page =
            any(move |request: axum::extract::Request| upload(request.into_parts().0, state));
        Own::oauth_routes().route("/upload", page).with_state(own)
    };
    let site = Site::of::<Own>(&Ahead::default(), |builder| builder, router).await;
    let mut person = site.person();
    let answer = person.try_sign_in(&site.network, "alice.test").await;
    assert_eq!(answer.status, 200);
    let answer = person.send(submit("/upload", &[])).await;
    let (told, consent) = answer.body.rsplit_once(' ').unwrap();
    assert_eq!(told, "insufficient_scope blob:image/png");
    assert_eq!(return_to(consent), "/");
    // A person's click needs no answer: it is led to consent.
    let url = led(&mut person, "/upload").await;
    let address = site.network.deny(&url).await.unwrap();
    let answer = person.come_back(&address).await;
    assert!(
        answer
            .body
            .starts_with("access_denied blob:*/* /oauth/login?"),
        "{answer:?}"
    );
}
