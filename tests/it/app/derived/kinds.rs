//! Derived extractors of generic applications, and of accounts without a handle.

use std::sync::Arc;

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault};
use axum::routing::get;
use http::StatusCode;

use crate::app::harness::person;
use crate::app::harness::site::Site;
use crate::support::Ahead;

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
    state = Arc<House<G>>,
    scopes = ["atproto", "repo:com.example.note"],
)]
struct House<G: Guests> {
    oauth: OAuthClient,
    guests: G,
}

async fn back() {}

#[derive(SessionExtractor)]
#[session(app = House<G>, requires = ["repo:com.example.note?action=create"])]
struct Guest<G: Guests> {
    session: HouseSession<G>,
    #[session(with = greet)]
    greeting: &'static str,
}

async fn greet<G: Guests>(
    _: &HouseSession<G>,
    site: &House<G>,
) -> Result<&'static str, StatusCode> {
    Ok(site.guests.greeting())
}

/// Of one of these applications only.
#[derive(SessionExtractor)]
#[session(app = House<Friends>)]
struct Named(Handle);

#[derive(SessionExtractor)]
#[session(app = House<Friends>)]
struct PerhapsNamed(Option<Handle>);

async fn guest<G: Guests>(guest: Guest<G>) -> String {
    format!("{}, {}", guest.greeting, guest.session.display_name())
}

async fn named(Named(handle): Named) -> String {
    handle.to_string()
}

async fn perhaps_named(PerhapsNamed(handle): PerhapsNamed) -> String {
    handle.map_or_else(|| "no handle".into(), |handle| handle.to_string())
}

async fn site() -> Site {
    let router = |oauth| {
        let guests = Friends;
        House::oauth_routes()
            .route("/guest", get(guest::<Friends>))
            .route("/named", get(named))
            .route("/perhaps-named", get(perhaps_named))
            .with_state(Arc::new(House { oauth, guests }))
    };
    Site::of::<House<Friends>>(&Ahead::default(), |builder| builder, router).await
}

/// The state is an `Arc` of the application, and nothing of one's own.
#[tokio::test]
async fn a_generic_application_behind_an_arc() {
    let site = site().await;
    let told = person::get("/guest").of(&site.router).await;
    told.assert_error(401, "not_signed_in");
    let mut person = site.person();
    person.try_sign_in(&site.network, "alice.test").await;
    let cookie = person.cookies();
    let page = person::get("/guest")
        .header("cookie", &cookie)
        .of(&site.router)
        .await;
    assert_eq!(page.body, "welcome back, alice.test");
    assert_eq!(
        person::get("/named")
            .header("cookie", &cookie)
            .of(&site.router)
            .await
            .body,
        "alice.test"
    );
}

/// A page that needs a handle refuses an account whose handle leads elsewhere; others go on.
#[tokio::test]
async fn a_handle_that_leads_elsewhere_is_none() {
    let site = site().await;
    let did = site.did("alice.test");
    site.network
        .misbehave(Fault::json(Endpoint::ResolveHandle, 400, &json!({})));
    let mut person = site.person();
    let url = person.start(did.as_str()).await;
    let back = site.network.approve(&url, "alice.test").await.unwrap();
    person.come_back(&back).await;
    let cookie = person.cookies();
    let told = person::get("/named")
        .header("cookie", &cookie)
        .of(&site.router)
        .await;
    told.assert_error(400, "invalid_handle");
    let page = person::get("/perhaps-named")
        .header("cookie", &cookie)
        .of(&site.router)
        .await;
    assert_eq!(page.body, "no handle");
    let page = person::get("/guest")
        .header("cookie", &cookie)
        .of(&site.router)
        .await;
    assert_eq!(page.body, format!("welcome back, {did}"));
}
