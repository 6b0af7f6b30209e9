use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http::request::Parts;

use super::{Context, app_name};
use crate::client::OAuthClient;
use crate::jose::random;
use crate::web::pages::DefaultPages;

async fn client(base_url: &str, name: Option<&str>) -> OAuthClient {
    let builder = OAuthClient::builder()
        .base_url(base_url)
        .secret(STANDARD.encode(random::<32>().unwrap()))
        .store_url("memory:");
    let builder = match name {
        Some(name) => builder.client_name(name),
        None => builder,
    };
    builder.build().await.unwrap()
}

fn parts(path: &str, accept: &str) -> Parts {
    let request = Request::builder().uri(path).header("accept", accept);
    request.body(()).unwrap().into_parts().0
}

fn of(parts: &Parts, client: &OAuthClient) -> Context {
    Context::new(parts, client, Arc::new(DefaultPages))
}

#[tokio::test]
async fn developers_are_told_more_on_their_own_machine_only() {
    let page = parts("/oauth/login", "text/html");
    let deployed = client("https://app.example.com", None).await;
    let loopback = client("http://127.0.0.1:3000", None).await;
    assert!(!of(&page, &deployed).development);
    assert!(of(&page, &loopback).development);
}

#[tokio::test]
async fn the_request_decides_on_the_form_of_the_answer() {
    let client = client("http://127.0.0.1:3000", None).await;
    let callback = of(
        &parts("/oauth/callback?code=x", "application/json"),
        &client,
    );
    assert!(callback.callback && !callback.wants_html);
    let login = of(&parts("/oauth/login", "text/html"), &client);
    assert!(!login.callback && login.wants_html);
    let login = login.return_to(Some("/a"));
    assert_eq!(login.return_to.as_deref(), Some("/a"));
}

#[tokio::test]
async fn an_application_is_called_by_its_name_or_its_host() {
    let named = client("https://app.example.com", Some("Paper Boats")).await;
    assert_eq!(app_name(&named), "Paper Boats");
    assert_eq!(
        app_name(&client("https://app.example.com", None).await),
        "app.example.com"
    );
    assert_eq!(
        app_name(&client("http://127.0.0.1:3000", None).await),
        "127.0.0.1"
    );
}
