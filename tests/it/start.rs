//! The start of a sign-in: what is pushed, what is kept, what people are sent to.

use std::collections::HashSet;
use std::time::Duration;

use atproto_oauth::jose::base64url;
use atproto_oauth::store::Kind;
use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{AuthorizeOptions, ErrorKind, Prompt, SessionKey};
use serde_json::json;
use url::Url;

use crate::support::*;

/// AR-02, AR-03, AR-06, AR-07, AR-08, AR-09, AR-10, CM-07, DP-01: what the pushed request says, and that the person
/// carries none of it.
#[tokio::test]
async fn the_pushed_request_says_everything_and_the_address_nothing() {
    let (network, client) = network_and_client().await;
    let mut seen_before = HashSet::new();
    for _ in 0..5 {
        network.forget_requests();
        let options = AuthorizeOptions::new()
            .app_state("the app's own")
            .return_to("/secret-place");
        let authorization = client.authorize("alice.test", options).await.unwrap();
        let pushed = network.requests_to(Endpoint::PushedRequest).pop().unwrap();
        assert_eq!(pushed.method, "POST");
        assert_eq!(
            pushed.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        let mut names: Vec<_> = pushed.form_names().collect();
        names.sort_unstable();
        let expected = [
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "login_hint",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
        ];
        assert_eq!(names, expected);
        assert_eq!(pushed.form("client_id"), Some(client.client_id()));
        assert_eq!(pushed.form("response_type"), Some("code"));
        assert_eq!(pushed.form("code_challenge_method"), Some("S256"));
        assert_eq!(pushed.form("scope"), Some(client.default_scope()));
        assert_eq!(
            pushed.form("redirect_uri"),
            Some("http://127.0.0.1:3000/oauth/callback")
        );

        let url = Url::parse(authorization.url()).unwrap();
        let names: Vec<_> = url
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect();
        assert_eq!(names, ["client_id", "request_uri"]);
        let binding = authorization.binding();
        for secret in [authorization.state(), binding] {
            let bytes = base64url::decode(secret).unwrap();
            assert_eq!(bytes.len(), 32);
            assert!(!authorization.url().contains(secret));
        }
        let (header, claims) = pushed.proof().unwrap();
        assert_eq!(claims["htm"], "POST");
        for fresh in [
            authorization.state().to_owned(),
            binding.to_owned(),
            pushed.form("code_challenge").unwrap().to_owned(),
            header["jwk"].to_string(),
            claims["jti"].to_string(),
            url.query().unwrap().to_owned(),
        ] {
            assert!(seen_before.insert(fresh), "used before");
        }
    }
}

/// AR-05: two starts of one person have two requests, each of which leads back once.
#[tokio::test]
async fn every_start_has_a_request_of_its_own() {
    let (network, client) = network_and_client().await;
    let mut requests = HashSet::new();
    for _ in 0..3 {
        let options = AuthorizeOptions::new();
        let authorization = client.authorize("alice.test", options).await.unwrap();
        let url = Url::parse(authorization.url()).unwrap();
        let request = url.query_pairs().find(|(name, _)| name == "request_uri");
        let (_, request) = request.unwrap();
        assert!(requests.insert(request.into_owned()), "{requests:?}");
        let address = network.approve(authorization.url(), "alice.test");
        let address = address.await.unwrap();
        let used = network.approve(authorization.url(), "alice.test").await;
        assert!(used.is_err(), "it leads back twice");
        finish(&client, &authorization, &address).await.unwrap();
    }
    let pushed = network.requests_to(Endpoint::PushedRequest);
    let states: HashSet<_> = pushed.iter().map(|seen| seen.form("state")).collect();
    assert_eq!(states.len(), requests.len());
}

/// AR-12: written before the person is sent to the server, and unreadable for who has the store alone.
#[tokio::test]
async fn the_request_waits_in_the_store_and_nothing_of_it_can_be_read_there() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::new(Ahead::default());
    let client = client_with(&network, store.clone()).await;
    let options = AuthorizeOptions::new()
        .app_state("the app's own")
        .return_to("/secret-place");
    let authorization = client.authorize("alice.test", options).await.unwrap();
    assert_eq!(store.commits(), 1);
    let rows = store.written();
    let all: Vec<u8> = rows.iter().flat_map(|row| row.value.to_vec()).collect();
    for secret in [
        "the app's own",
        "/secret-place",
        authorization.state(),
        authorization.binding(),
        network.issuer(),
        "alice.test",
    ] {
        assert!(
            !all.windows(secret.len())
                .any(|part| part == secret.as_bytes()),
            "{secret}"
        );
        assert!(rows.iter().all(|row| !row.group.contains(secret)));
    }
}

