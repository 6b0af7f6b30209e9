//! The person over plain HTTP.

use std::collections::HashMap;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use http::HeaderMap;
use reqwest::Url;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{Account, Decision, Network, User, pushed_request};

const CALLBACK: &str = "http://127.0.0.1:4999/callback";

fn parameters(url: &Url) -> HashMap<String, String> {
    assert!(url.as_str().starts_with(CALLBACK), "{url}");
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn signs_in_and_comes_back_with_a_code() {
    let network = Network::shared();
    let url = pushed_request(network, CALLBACK).await;
    let mut user = User::new(network);

    let page = user.visit(url.as_str()).await;
    assert_eq!(
        user.cookies_of("localhost"),
        ["csrf-token", "dev-id", "ses-id"]
    );
    let back = user
        .decide(page, Decision::Allow(network.account("alice")))
        .await
        .unwrap();

    let parameters = parameters(&back);
    assert_eq!(parameters["iss"], network.pds(0).issuer);
    assert_eq!(parameters["state"], "the-state");
    assert!(parameters["code"].starts_with("cod-"));
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn cannot_sign_in_with_a_wrong_password() {
    let network = Network::shared();
    let url = pushed_request(network, CALLBACK).await;
    let mallory = Account {
        password: "guessed".into(),
        ..network.account("alice").clone()
    };

    let refusal = User::new(network)
        .authorize(url.as_str(), Decision::Allow(&mallory))
        .await
        .unwrap_err();
    assert_eq!(
        (refusal.step, refusal.status.as_u16()),
        ("sign-in", 400),
        "{}",
        refusal.body
    );
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn can_say_no() {
    let network = Network::shared();
    let url = pushed_request(network, CALLBACK).await;
    let back = User::new(network)
        .authorize(url.as_str(), Decision::Deny)
        .await
        .unwrap();
    assert_eq!(parameters(&back)["error"], "access_denied");
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn can_agree_to_a_part_only() {
    let network = Network::shared();
    let url = pushed_request(network, CALLBACK).await;
    let does = Decision::AllowOnly(network.account("alice"), "atproto");
    let back = User::new(network)
        .authorize(url.as_str(), does)
        .await
        .unwrap();
    assert!(parameters(&back).contains_key("code"));
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn cannot_continue_in_another_browser() {
    let network = Network::shared();
    let url = pushed_request(network, CALLBACK).await;
    let page = User::new(network).visit(url.as_str()).await;
    assert_eq!(page.status, 200);
    let does = Decision::AllowAndStay(network.account("alice"));
    let back = User::new(network)
        .authorize(url.as_str(), does)
        .await
        .unwrap();
    assert_eq!(parameters(&back)["error"], "access_denied");
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn comes_too_late_for_an_expired_request() {
    let network = Network::boot(&[]);
    let url = pushed_request(&network, CALLBACK).await;
    network.control("expire-requests", json!({})).await;
    let does = Decision::Allow(network.account("alice"));
    let back = User::new(&network)
        .authorize(url.as_str(), does)
        .await
        .unwrap();
    assert_eq!(parameters(&back)["error"], "access_denied");
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn keeps_cookies_and_tells_where_a_form_came_from() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let seen = |headers: HeaderMap| async move {
        let of = |name| {
            headers
                .get(name)
                .map_or("none", |value| value.to_str().unwrap())
        };
        let told = [of("cookie"), of("origin"), of("sec-fetch-site")].join(" ");
        ([("set-cookie", "a=1; Secure; HttpOnly")], told)
    };
    let forget = || async { ([("set-cookie", "a=; Max-Age=0")], Redirect::to("/")) };
    let app = Router::new()
        .route("/", get(seen).post(seen))
        .route("/forget", post(forget));
    tokio::spawn(async { axum::serve(listener, app).await });

    let mut user = User::new(Network::shared());
    assert_eq!(user.visit(&origin).await.body, "none none none");
    assert_eq!(user.follow(&origin).await.body, "a=1 none same-origin");
    let page = user.submit(&origin, &[("b", "2")]).await;
    assert_eq!(page.body, format!("a=1 {origin} same-origin"));
    let page = user.submit(&format!("{origin}/forget"), &[]).await;
    assert_eq!(page.body, "none none same-origin");
}
