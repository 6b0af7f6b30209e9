//! What hooks can do, and what they cannot undo.

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Seen, TestNetwork};
use axum::Router;
use axum::extract::OriginalUri;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, Uri};

use crate::app::harness::wire::{self, *};
use crate::support;

/// Answers by the account: refuses Bob, breaks for Carol.
#[atproto_oauth(callback = signed_in, error = sorry, accounts = 3)]
#[derive(Clone)]
struct Picky {
    oauth: OAuthClient,
}

async fn signed_in(
    login: Login<Picky>,
    session: PickySession,
    accounts: Accounts<Picky>,
    uri: Uri,
    OriginalUri(original): OriginalUri,
) -> Response {
    assert_eq!(accounts.active(), Some(session.key()));
    assert_eq!(
        (uri.query(), original.query()),
        (None, None),
        "a code is nobody's business"
    );
    match session.display_name() {
        "bob.test" => {
            login.refuse().await;
            login.refuse().await;
            (StatusCode::FORBIDDEN, "not you").into_response()
        }
        "carol.test" => panic!("a mistake of the application's"),
        _ => {
            let headers = [
                ("cache-control", "public"),
                ("referrer-policy", "unsafe-url"),
            ];
            (StatusCode::INTERNAL_SERVER_ERROR, headers, "welcome anyway").into_response()
        }
    }
}

async fn sorry(error: OAuthError) -> Response {
    let page = format!("sorry: {}", error.code());
    (error.status(), Html(page)).into_response()
}

async fn home(session: Option<PickySession>) -> String {
    session.map_or("nobody".into(), |session| session.display_name().to_owned())
}

async fn me(session: PickySession) -> String {
    session.display_name().to_owned()
}

async fn outside(_: Login<Picky>) {}

fn builder(network: &TestNetwork) -> OAuthClientBuilder {
    support::builder(network).app::<Picky>()
}

async fn picky() -> (TestNetwork, Router, OAuthClient) {
    let network = TestNetwork::builder().accounts(["alice.test", "bob.test", "carol.test"]);
    let network = network.start().await.unwrap();
    let oauth = builder(&network).build().await.unwrap();
    let app = Picky::oauth_routes()
        .route("/", get(home))
        .route("/me", get(me))
        .route("/outside", get(outside))
        .with_state(Picky {
            oauth: oauth.clone(),
        });
    (network, app, oauth)
}

/// Brings somebody back from the authorization server; the answer, whatever it is.
async fn come_back(
    network: &TestNetwork,
    app: &Router,
    handle: &str,
    cookie: &str,
) -> http::Response<bytes::Bytes> {
    let mut visitor = network.visitor(app);
    let url = visitor.start(handle).await.unwrap();
    let back = visitor.browser().approve(&url, handle).await.unwrap();
    let cookies = format!("{cookie}; {}", visitor.cookies());
    let headers = with(FOREIGN_CLICK, &[("cookie", &cookies)]);
    wire::get(app, back.strip_prefix(OWN).unwrap(), &headers).await
}

async fn sessions(network: &TestNetwork, client: &OAuthClient, handle: &str) -> usize {
    let did = network.account(handle).unwrap().did;
    client
        .sessions_of(&did.as_str().parse().unwrap())
        .await
        .unwrap()
        .len()
}

/// `never_session_changes_dropped_when_the_response_is_5xx`, and RU-05.
#[tokio::test]
async fn the_response_of_the_hook_never_undoes_the_session() {
    let (network, app, client) = picky().await;
    let answer = come_back(&network, &app, "alice.test", "").await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(text(&answer), "welcome anyway");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
    let cookie = session_cookie(&answer).unwrap();
    assert_eq!(
        text(&wire::get(&app, "/me", &[("cookie", &cookie)]).await),
        "alice.test"
    );
    assert_eq!(sessions(&network, &client, "alice.test").await, 1);
}

#[tokio::test]
async fn refuse_leaves_nothing_behind() {
    let (network, app, client) = picky().await;
    let alice = session_cookie(&come_back(&network, &app, "alice.test", "").await).unwrap();
    for cookie in ["", &alice] {
        let answer = come_back(&network, &app, "bob.test", cookie).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(text(&answer), "not you");
        assert_eq!(session_cookie(&answer), None);
        assert_eq!(sessions(&network, &client, "bob.test").await, 0);
        // Both tokens, also at the server.
        let both = |seen: &[Seen]| {
            seen.iter()
                .filter(|s| s.endpoint == Endpoint::Revocation)
                .count()
                >= 2
        };
        network.until(both).await;
        network.forget_requests();
    }
    assert_eq!(
        text(&wire::get(&app, "/", &[("cookie", &alice)]).await),
        "alice.test"
    );
}

