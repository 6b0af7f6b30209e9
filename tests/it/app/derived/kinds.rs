//! Extractors of one's own for other kinds of applications, and for accounts that lack something.

use std::sync::Arc;

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use axum::Router;
use axum::routing::get;
use http::StatusCode;

use crate::app::harness::wire::{self, *};
use crate::support;

/// What an application is made for.
trait Guests: Send + Sync + 'static {
    fn greeting(&self) -> &'static str;
}

struct Friends;

impl Guests for Friends {
    fn greeting(&self) -> &'static str {
        "welcome back"
    }
}

#[atproto_oauth(
    callback = back,
    state = Arc<Site<G>>,
    scopes = ["atproto", "repo:com.example.note"],
)]
struct Site<G: Guests> {
    oauth: OAuthClient,
    guests: G,
}

async fn back() {}

#[derive(SessionExtractor)]
#[session(app = Site<G>, requires = ["repo:com.example.note?action=create"])]
struct Guest<G: Guests> {
    session: SiteSession<G>,
    #[session(with = greet)]
    greeting: &'static str,
}

async fn greet<G: Guests>(_: &SiteSession<G>, site: &Site<G>) -> Result<&'static str, StatusCode> {
    Ok(site.guests.greeting())
}

/// Of one of these applications only.
#[derive(SessionExtractor)]
#[session(app = Site<Friends>)]
struct Named(Handle);

#[derive(SessionExtractor)]
#[session(app = Site<Friends>)]
struct PerhapsNamed(Option<Handle>);

async fn guest<G: Guests>(guest: Guest<G>) -> String {
    format!("{}, {}", guest.greeting, guest.session.display_name())
}

async fn named(Named(handle): Named) -> String {
    handle.to_string()
}

async fn perhaps_named(PerhapsNamed(handle): PerhapsNamed) -> String {
    handle.map_or_else(|| "somebody".into(), |handle| handle.to_string())
}

async fn site(network: &TestNetwork) -> Router {
    let builder = support::builder(network).app::<Site<Friends>>();
    let oauth = builder.build().await.unwrap();
    let guests = Friends;
    Site::oauth_routes()
        .route("/guest", get(guest::<Friends>))
        .route("/named", get(named))
        .route("/perhaps-named", get(perhaps_named))
        .with_state(Arc::new(Site { oauth, guests }))
}

/// The state is an `Arc` of the application, and nothing of one's own.
#[tokio::test]
async fn a_generic_application_behind_an_arc() {
    let network = TestNetwork::start().await.unwrap();
    let app = site(&network).await;
    let told = wire::get(&app, "/guest", &[]).await;
    assert_error(&told, StatusCode::UNAUTHORIZED, "not_signed_in");
    let cookie = network.sign_in(&app, "alice.test").await.unwrap();
    let cookie = [("cookie", cookie.as_str())];
    let page = wire::get(&app, "/guest", &cookie).await;
    assert_eq!(text(&page), "welcome back, alice.test");
    assert_eq!(
        text(&wire::get(&app, "/named", &cookie).await),
        "alice.test"
    );
}

/// A page that needs a handle refuses an account whose handle leads elsewhere; others go on.
#[tokio::test]
async fn a_handle_that_leads_elsewhere_is_none() {
    let network = TestNetwork::start().await.unwrap();
    let app = site(&network).await;
    let did = network.account("alice.test").unwrap().did;
    network.misbehave(Fault::json(Endpoint::ResolveHandle, 400, &json!({})));
    let mut visitor = network.visitor(&app);
    let url = visitor.start(did.as_str()).await.unwrap();
    let back = visitor.browser().approve(&url, "alice.test").await.unwrap();
    visitor.callback(&back).await.unwrap();
    let cookie = visitor.cookies();
    let told = wire::get(&app, "/named", &[("cookie", &cookie)]).await;
    assert_error(&told, StatusCode::BAD_REQUEST, "invalid_handle");
    let page = wire::get(&app, "/perhaps-named", &[("cookie", &cookie)]).await;
    assert_eq!(text(&page), "somebody");
    let page = wire::get(&app, "/guest", &[("cookie", &cookie)]).await;
    assert_eq!(text(&page), format!("welcome back, {did}"));
}
