//! Pages that need a permission set.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::web::require;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::{Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;

use crate::app::harness::wire::*;
use crate::support;

const SET: &str = "include:com.example.authBasic";

#[atproto_oauth(
    callback = back,
    scopes = ["atproto"],
    optional_scopes = ["include:com.example.authBasic"]
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn back(login: Login<App>) -> Redirect {
    Redirect::to(login.return_to())
}

/// What the derive writes, by hand.
struct Author;

impl FromRequestParts<App> for Author {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<Self, Response> {
        let session =
            <AppSession as FromRequestParts<App>>::from_request_parts(parts, state).await?;
        require(parts, state, &session, &[SET]).await?;
        Ok(Self)
    }
}

async fn write(_: Author) -> &'static str {
    "written"
}

async fn app(network: &TestNetwork) -> Router {
    network.publish_permission_set(
        "com.example.authBasic",
        &["repo:com.example.post", "repo:com.example.like"],
    );
    let oauth = support::builder(network).app::<App>().build().await;
    App::oauth_routes()
        .route("/write", get(write))
        .with_state(App {
            oauth: oauth.unwrap(),
        })
}

/// A page that needs a set sends a person through consent once, and asks nobody what the set holds.
#[tokio::test]
async fn a_set_is_asked_for_and_the_page_comes_back() {
    let network = TestNetwork::start().await.unwrap();
    let app = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let sent = visitor.get("/write").await.unwrap();
    let start = visitor.get(header(&sent, "location")).await.unwrap();
    let pushed = network.requests_to(Endpoint::PushedRequest);
    let asked = pushed.last().unwrap().form("scope");
    assert_eq!(asked, Some("atproto include:com.example.authBasic"));
    let back = visitor
        .browser()
        .approve(header(&start, "location"), "alice.test")
        .await;
    visitor.callback(&back.unwrap()).await.unwrap();
    network.forget_requests();
    assert_eq!(text(&visitor.get("/write").await.unwrap()), "written");
    assert_eq!(network.requests().len(), 0);
}

/// A set of which the server grants a part is not granted: a page that offers to ask again, no circle.
#[tokio::test]
async fn never_a_circle_for_a_set_that_is_granted_in_part() {
    let network = TestNetwork::start().await.unwrap();
    let app = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    network.misbehave(Fault::edit(
        Endpoint::Exchange,
        "scope",
        "atproto repo:com.example.post",
    ));
    let sent = visitor.get("/write").await.unwrap();
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let start = visitor.get(header(&sent, "location")).await.unwrap();
    let back = visitor
        .browser()
        .approve(header(&start, "location"), "alice.test")
        .await;
    visitor.callback(&back.unwrap()).await.unwrap();
    for _ in 0..2 {
        assert_page(&visitor.get("/write").await.unwrap(), StatusCode::FORBIDDEN);
    }
}
