//! Sign-ins that the application starts by itself, with a state of its own.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::Endpoint;
use atproto_oauth::{AuthorizeOptions, SessionKey as Key};
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::HeaderMap;

use crate::app::harness::person::*;
use crate::app::harness::site::{builder, network};
use crate::support::Ahead;

#[atproto_oauth(callback = joined, error = sorry, scopes = ["atproto"], optional_scopes = ["blob:*/*"])]
#[derive(Clone)]
struct Club {
    oauth: OAuthClient,
}

async fn joined(login: Login<Club>) -> String {
    format!("{:?} {}", login.app_state(), login.return_to())
}

/// What the application gave is there too when it goes wrong.
async fn sorry(error: OAuthError) -> String {
    let app_state = error.error().app_state();
    format!("{} {app_state:?} {:?}", error.code(), error.return_to())
}

#[derive(serde::Deserialize)]
struct Invitation {
    handle: String,
    by: String,
    to: String,
}

async fn invite(
    State(app): State<Club>,
    session: Option<ClubSession>,
    headers: HeaderMap,
    Form(invitation): Form<Invitation>,
) -> Response {
    let mut options = AuthorizeOptions::new()
        .app_state(invitation.by)
        .return_to(invitation.to);
    if let Some(session) = session {
        options = options.scope("atproto blob:*/*").replaces(&session.key());
    }
    let started = app
        .oauth
        .authorize(&invitation.handle, options)
        .await
        .unwrap();
    app.oauth.redirect_to(&started, &headers)
}

async fn upload(session: ClubSession) -> String {
    format!("{} {}", session.key(), session.allows("blob:image/png"))
}

#[tokio::test]
async fn what_the_application_gives_comes_back_with_the_person() {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test", "bob.test"]).await;
    let oauth = builder::<Club>(&network, &clock).build().await.unwrap();
    let router = Club::oauth_routes()
        .route("/invite", post(invite))
        .route("/upload", get(upload))
        .with_state(Club {
            oauth: oauth.clone(),
        });
    let mut person = Person::new(&router);
    let invitation = |to| [("handle", "alice.test"), ("by", "bob <3"), ("to", to)];

    let answer = person.send(submit("/invite", &invitation("/notes"))).await;
    assert_eq!(answer.status, 303);
    assert_eq!(person.pending(), 1);
    let address = network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    // AR-06, AR-14: it stays here, and the sign-in is this browser's.
    assert!(!address.contains("bob") && !answer.location().contains("bob"));
    let pushed = network.requests_to(Endpoint::PushedRequest);
    assert!(pushed.iter().all(|seen| {
        seen.form_names()
            .all(|name| seen.form(name) != Some("bob <3"))
    }));
    let stranger = Person::new(&router).come_back(&address).await;
    assert_eq!(stranger.body, "invalid_callback_request None None");
    let answer = person.come_back(&address).await;
    assert_eq!(answer.body, "Some(\"bob <3\") /notes");
    answer.assert_private();

    // SC-18: more permissions in a new session, which replaces the old one only if all goes well.
    let old = person.read("/upload").await;
    assert!(old.ends_with(" false"), "{old}");
    let answer = person
        .send(submit("/invite", &invitation("//evil.example")))
        .await;
    let address = network.deny(answer.location()).await.unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.body, "access_denied Some(\"bob <3\") None");
    assert_eq!(person.read("/upload").await, old);

    let answer = person
        .send(submit("/invite", &invitation("//evil.example")))
        .await;
    let address = network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.body, "Some(\"bob <3\") /");
    let new = person.read("/upload").await;
    assert!(new.ends_with(" true"), "{new}");
    let gone: Key = old.split(' ').next().unwrap().parse().unwrap();
    assert!(oauth.session(&gone).await.unwrap_err().needs_login());
}
