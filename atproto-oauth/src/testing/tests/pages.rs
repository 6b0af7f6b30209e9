//! The pages, seen from a browser.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::client::Client;
use super::web::{parameter, send};
use crate::testing::TestNetwork;

const EXPIRED: &str = "This request has expired.";
const ELSEWHERE: &str = "This request was initiated from another device.";

/// Scenario 24, CB-04: every way back names the issuer and the state.
#[tokio::test]
async fn a_person_says_no() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    let callback = network.deny(&url).await.unwrap();
    assert_eq!(parameter(&callback, "error").unwrap(), "access_denied");
    assert_eq!(parameter(&callback, "iss").unwrap(), network.issuer());
    assert_eq!(parameter(&callback, "state").unwrap(), client.state);
    assert_eq!(parameter(&callback, "code"), None);
    assert!(
        network.approve(&url, "alice.test").await.is_err(),
        "the request is used up"
    );
}

/// AR-05: a request leads back once.
#[tokio::test]
async fn a_request_is_used_once() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    let mut browser = network.browser();
    browser.approve(&url, "alice.test").await.unwrap();
    let error = browser.approve(&url, "alice.test").await.unwrap_err();
    assert!(
        error
            .server_said()
            .unwrap()
            .contains("unknown, or was used before"),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_expired_request_leads_back_with_an_error() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    network.expire_requests();
    let callback = network.approve(&url, "alice.test").await.unwrap();
    assert_eq!(parameter(&callback, "error").unwrap(), "access_denied");
    assert_eq!(parameter(&callback, "error_description").unwrap(), EXPIRED);
    assert!(network.approve(&url, "alice.test").await.is_err());
}

#[tokio::test]
async fn a_request_belongs_to_the_browser_that_opened_it() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    let mut first = network.browser();
    assert_eq!(first.open(&url).await.unwrap(), None, "a page");
    assert_eq!(first.open(&url).await.unwrap(), None, "reloaded");
    let callback = network.browser().open(&url).await.unwrap().unwrap();
    assert_eq!(
        parameter(&callback, "error_description").unwrap(),
        ELSEWHERE
    );
    assert!(
        first.approve(&url, "alice.test").await.is_err(),
        "the request is gone"
    );
}

/// SC-16: unticked, unknown and expanded permissions.
#[tokio::test]
async fn the_granted_scope_differs_from_the_requested_one() {
    let network = TestNetwork::start().await.unwrap();
    network.publish_permission_set("app.test.basic", &["repo:app.test.note"]);
    let scope = "atproto repo:app.test.other blob:*/* made:up include:app.test.basic";
    let mut client = Client::new(&network, scope);
    let url = client.start().await;
    let ticked = ["blob:*/*", "made:up", "include:app.test.basic"];
    let callback = network
        .approve_with(&url, "alice.test", &ticked)
        .await
        .unwrap();
    let tokens = client.redeem(&parameter(&callback, "code").unwrap()).await;
    assert_eq!(tokens.body["scope"], "atproto blob:*/* repo:app.test.note");
    let mut unpublished = Client::new(&network, "atproto include:app.test.other");
    assert_eq!(unpublished.push().await.error(), "invalid_scope");
}

#[tokio::test]
async fn a_wrong_person_or_password_gets_no_further() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    let mut browser = network.browser();
    let error = browser.approve(&url, "bob.test").await.unwrap_err();
    let said = error.server_said();
    assert_eq!(said, Some("Wrong handle or password."), "hosted elsewhere");
    assert!(browser.approve(&url, "unknown.test").await.is_err());
    let right = browser.approve(&url, "alice.test").await;
    assert!(right.is_ok(), "{right:?}");
}

/// A public client always needs consent; a confidential one only the first time.
#[tokio::test]
async fn a_remembered_account_signs_in_silently() {
    let network = TestNetwork::start().await.unwrap();
    let mut browser = network.browser().remember();
    for expected in [None, Some(())] {
        let mut client = Client::web(&network, "atproto");
        let url = client.start().await;
        let away = browser.open(&url).await.unwrap();
        assert_eq!(away.as_ref().map(|_| ()), expected);
        let callback = match away {
            Some(callback) => callback,
            None => browser.approve(&url, "alice.test").await.unwrap(),
        };
        assert!(parameter(&callback, "code").is_some(), "{callback}");
    }
    let mut public = Client::new(&network, "atproto");
    let url = public.start().await;
    assert_eq!(browser.open(&url).await.unwrap(), None, "asks");
    let mut strict = Client::web(&network, "atproto").with("prompt", "login");
    let url = strict.start().await;
    assert_eq!(browser.open(&url).await.unwrap(), None, "asks");

    let mut silent = Client::web(&network, "atproto").with("prompt", "none");
    let url = silent.start().await;
    let callback = browser.open(&url).await.unwrap().unwrap();
    assert!(parameter(&callback, "code").is_some(), "{callback}");
    let mut silent = Client::web(&network, "atproto").with("prompt", "none");
    let url = silent.start().await;
    let callback = network.browser().open(&url).await.unwrap().unwrap();
    assert_eq!(parameter(&callback, "error").unwrap(), "login_required");
    let mut silent = Client::web(&network, "atproto blob:*/*").with("prompt", "none");
    let url = silent.start().await;
    let callback = browser.open(&url).await.unwrap().unwrap();
    assert_eq!(parameter(&callback, "error").unwrap(), "consent_required");
}

