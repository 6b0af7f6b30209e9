//! Pages that need a permission set.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault};
use atproto_oauth::web::require;
use axum::extract::FromRequestParts;
use axum::response::{Redirect, Response};
use axum::routing::get;
use http::request::Parts;

use crate::app::harness::person::*;
use crate::app::harness::site::Site;
use crate::support::Ahead;

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

async fn site() -> Site {
    let router = |oauth| {
        let routes = App::oauth_routes().route("/write", get(write));
        routes.with_state(App { oauth })
    };
    let site = Site::of::<App>(&Ahead::default(), |builder| builder, router).await;
    site.network.publish_permission_set(
        "com.example.authBasic",
        &["repo:com.example.post", "repo:com.example.like"],
    );
    site
}

/// A page that needs a set sends a person through consent once, and asks no server what the set holds.
#[tokio::test]
async fn a_set_is_asked_for_and_the_page_comes_back() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let sent = person.send(click("/write")).await;
    let start = person.send(click(sent.header("location"))).await;
    let pushed = site.network.requests_to(Endpoint::PushedRequest);
    let asked = pushed.last().unwrap().form("scope");
    assert_eq!(asked, Some("atproto include:com.example.authBasic"));
    let back = site
        .network
        .approve(start.header("location"), "alice.test")
        .await;
    person.come_back(&back.unwrap()).await;
    site.network.forget_requests();
    assert_eq!(person.read("/write").await, "written");
    assert_eq!(site.network.requests().len(), 0);
}

/// A set of which the server grants a part is not granted: a page that offers to ask again, no circle.
#[tokio::test]
async fn never_a_circle_for_a_set_that_is_granted_in_part() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    site.network.misbehave(Fault::edit(
        Endpoint::Exchange,
        "scope",
        "atproto repo:com.example.post",
    ));
    let sent = person.send(click("/write")).await;
    assert_eq!(sent.status, 303);
    let start = person.send(click(sent.header("location"))).await;
    let back = site
        .network
        .approve(start.header("location"), "alice.test")
        .await;
    person.come_back(&back.unwrap()).await;
    for _ in 0..2 {
        person.send(click("/write")).await.assert_page(403);
    }
}
