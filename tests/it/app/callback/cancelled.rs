//! A person who said no at the authorization server.

use crate::app::harness::person::*;
use crate::app::harness::site::Site;

/// The person said no: a page that says so, with a way back to what they were doing.
#[tokio::test]
async fn a_person_who_cancels_finds_the_way_back() {
    let site = Site::new().await;
    let mut person = site.person();
    let fields = [("handle", "alice.test"), ("return_to", "/notes?page=2")];
    let answer = person.send(submit("/oauth/login", &fields)).await;
    let address = site.network.deny(answer.location()).await.unwrap();
    site.network.forget_requests();
    let jar = person.jar.clone();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 403);
    answer.assert_private();
    let page = answer.page();
    assert!(page.contains("You cancelled"), "{page}");
    assert!(
        page.contains("href=\"/oauth/login?return_to=%2Fnotes%3Fpage%3D2\""),
        "{page}"
    );
    assert!(page.contains("href=\"/\""), "{page}");
    assert_eq!((person.pending(), person.session_cookie()), (0, None));
    // The request is used up.
    person.jar = jar;
    assert!(
        person
            .come_back(&address)
            .await
            .page()
            .contains("invalid_callback_request")
    );
    assert!(site.network.requests().is_empty());

    let mut program = site.person();
    let url = program.start("alice.test").await;
    let address = site.network.deny(&url).await.unwrap();
    let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
    let answer = program.send(api(path)).await;
    assert_eq!((answer.status, &*answer.code()), (403, "access_denied"));
    answer.assert_private();
}

/// CB-06, scenario 27: the other server's words are text, short, and without control characters.
#[tokio::test]
async fn cb_06_the_words_of_another_server_are_only_text() {
    let site = Site::new().await;
    let mut person = site.person();
    let url = person.start("alice.test").await;
    let address = site.network.deny(&url).await.unwrap();
    let evil = format!(
        "<script>alert(1)</script>\r\n\u{1b}[31m\u{202e}{}",
        "x".repeat(2_000)
    );
    let (before, _) = address
        .split_once("error_description=")
        .unwrap_or((&address, ""));
    let iss = super::binding::parameter(&address, "iss");
    let state = super::binding::parameter(&address, "state");
    assert!(before.starts_with("http://127.0.0.1:3000/oauth/callback?"));
    let fields = [
        ("error", "access_denied"),
        ("error_description", &*evil),
        ("iss", &*iss),
        ("state", &*state),
    ];
    let answer = person
        .send(navigate("cross-site", &link("/oauth/callback", &fields)))
        .await;
    assert_eq!(answer.status, 403);
    let page = answer.page();
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<script"),
        "{page}"
    );
    assert!(
        !page.contains('\u{1b}') && !page.contains(&"x".repeat(400)),
        "{page}"
    );
}
