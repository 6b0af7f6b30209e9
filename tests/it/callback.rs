//! What a callback is refused for before a server is asked.

use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{Authorization, AuthorizeOptions, Error, ErrorKind, OAuthClient};
use futures_util::future::join_all;
use url::form_urlencoded;

use crate::support::*;

/// A person who started, said yes, and is on the way back.
async fn on_the_way(network: &TestNetwork, client: &OAuthClient) -> (Authorization, String) {
    let options = AuthorizeOptions::new()
        .app_state("mine")
        .return_to("/notes");
    let authorization = client.authorize("alice.test", options).await.unwrap();
    let address = network.approve(authorization.url(), "alice.test").await;
    (authorization, query(&address.unwrap()).to_owned())
}

/// The query with one parameter replaced, or taken away.
fn with(query: &str, name: &str, value: Option<&str>) -> String {
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != name);
    let mut out = form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(pairs);
    if let Some(value) = value {
        out.append_pair(name, value);
    }
    out.finish()
}

fn value(query: &str, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
}

/// Calls back and makes sure that no server was asked.
async fn refused(
    network: &TestNetwork,
    client: &OAuthClient,
    query: &str,
    binding: Option<&str>,
) -> Error {
    network.forget_requests();
    let error = client.callback(query, binding).await.unwrap_err();
    assert_eq!(network.requests().len(), 0, "{query}");
    error
}

/// CB-01, CB-03, CB-05, AR-14, RU-07, scenarios 15, 16, 18, 19, 21: no request is sent, and the pending
/// sign-in is there for its owner afterwards.
#[tokio::test]
async fn never_a_request_for_a_callback_that_is_not_in_order() {
    let (network, client) = network_and_client().await;
    let (authorization, good) = on_the_way(&network, &client).await;
    let binding = authorization.binding().to_owned();
    let state = authorization.state();
    let replaced = |name, value| with(&good, name, Some(value));
    let callback = ErrorKind::InvalidCallbackRequest;
    let issuer = ErrorKind::IssuerMismatch;
    let long = "x".repeat(100_000);
    for (query, kind) in [
        (String::new(), callback),
        (with(&good, "state", None), callback),
        (replaced("state", ""), callback),
        (replaced("state", "unknown"), callback),
        (replaced("state", &state.to_uppercase()), callback),
        (replaced("state", "' OR 1=1 --"), callback),
        (replaced("state", "*\r\nDEL *"), callback),
        (replaced("state", &format!("{state}\0")), callback),
        (replaced("state", &long), callback),
        (with(&good, "iss", None), issuer),
        (replaced("iss", ""), issuer),
        (replaced("iss", "https://evil.example.com"), issuer),
        (replaced("iss", &format!("{}/", network.issuer())), issuer),
        (replaced("iss", &network.issuer().to_uppercase()), issuer),
        (with(&good, "code", None), callback),
        (replaced("code", ""), callback),
        (replaced("code", &long), callback),
        (format!("{good}&code=another"), callback),
        (format!("{good}&state={state}"), callback),
        (
            format!("{good}&iss=https%3A%2F%2Fevil.example.com"),
            callback,
        ),
        (format!("{good}&x=1&x=2"), callback),
        (format!("{good}&error=access_denied"), callback),
        (format!("{good}&response=eyJ"), callback),
    ] {
        let error = refused(&network, &client, &query, Some(&binding)).await;
        assert_eq!(error.kind(), kind, "{query}");
    }
    for wrong in [
        None,
        Some(""),
        Some("x"),
        Some(state),
        Some(&*binding.to_lowercase()),
    ] {
        let error = refused(&network, &client, &good, wrong).await;
        assert_eq!(error.kind(), callback);
    }
    let signed_in = client.callback(&good, Some(&binding)).await.unwrap();
    assert_eq!(signed_in.app_state(), Some("mine"));
}