#[tokio::test]
async fn a_panic_in_the_hook_rolls_the_sign_in_back() {
    let (network, app, client) = picky().await;
    let alice = session_cookie(&come_back(&network, &app, "alice.test", "").await).unwrap();
    for cookie in ["", &alice] {
        let answer = come_back(&network, &app, "carol.test", cookie).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(text(&answer).starts_with("sorry: "), "{}", text(&answer));
        assert_eq!(session_cookie(&answer), None);
        assert_eq!(sessions(&network, &client, "carol.test").await, 0);
    }
    network
        .until(|seen| seen.iter().any(|s| s.endpoint == Endpoint::Revocation))
        .await;
    assert_eq!(
        text(&wire::get(&app, "/", &[("cookie", &alice)]).await),
        "alice.test"
    );
}

/// A browser that hangs up in the middle leaves a whole session or none.
#[tokio::test]
async fn never_a_half_done_sign_in() {
    let (network, app, client) = picky().await;
    let mut visitor = network.visitor(&app);
    let url = visitor.start("alice.test").await.unwrap();
    let back = visitor.browser().approve(&url, "alice.test").await.unwrap();
    let cookies = visitor.cookies();
    let headers = with(FOREIGN_CLICK, &[("cookie", &cookies)]);
    {
        let answer = wire::get(&app, back.strip_prefix(OWN).unwrap(), &headers);
        tokio::select! {
            biased;
            _ = answer => panic!("it answers before anybody was asked"),
            () = std::future::ready(()) => {}
        }
    }
    let redeemed = |seen: &[Seen]| seen.iter().any(|s| s.endpoint == Endpoint::Exchange);
    network.until(redeemed).await;
    // The flow goes on by itself.
    let signed_in = async || {
        let count = sessions(&network, &client, "alice.test").await;
        (count > 0).then_some(())
    };
    support::eventually("a session", signed_in).await;
    assert_eq!(sessions(&network, &client, "alice.test").await, 1);
}

#[tokio::test]
async fn the_error_hook_gets_every_refusal() {
    let (network, app, _) = picky().await;
    let said = async |path: &str, headers: &[(&str, &str)]| {
        let response = wire::get(&app, path, headers).await;
        (response.status().as_u16(), text(&response))
    };
    let callback = "/oauth/callback?state=a&code=b&iss=c";
    assert_eq!(
        said(callback, OWN_CLICK).await,
        (400, "sorry: invalid_callback_request".into())
    );
    assert_eq!(
        said("/oauth/login?handle=x.test", &[]).await,
        (400, "sorry: invalid_handle".into())
    );
    assert_eq!(said("/me", &[]).await, (401, "sorry: not_signed_in".into()));
    assert_eq!(
        said("/outside", &[]).await,
        (500, "sorry: configuration".into())
    );
    let refused = ask(&app, "POST", "/oauth/login", FOREIGN_CLICK, "handle=x").await;
    assert_eq!(text(&refused), "sorry: cross_site_request");
    // A person who is not signed in is not refused.
    assert_see_other(
        &wire::get(&app, "/me", OWN_CLICK).await,
        "/oauth/login?return_to=%2Fme",
    );
    let callback = wire::get(&app, callback, OWN_CLICK).await;
    assert_eq!(header(&callback, "referrer-policy"), "no-referrer");
    assert!(network.requests_to(Endpoint::Exchange).is_empty());
}

/// A hook whose own extractor refuses is not asked again for ever.
#[tokio::test]
async fn never_an_error_hook_that_answers_itself() {
    #[atproto_oauth(callback = back, error = members_only)]
    #[derive(Clone)]
    struct Strict {
        oauth: OAuthClient,
    }
    async fn back() {}
    async fn members_only(_: StrictSession, error: OAuthError) -> Response {
        error.into_response()
    }
    let client = Strict::oauth_builder()
        .base_url(OWN)
        .store_url("memory:")
        .build()
        .await
        .unwrap();
    let app = Strict::oauth_routes().with_state(Strict { oauth: client });
    let answer = wire::get(&app, "/oauth/callback", &[]).await;
    assert_error(&answer, StatusCode::UNAUTHORIZED, "not_signed_in");
}