/// Nothing is left behind where a start fails, and a start that cannot be stored fails.
#[tokio::test]
async fn a_start_that_fails_leaves_nothing() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::new(Ahead::default());
    let client = client_with(&network, store.clone()).await;
    network.misbehave(Fault::status(Endpoint::PushedRequest, 400));
    client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap_err();
    network.behave();
    assert_eq!(store.written().len(), 0);
    store.fails(Some(Kind::Pending), Fails::Before);
    let error = client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap_err();
    assert!(error.is_transient());
}

/// AR-04, DP-10, DP-11, DP-17, LB-08: servers that answer something else.
#[tokio::test]
async fn never_a_sign_in_at_a_server_whose_answer_is_not_in_order() {
    let (network, client) = network_and_client().await;
    let at = Endpoint::PushedRequest;
    let failed = ErrorKind::AuthorizationUrlFailed;
    let later = ErrorKind::TemporarilyUnavailable;
    for (fault, kind, attempts) in [
        (Fault::no_nonce(at), failed, 1),
        (Fault::EndlessNonces { at }, failed, 2),
        (Fault::missing(at, "request_uri"), failed, 1),
        (Fault::edit(at, "request_uri", json!(7)), failed, 1),
        (Fault::edit(at, "request_uri", json!("")), failed, 1),
        (
            Fault::edit(at, "request_uri", json!("x".repeat(5_000))),
            failed,
            1,
        ),
        (Fault::html(at), failed, 1),
        (Fault::json(at, 204, &json!({})), failed, 1),
        (
            Fault::json(at, 400, &json!({ "error": "invalid_client_metadata" })),
            failed,
            1,
        ),
        (
            Fault::json(at, 400, &json!({ "error": "invalid_request" })),
            failed,
            1,
        ),
        (
            Fault::redirect(at, &format!("{}/oauth/par", network.pds())),
            failed,
            1,
        ),
        (Fault::huge(at, 100_000), failed, 1),
        (Fault::Endless { at }, failed, 1),
        (Fault::status(at, 500), later, 1),
        (
            Fault::status(at, 429).with_header("retry-after", "7"),
            later,
            1,
        ),
        (Fault::Drop { at }, later, 1),
    ] {
        // So that the nonce is known.
        client
            .authorize("alice.test", AuthorizeOptions::new())
            .await
            .unwrap();
        network.forget_requests();
        network.misbehave(fault.clone());
        let error = client
            .authorize("alice.test", AuthorizeOptions::new())
            .await
            .unwrap_err();
        network.behave();
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        assert_eq!(count(&network, at), attempts, "{fault:?}");
    }
    network.misbehave(Fault::status(at, 429).with_header("retry-after", "7"));
    let error = client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

/// AR-04: 200 is fine, and how long the request can be opened is the server's business.
#[tokio::test]
async fn a_pushed_request_may_be_answered_otherwise() {
    let (network, client) = network_and_client().await;
    let at = Endpoint::PushedRequest;
    for fault in [
        Fault::missing(at, "expires_in"),
        Fault::edit(at, "expires_in", json!("soon")),
        Fault::edit(at, "x", json!([1])),
    ] {
        network.misbehave(fault);
        client
            .authorize("alice.test", AuthorizeOptions::new())
            .await
            .unwrap();
        network.behave();
    }
}

/// AR-03: what the endpoint has in its own query stays, but for our two names.
#[tokio::test]
async fn an_endpoint_with_a_query_of_its_own() {
    let network = TestNetwork::start().await.unwrap();
    let endpoint = format!(
        "{}/oauth/authorize?tenant=1&client_id=evil#f",
        network.issuer()
    );
    let at = Endpoint::AuthorizationServer;
    network.misbehave(Fault::edit(at, "authorization_endpoint", endpoint));
    let client = client(&network).await;
    let authorization = client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap();
    let url = Url::parse(authorization.url()).unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    assert_eq!(pairs[0], ("tenant".into(), "1".into()));
    assert_eq!(
        pairs[1],
        ("client_id".into(), client.client_id().to_owned())
    );
    assert_eq!((pairs.len(), url.fragment()), (3, None));
}

/// CM-07, AR-08, RU-01, SC-12: never more than was declared, without asking a server.
#[tokio::test]
async fn more_than_was_declared_is_not_asked_for() {
    let network = TestNetwork::start().await.unwrap();
    let client = builder(&network)
        .optional_scopes(["transition:generic", "transition:chat.bsky"])
        .build()
        .await
        .unwrap();
    let new = AuthorizeOptions::new;
    for options in [
        new().scope("atproto repo:com.example.other"),
        new().scope("repo:*"),
        new().scope("openid"),
        new().scope("transition:chat.bsky"),
        new().scope("x".repeat(40_000)),
        new().redirect_uri("http://127.0.0.1:3000/oauth/callback/"),
        new().redirect_uri("https://evil.example.com"),
        new().redirect_uri(""),
        new().app_state("x".repeat(4_097)),
        new().return_to("x".repeat(4_097)),
    ] {
        let text = format!("{options:?}");
        let error = client.authorize("alice.test", options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{text}");
    }
    assert_eq!(network.requests().len(), 0);
}

/// CM-07: what a sign-in asks for is what is pushed, always with `atproto`, nothing twice.
#[tokio::test]
async fn never_the_scopes_of_one_sign_in_ignored() {
    let network = TestNetwork::start().await.unwrap();
    let client = builder(&network)
        .optional_scopes(["blob:image/*"])
        .build()
        .await
        .unwrap();
    let whole = client.default_scope().to_owned();
    for (asked, pushed) in [
        (None, &*whole),
        (Some(""), "atproto"),
        (Some("atproto"), "atproto"),
        (Some("blob:image/*"), "atproto blob:image/*"),
        (
            Some(" blob:image/*  atproto blob:image/* "),
            "atproto blob:image/*",
        ),
    ] {
        let options = AuthorizeOptions::new();
        let options = asked.map_or(options.clone(), |scope| options.scope(scope));
        client.authorize("alice.test", options).await.unwrap();
        let seen = network.requests_to(Endpoint::PushedRequest).pop().unwrap();
        assert_eq!(seen.form("scope"), Some(pushed), "{asked:?}");
    }
}

/// AR-11: `create` is a wish, and left out where the server does not understand it.
#[tokio::test]
async fn prompts_are_passed_on() {
    let (network, client) = network_and_client().await;
    let prompt = async |prompt: Prompt| {
        let options = AuthorizeOptions::new().prompt(prompt);
        let result = client.authorize("alice.test", options).await;
        let seen = network.requests_to(Endpoint::PushedRequest).pop().unwrap();
        (result.is_ok(), seen.form("prompt").map(str::to_owned))
    };
    for (asked, word) in [
        (Prompt::Login, "login"),
        (Prompt::Consent, "consent"),
        (Prompt::SelectAccount, "select_account"),
        (Prompt::Create, "create"),
    ] {
        assert_eq!(prompt(asked).await, (true, Some(word.to_owned())));
    }
    // A public client is always asked.
    assert_eq!(prompt(Prompt::None).await, (false, Some("none".to_owned())));
    network.misbehave(Fault::missing(
        Endpoint::AuthorizationServer,
        "prompt_values_supported",
    ));
    let fresh = crate::support::client(&network).await;
    let options = AuthorizeOptions::new().prompt(Prompt::Create);
    fresh.authorize("alice.test", options).await.unwrap();
    let seen = network.requests_to(Endpoint::PushedRequest).pop().unwrap();
    assert_eq!(seen.form("prompt"), None);
}

/// Every option is set, and `Debug` leaves out the application's own state.
#[test]
fn options_are_set_one_by_one() {
    let key = "did:plc:ewvi7nxzyoun6zhxrhs64oiz:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let options = AuthorizeOptions::new()
        .scope("atproto")
        .prompt(Prompt::Login)
        .redirect_uri("http://127.0.0.1/")
        .return_to("/a")
        .app_state("hunter2")
        .replaces(&key.parse::<SessionKey>().unwrap());
    let shown = format!("{options:?}");
    for part in [
        "\"atproto\"",
        "Login",
        "\"http://127.0.0.1/\"",
        "\"/a\"",
        key,
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("hunter2"));
}

/// SS-11: how many sign-ins are started at once is bounded, across all accounts; the next one may come
/// when one is over.
#[tokio::test]
async fn starts_at_once_are_limited() {
    let (network, client) = network_and_client().await;
    let at = Endpoint::ResolveHandle;
    network.misbehave(Fault::Hang { at });
    let starts: Vec<_> = (0..128)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                client
                    .authorize("alice.test", AuthorizeOptions::new())
                    .await
            })
        })
        .collect();
    network
        .until(|seen| seen.iter().filter(|one| one.endpoint == at).count() == 128)
        .await;
    let refused = client
        .authorize("alice.test", AuthorizeOptions::new())
        .await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::RateLimited);
    assert!(refused.is_transient() && refused.retry_after().is_some());
    for start in &starts {
        start.abort();
    }
    for start in starts {
        assert!(start.await.is_err());
    }
    network.behave();
    client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap();
}