/// Scenario 19: whether a state exists cannot be told from the answer.
#[tokio::test]
async fn a_state_of_another_browser_and_an_unknown_one_give_the_same_answer() {
    let (network, client) = network_and_client().await;
    let (_, good) = on_the_way(&network, &client).await;
    let unknown = with(&good, "state", Some("unknown"));
    let theirs = refused(&network, &client, &good, Some("mine")).await;
    let unknown_state = refused(&network, &client, &unknown, Some("mine")).await;
    assert_eq!(theirs.to_string(), unknown_state.to_string());
    assert_eq!(theirs.app_state(), None);
}

/// CB-02, scenario 20: a state is good for one callback, whatever comes of it.
#[tokio::test]
async fn a_callback_works_once() {
    let (network, client) = network_and_client().await;
    let (authorization, good) = on_the_way(&network, &client).await;
    let binding = authorization.binding();
    client.callback(&good, Some(binding)).await.unwrap();
    let error = refused(&network, &client, &good, Some(binding)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidCallbackRequest);

    let (authorization, good) = on_the_way(&network, &client).await;
    let binding = authorization.binding();
    let spoiled = with(&good, "code", Some("not-a-code"));
    let error = client.callback(&spoiled, Some(binding)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenValidationFailed);
    let error = refused(&network, &client, &good, Some(binding)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidCallbackRequest);
}

/// CB-02, scenario 20.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_callbacks_at_once_send_one_token_request() {
    let (network, client) = network_and_client().await;
    // The nonce is known, so that one exchange is one request.
    sign_in(&network, &client, "alice.test").await;
    let (authorization, good) = on_the_way(&network, &client).await;
    network.forget_requests();
    let calls = (0..100).map(|_| {
        let (client, good) = (client.clone(), good.clone());
        let binding = authorization.binding().to_owned();
        tokio::spawn(async move { client.callback(&good, Some(&binding)).await })
    });
    let results: Vec<_> = join_all(calls)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = |error: &Error| error.kind() == ErrorKind::InvalidCallbackRequest;
    assert_eq!(
        results
            .iter()
            .filter_map(|r| r.as_ref().err())
            .filter(|e| refused(e))
            .count(),
        99
    );
    assert_eq!(count(&network, Endpoint::Exchange), 1);
    assert_eq!(
        network.sessions_of(network.account("alice.test").unwrap().did),
        2
    );
}

/// AR-13: ten minutes, by the client's clock, whatever the store does.
#[tokio::test]
async fn a_pending_sign_in_expires() {
    let (network, client, clock) = ahead().await;
    let (authorization, good) = on_the_way(&network, &client).await;
    clock.by(Duration::from_secs(601));
    let binding = authorization.binding();
    let error = refused(&network, &client, &good, Some(binding)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidCallbackRequest);

    let (authorization, good) = on_the_way(&network, &client).await;
    clock.by(Duration::from_secs(45)); // the network's codes live for a minute
    let binding = authorization.binding();
    client.callback(&good, Some(binding)).await.unwrap();
}

/// Scenario 19: the state of one client is nothing to another, even in the same store.
#[tokio::test]
async fn a_state_of_another_client_is_unknown() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::new(Ahead::default());
    let first = client_with(&network, store.clone()).await;
    let second = builder(&network).base_url("http://127.0.0.1:4000");
    let second = second.store(store).build().await.unwrap();
    let (authorization, good) = on_the_way(&network, &first).await;
    let binding = authorization.binding();
    let error = refused(&network, &second, &good, Some(binding)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidCallbackRequest);
    first.callback(&good, Some(binding)).await.unwrap();
}

/// AR-15: two tabs, in either order.
#[tokio::test]
async fn two_sign_ins_at_once_do_not_disturb_each_other() {
    let (network, client) = network_and_client().await;
    let (first, first_query) = on_the_way(&network, &client).await;
    let (second, second_query) = on_the_way(&network, &client).await;
    for (authorization, good) in [(second, second_query), (first, first_query)] {
        let binding = authorization.binding();
        client.callback(&good, Some(binding)).await.unwrap();
    }
}

