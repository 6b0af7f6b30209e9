//! The person in Chromium.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::support::{Browser, Network, pushed_request};

/// An application as small as it can be: its callback shows what it was given.
async fn application() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let came_back = get(|uri: axum::http::Uri| async move {
        Html(format!(
            "<h1>back</h1><p>{}</p>",
            uri.query().unwrap_or_default()
        ))
    });
    let broken = Html("<script>throw Error('broken')</script><noscript>no scripts</noscript>");
    let home = get(move || async move { broken });
    let app = Router::new().route("/callback", came_back).route("/", home);
    tokio::spawn(async { axum::serve(listener, app).await });
    origin
}

#[tokio::test]
#[ignore = "left out: needs the reference server and Chromium; `tests/run` brings them"]
async fn signs_in_on_the_servers_own_pages() {
    let network = Network::shared();
    let callback = format!("{}/callback", application().await);
    let mut browser = Browser::open(network).await;

    browser
        .goto(pushed_request(network, &callback).await.as_str())
        .await;
    browser.allow(network.account("alice")).await;
    browser.wait_for_url("**/callback?*").await;
    assert_eq!(browser.text("h1").await, "back");
    assert!(browser.url().await.contains("code=cod-"));

    browser
        .goto(pushed_request(network, &callback).await.as_str())
        .await;
    browser.deny(network.account("alice")).await;
    browser.wait_for_url("**/callback?*").await;
    assert!(browser.text("p").await.contains("error=access_denied"));
    browser.close().await;
}

#[tokio::test]
#[ignore = "left out: needs the reference server and Chromium; `tests/run` brings them"]
async fn can_have_scripts_switched_off() {
    let network = Network::shared();
    let origin = application().await;
    let mut browser = Browser::without_scripts(network).await;
    assert_eq!(browser.goto(&origin).await, 200);
    assert_eq!(browser.text("body").await, "no scripts");
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.close().await;

    let mut browser = Browser::open(network).await;
    browser.goto(&origin).await;
    assert_eq!(browser.complaints().await, ["Error: broken"]);
    browser.close().await;
}

#[tokio::test]
#[ignore = "left out: needs the reference server and Chromium; `tests/run` brings them"]
#[should_panic(expected = "ERR_NAME_NOT_RESOLVED")]
async fn reaches_nothing_but_loopback() {
    let mut browser = Browser::open(Network::shared()).await;
    browser.goto("https://elsewhere.example/").await;
}

#[tokio::test]
#[ignore = "left out: needs the reference server and Chromium; `tests/run` brings them"]
async fn reaches_the_names_of_production() {
    let network = Network::boot(&["--tls"]);
    let mut browser = Browser::open(&network).await;
    let handle = &network.account("alice").handle;
    browser
        .goto(&format!("https://{handle}/.well-known/atproto-did"))
        .await;
    assert_eq!(browser.text("body").await, network.account("alice").did);
    browser.close().await;
}
