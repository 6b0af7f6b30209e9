//! A visitor of an application that is written out by hand.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::HeaderMap;

use super::client::Client;
use super::web::parameter;
use crate::testing::TestNetwork;

type App = Arc<Mutex<Option<Client>>>;

async fn login(State((network, app)): State<(TestNetwork, App)>, headers: HeaderMap) -> Response {
    assert_eq!(headers["host"], "127.0.0.1:3000");
    assert_eq!(headers["sec-fetch-site"], "same-origin");
    let mut client = Client::new(&network, "atproto");
    let url = client.start().await;
    *app.lock().unwrap() = Some(client);
    let cookies = [
        (
            "set-cookie",
            "pending=p; Path=/auth/callback; HttpOnly; SameSite=Lax",
        ),
        ("set-cookie", "strict=s; Path=/; SameSite=Strict"),
    ];
    let cookies = axum::response::AppendHeaders(cookies);
    (cookies, Redirect::to(&url)).into_response()
}

async fn callback(
    State((_, app)): State<(TestNetwork, App)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    assert_eq!(headers["sec-fetch-site"], "cross-site");
    assert_eq!(headers["cookie"], "pending=p");
    let url = format!("http://127.0.0.1{}?{}", "/", query.unwrap());
    let mut client = app.lock().unwrap().take().unwrap();
    let tokens = client.redeem(&parameter(&url, "code").unwrap()).await;
    let session = format!("session={}; Path=/; HttpOnly", tokens.text("sub"));
    let gone = "pending=; Path=/auth/callback; Max-Age=0";
    let cookies = [("set-cookie", session), ("set-cookie", gone.into())];
    let cookies = axum::response::AppendHeaders(cookies);
    (cookies, Redirect::to("/")).into_response()
}

fn app(network: &TestNetwork) -> Router {
    Router::new()
        .route("/auth/login", get(login))
        .route("/auth/callback", get(callback))
        .route("/", get(|| async { "home" }))
        .with_state((network.clone(), App::default()))
}

#[tokio::test]
async fn a_visitor_signs_in_and_comes_home_with_a_cookie() {
    let network = TestNetwork::start().await.unwrap();
    let app = app(&network);
    let mut visitor = network.visitor(&app).prefix("/auth");
    let url = visitor.start("alice.test").await.unwrap();
    let back = network.approve(&url, "alice.test").await.unwrap();
    let back = back.replace("/oauth/callback", "/auth/callback");
    let response = visitor.callback(&back).await.unwrap();
    assert_eq!(response.status(), 303);
    let did = network.account("alice.test").unwrap().did;
    assert_eq!(visitor.cookies(), format!("strict=s; session={did}"));
    assert_eq!(visitor.get("/").await.unwrap().body(), "home");
    let foreign = visitor
        .callback("https://evil.dev/oauth/callback?code=x")
        .await;
    assert!(foreign.unwrap_err().to_string().contains("`base_url`"));
}

#[tokio::test]
async fn a_visitor_says_what_is_wrong_with_the_application() {
    let network = TestNetwork::start().await.unwrap();
    let error = network
        .sign_in(&app(&network), "alice.test")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("`prefix`"), "{error}");
    let busy = get(|| async { (http::StatusCode::MISDIRECTED_REQUEST, "go away") });
    let elsewhere = Router::new().route("/oauth/login", busy);
    let error = network.sign_in(&elsewhere, "alice.test").await.unwrap_err();
    assert!(error.to_string().contains("`base_url`"), "{error}");
    assert_eq!(error.server_said(), Some("go away"));
}