/// CB-04, CB-06, scenarios 17, 24, 27: a refusal is the server's only with the server's name on it, and
/// its words stay apart from ours.
#[tokio::test]
async fn a_refusal_needs_the_right_issuer_too() {
    let (network, client) = network_and_client().await;
    let options = AuthorizeOptions::new()
        .app_state("mine")
        .return_to("/notes");
    let authorization = client.authorize("alice.test", options).await.unwrap();
    let binding = authorization.binding();
    let address = network.deny(authorization.url()).await.unwrap();
    let denied = query(&address);
    assert_eq!(value(denied, "error"), "access_denied");

    let foreign = with(denied, "iss", Some("https://evil.example.com"));
    let error = refused(&network, &client, &foreign, Some(binding)).await;
    assert_eq!(error.kind(), ErrorKind::IssuerMismatch);
    let none = with(denied, "iss", None);
    let error = refused(&network, &client, &none, Some(binding)).await;
    assert_eq!(error.kind(), ErrorKind::IssuerMismatch);
    assert_eq!(error.app_state(), Some("mine"));

    let words = "<script>alert(1)</script>\r\nSet-Cookie: a=b\u{7}";
    let attack = with(denied, "error_description", Some(words));
    let error = refused(&network, &client, &attack, Some(binding)).await;
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(!error.to_string().contains("script"), "{error}");
    let said = error.server_said().unwrap();
    assert!(
        said.contains("<script>") && !said.contains(|c: char| c.is_control()),
        "{said}"
    );
    assert_eq!(
        (error.app_state(), error.return_to()),
        (Some("mine"), Some("/notes"))
    );

    let error = refused(&network, &client, denied, Some(binding)).await;
    assert_eq!(
        error.kind(),
        ErrorKind::InvalidCallbackRequest,
        "it was used"
    );
}

/// CB-06: each refusal has a kind of its own.
#[tokio::test]
async fn refusals_are_told_apart() {
    let (network, client) = network_and_client().await;
    for (code, kind) in [
        ("access_denied", ErrorKind::AccessDenied),
        ("login_required", ErrorKind::AuthorizationUrlFailed),
        ("consent_required", ErrorKind::AuthorizationUrlFailed),
        ("invalid_request", ErrorKind::AuthorizationUrlFailed),
        ("server_error", ErrorKind::TemporarilyUnavailable),
        ("", ErrorKind::AuthorizationUrlFailed),
    ] {
        let authorization = client
            .authorize("alice.test", AuthorizeOptions::new())
            .await
            .unwrap();
        let address = network.deny(authorization.url()).await.unwrap();
        let query = with(query(&address), "error", Some(code));
        let binding = authorization.binding();
        let error = refused(&network, &client, &query, Some(binding)).await;
        assert_eq!(error.kind(), kind, "{code}");
    }
}

/// Scenario 16, through the browser: a server that leaves `iss` out, or names another.
#[tokio::test]
async fn never_iss_ignored() {
    let (network, client) = network_and_client().await;
    let foreign = Fault::Callback {
        parameter: "iss".into(),
        value: Some("https://evil.example.com".into()),
    };
    for fault in [Fault::no_iss(), foreign] {
        network.misbehave(fault);
        let error = try_sign_in(&network, &client, "alice.test")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IssuerMismatch);
        network.behave();
    }
    assert_eq!(count(&network, Endpoint::Exchange), 0);
}

/// DS-13: where the code goes was decided when the sign-in started; the query has no say in it.
#[tokio::test]
async fn the_code_goes_to_the_stored_issuer_alone() {
    let (network, client) = network_and_client().await;
    // The nonce is known, so that one exchange is one request.
    sign_in(&network, &client, "alice.test").await;
    let (authorization, good) = on_the_way(&network, &client).await;
    let elsewhere = TestNetwork::start().await.unwrap();
    let mut query = good;
    for (name, path) in [
        ("token_endpoint", "/oauth/token"),
        ("issuer", ""),
        ("authorization_server", ""),
    ] {
        query = with(&query, name, Some(&format!("{}{path}", elsewhere.issuer())));
    }
    network.forget_requests();
    let binding = authorization.binding();
    client.callback(&query, Some(binding)).await.unwrap();
    let exchanges = network.requests_to(Endpoint::Exchange);
    assert_eq!(exchanges.len(), 1);
    assert_eq!(exchanges[0].server, network.issuer());
    assert_eq!(elsewhere.requests().len(), 0);
}
