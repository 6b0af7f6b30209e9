//! Pages that need a permission.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, TestNetwork, Visitor};
use atproto_oauth::web::require;
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;

use super::wire::{self, *};
use crate::support;

#[atproto_oauth(
    callback = back,
    scopes = ["atproto"],
    optional_scopes = ["repo:com.example.note", "repo:com.example.other", "blob:*/*"]
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn back(login: Login<App>) -> axum::response::Redirect {
    axum::response::Redirect::to(login.return_to())
}

/// What the derive writes, by hand.
struct Author(AppSession);

impl FromRequestParts<App> for Author {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<Self, Response> {
        let session =
            <AppSession as FromRequestParts<App>>::from_request_parts(parts, state).await?;
        require(
            parts,
            state,
            &session,
            &["repo:com.example.note?action=create"],
        )
        .await?;
        Ok(Self(session))
    }
}

async fn write(author: Author, State(_): State<App>) -> String {
    format!("{} may write", author.0.display_name())
}

async fn app(network: &TestNetwork) -> Router {
    let oauth = support::builder(network)
        .app::<App>()
        .build()
        .await
        .unwrap();
    App::oauth_routes()
        .route("/write", get(write).post(write))
        .with_state(App { oauth })
}

/// Follows a redirect of ours to the authorization server.
async fn consent(visitor: &mut Visitor, at: &str) -> String {
    let start = visitor.get(at).await.unwrap();
    assert_eq!(start.status(), StatusCode::SEE_OTHER, "{}", text(&start));
    header(&start, "location").to_owned()
}

#[tokio::test]
async fn a_missing_permission_is_asked_for_and_the_page_comes_back() {
    let network = TestNetwork::start().await.unwrap();
    let app = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let sent = visitor.get("/write?x=1").await.unwrap();
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let at = header(&sent, "location").to_owned();
    assert!(at.starts_with("/oauth/login?handle=did%3Aplc%3A"), "{at}");
    let url = consent(&mut visitor, &at).await;
    let pushed = network.requests_to(Endpoint::PushedRequest);
    assert_eq!(
        pushed.last().unwrap().form("scope"),
        Some("atproto repo:com.example.note")
    );
    let back = visitor.browser().approve(&url, "alice.test").await.unwrap();
    let done = visitor.callback(&back).await.unwrap();
    assert_eq!(header(&done, "location"), "/write?x=1");
    assert_eq!(
        text(&visitor.get("/write?x=1").await.unwrap()),
        "alice.test may write"
    );
}

/// SC-18, and no loop: whoever said no gets a page that offers to ask again.
#[tokio::test]
async fn never_a_loop_through_consent() {
    let network = TestNetwork::start().await.unwrap();
    let app = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let sent = visitor.get("/write").await.unwrap();
    let at = header(&sent, "location").to_owned();
    let url = consent(&mut visitor, &at).await;
    let mut browser = network.browser();
    let back = browser
        .approve_with(&url, "alice.test", &["atproto"])
        .await
        .unwrap();
    visitor.callback(&back).await.unwrap();
    let page = visitor.get("/write").await.unwrap();
    assert_page(&page, StatusCode::FORBIDDEN);
    assert!(
        text(&page).contains("/oauth/login?handle="),
        "{}",
        text(&page)
    );
    // What they have is still theirs.
    assert_eq!(
        visitor.get("/write").await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    // The link asks again.
    let url = consent(&mut visitor, &at).await;
    let back = visitor.browser().approve(&url, "alice.test").await.unwrap();
    visitor.callback(&back).await.unwrap();
    assert_eq!(
        text(&visitor.get("/write").await.unwrap()),
        "alice.test may write"
    );
}

#[tokio::test]
async fn programs_forms_and_other_sites_start_nothing() {
    let network = TestNetwork::start().await.unwrap();
    let app = app(&network).await;
    let cookie = network.sign_in(&app, "alice.test").await.unwrap();
    let told = wire::get(&app, "/write", &[("cookie", &cookie)]).await;
    assert_error(&told, StatusCode::FORBIDDEN, "insufficient_scope");
    let headers = with(FOREIGN_CLICK, &[("cookie", &cookie)]);
    let page = wire::get(&app, "/write", &headers).await;
    assert_page(&page, StatusCode::FORBIDDEN);
    assert!(text(&page).contains("scope=atproto"), "{}", text(&page));
    let headers = with(OWN_CLICK, &[("cookie", &cookie)]);
    let form = ask(&app, "POST", "/write", &headers, "").await;
    assert_eq!(form.status(), StatusCode::FORBIDDEN);
    let nobody = wire::get(&app, "/write", OWN_CLICK).await;
    assert_see_other(&nobody, "/oauth/login?return_to=%2Fwrite");
}