#[tokio::test]
async fn a_person_chooses_among_accounts() {
    let network = TestNetwork::start().await.unwrap();
    let mut browser = network.browser().remember();
    for handle in ["alice.test", "bob.test"] {
        let mut client = Client::new(&network, "atproto").with("prompt", "login");
        let url = client.start().await;
        browser.approve(&url, handle).await.unwrap();
    }
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    let callback = browser.approve(&url, "bob.test").await.unwrap();
    let tokens = client.redeem(&parameter(&callback, "code").unwrap()).await;
    let bob = network.account("bob.test").unwrap().did;
    assert_eq!(tokens.body["sub"], bob.as_str());
}

#[tokio::test]
async fn a_person_signs_up() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto").with("prompt", "create");
    let url = client.start().await;
    let callback = network.approve(&url, "dora.test").await.unwrap();
    let tokens = client.redeem(&parameter(&callback, "code").unwrap()).await;
    let dora = network.account("dora.test").unwrap();
    assert_eq!(tokens.body["sub"], dora.did.as_str());
    let mut again = Client::new(&network, "atproto").with("prompt", "create");
    let url = again.start().await;
    let error = network.approve(&url, "dora.test").await.unwrap_err();
    assert!(
        error.server_said().unwrap().contains("is taken"),
        "{error:?}"
    );
}

/// AR-03, and everything that is not a person's navigation.
#[tokio::test]
async fn the_authorize_address_is_for_browsers() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    let bare = send(Request::get(&url).body(Bytes::new()).unwrap()).await;
    assert_eq!(bare.status(), 400);
    for extra in ["&scope=atproto", "&state=x", "&client_id=x"] {
        let error = network
            .browser()
            .open(&format!("{url}{extra}"))
            .await
            .unwrap_err();
        assert!(
            error.server_said().unwrap().contains("nothing else"),
            "{extra}"
        );
    }
    let page = open(&url).await;
    let html = String::from_utf8_lossy(page.body()).into_owned();
    assert!(html.contains("<form method=\"post\"") && !html.contains("<script"));
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert_eq!(page.headers()["referrer-policy"], "same-origin");
    let style = format!("{}/oauth/authorize/style.css", network.issuer());
    assert_eq!(
        send(Request::get(style).body(Bytes::new()).unwrap())
            .await
            .status(),
        200
    );
}

async fn open(url: &str) -> http::Response<Bytes> {
    let request = Request::get(url)
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .body(Bytes::new());
    send(request.unwrap()).await
}

/// A form counts only from the server's own page, in the browser it was made for.
#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    let page = open(&url).await;
    let cookie = page.headers()["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let form = crate::testing::html::form(&String::from_utf8_lossy(page.body())).unwrap();
    let token = form.fields.iter().find(|(name, _)| name == "form_token");
    let post = |site: &'static str, origin: &str, cookie: &str, token: &str| {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("request_uri", &parameter(&url, "request_uri").unwrap())
            .append_pair("form_token", token)
            .append_pair("identifier", "alice.test")
            .append_pair("password", "alice-pass")
            .finish();
        let request = Request::post(format!("{}/oauth/authorize/sign-in", network.issuer()))
            .header("sec-fetch-site", site)
            .header("origin", origin)
            .header("cookie", cookie);
        send(request.body(body.into()).unwrap())
    };
    let (token, own) = (&token.unwrap().1, network.issuer());
    assert_eq!(post("cross-site", own, &cookie, token).await.status(), 400);
    assert_eq!(
        post("same-origin", "https://evil.dev", &cookie, token)
            .await
            .status(),
        400
    );
    assert_eq!(post("same-origin", own, "", token).await.status(), 400);
    assert_eq!(
        post("same-origin", own, &cookie, "guess").await.status(),
        400
    );
    assert_eq!(post("same-origin", own, &cookie, token).await.status(), 303);
}

/// CB-06: what a client calls itself is text.
#[tokio::test]
async fn names_are_escaped() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto").with("login_hint", "alice.test");
    let url = client.start().await;
    let html = String::from_utf8_lossy(open(&url).await.body()).into_owned();
    assert!(html.contains("An &lt;Application&gt;"), "{html}");
    assert!(html.contains("value=\"alice.test\""), "{html}");
    assert_eq!(json!(html.matches("<Application>").count()), json!(0));
}
