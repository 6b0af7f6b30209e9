//! Every way to misbehave does what its documentation says.

use std::io::ErrorKind;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::client::Client;
use super::web::{get, parameter, try_send};
use crate::testing::{Endpoint, Fault, TestNetwork};

const SESSION: &str = "com.atproto.server.getSession";

fn document(network: &TestNetwork) -> String {
    format!(
        "{}/{}",
        network.plc_url(),
        network.account("alice.test").unwrap().did
    )
}

#[tokio::test]
async fn an_answer_is_replaced_and_nothing_is_done() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    network.misbehave(Fault::status(Endpoint::Refresh, 503).with_header("retry-after", "7"));
    let answer = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!((answer.status, answer.error()), (503, "server_error"));
    assert_eq!(answer.headers["retry-after"], "7");
    network.behave();
    let answer = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(answer.status, 200, "the refresh token was not used up");
}

#[tokio::test]
async fn an_answer_is_edited() {
    let network = TestNetwork::start().await.unwrap();
    let url = document(&network);
    network.misbehave(Fault::edit(Endpoint::DidDocument, "id", "did:web:evil.dev"));
    network.misbehave(Fault::edit(
        Endpoint::DidDocument,
        "/service/0/serviceEndpoint",
        json!({ "uri": "https://evil.dev" }),
    ));
    network.misbehave(Fault::edit(
        Endpoint::DidDocument,
        "/service/1",
        json!("second"),
    ));
    network.misbehave(Fault::missing(Endpoint::DidDocument, "/alsoKnownAs/0"));
    let lie = get(&url).await.body;
    assert_eq!(lie["id"], "did:web:evil.dev");
    assert_eq!(
        lie["service"][0]["serviceEndpoint"]["uri"],
        "https://evil.dev"
    );
    assert_eq!(lie["service"][1], "second");
    assert_eq!(lie["alsoKnownAs"], json!([]));
    network.behave();
    network.misbehave(Fault::missing(Endpoint::DidDocument, "service"));
    assert_eq!(get(&url).await.body.get("service"), None);
}

#[tokio::test]
async fn a_fault_has_its_time_and_place() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let at = |number: usize| {
        let pds = network.pds_at(number);
        format!("{pds}/.well-known/oauth-protected-resource")
    };
    network.misbehave_at(
        network.pds_at(1),
        Fault::status(Endpoint::ProtectedResource, 500),
    );
    assert_eq!(get(&at(0)).await.status, 200);
    assert_eq!(get(&at(1)).await.status, 500);
    network.behave();
    network.misbehave_times(2, Fault::status(Endpoint::Any, 404));
    assert_eq!(get(&at(0)).await.status, 404);
    assert_eq!(get(&at(1)).await.status, 404);
    assert_eq!(get(&at(0)).await.status, 200);
}

/// Scenarios 34 and 36: processed, and the answer is lost.
#[tokio::test]
async fn a_connection_is_dropped_after_the_request_was_processed() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    network.misbehave_times(
        1,
        Fault::Drop {
            at: Endpoint::Refresh,
        },
    );
    let url = format!("{}/oauth/token", network.issuer());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "refresh_token")
        .append_pair("refresh_token", &tokens.text("refresh_token"))
        .append_pair("client_id", &client.id)
        .finish();
    let request = Request::post(&url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("dpop", client.proof("POST", &url, None))
        .body(Bytes::from(query));
    let lost = try_send(request.unwrap()).await.unwrap_err();
    assert_eq!(
        lost.kind(),
        ErrorKind::InvalidData,
        "closed without a byte: {lost:?}"
    );
    let seen = network.requests_to(Endpoint::Refresh);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].form("grant_type"), Some("refresh_token"));
    assert_eq!(
        seen[0].status,
        Some(200),
        "answered, but the answer got lost"
    );
    let answer = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(answer.error(), "invalid_grant", "it was used up");
}

#[tokio::test]
async fn nonces_without_end() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let access = client.sign_in("alice.test").await.text("access_token");
    network.misbehave(Fault::EndlessNonces { at: Endpoint::Any });
    let url = format!("{}/xrpc/{SESSION}", network.pds());
    let mut before = None;
    for _ in 0..3 {
        let answer = client.xrpc_once(&access, "GET", &url, &Value::Null).await;
        assert_eq!((answer.status, answer.error()), (401, "use_dpop_nonce"));
        assert!(answer.headers.contains_key("www-authenticate"));
        assert_ne!(answer.nonce(), before);
        before = answer.nonce();
    }
    client.key = crate::jose::DpopKey::generate().unwrap();
    let answer = client.push().await;
    assert_eq!((answer.status, answer.error()), (400, "use_dpop_nonce"));
    network.behave();
    network.misbehave(Fault::no_nonce(Endpoint::PushedRequest));
    client.nonce = None;
    let answer = client
        .post_once("/oauth/par", &[("client_id".into(), client.id.clone())])
        .await;
    assert_eq!((answer.error(), answer.nonce()), ("use_dpop_nonce", None));
}

/// CB-03: `iss` is there, unless a fault says otherwise.
#[tokio::test]
async fn the_way_back_is_edited() {
    let network = TestNetwork::start().await.unwrap();
    for (fault, iss) in [
        (Fault::no_iss(), None),
        (
            Fault::foreign_iss("https://evil.dev"),
            Some("https://evil.dev"),
        ),
    ] {
        network.misbehave(fault);
        let mut client = Client::new(&network, "atproto");
        let url = client.start().await;
        let callback = network.approve(&url, "alice.test").await.unwrap();
        assert_eq!(parameter(&callback, "iss").as_deref(), iss);
        assert_eq!(parameter(&callback, "state").unwrap(), client.state);
        assert!(parameter(&callback, "code").is_some());
        network.behave();
    }
}

#[tokio::test]
async fn a_server_hangs_waits_drips_or_never_stops() {
    let network = TestNetwork::start().await.unwrap();
    let url = document(&network);
    let at = Endpoint::DidDocument;
    let arrived = |n: usize| move |seen: &[crate::testing::Seen]| seen.len() == n;

    network.misbehave_times(1, Fault::Hang { at });
    let hanging = tokio::spawn({
        let url = url.clone();
        async move { get(&url).await }
    });
    network.until(arrived(1)).await;
    assert_eq!(network.requests()[0].status, None);
    hanging.abort();

    network.misbehave_times(
        1,
        Fault::Delay {
            at,
            by: Duration::from_millis(30),
        },
    );
    let start = std::time::Instant::now();
    assert_eq!(get(&url).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(30));

    let every = Duration::from_micros(10);
    network.misbehave_times(1, Fault::Drip { at, every });
    let did = network.account("alice.test").unwrap().did;
    assert_eq!(get(&url).await.body["id"], did.as_str());

    network.misbehave_times(1, Fault::Endless { at });
    let request = Request::get(&url).body(Bytes::new()).unwrap();
    let endless = try_send(request).await.unwrap_err();
    assert_eq!(
        endless.kind(),
        ErrorKind::InvalidData,
        "cut off at a megabyte"
    );

    network.misbehave_times(1, Fault::huge(at, 100_000));
    let huge = get(&url).await;
    assert_eq!(huge.text("padding").len(), 100_000 - 14);
    assert_eq!(get(&url).await.body["id"], did.as_str());
}

/// SS-05, DP-17, DS-01: other answers that a client must not take.
#[tokio::test]
async fn pages_and_redirects_instead_of_documents() {
    let network = TestNetwork::start().await.unwrap();
    let url = document(&network);
    network.misbehave(Fault::html(Endpoint::DidDocument));
    assert_eq!(get(&url).await.headers["content-type"], "text/html");
    network.behave();
    network.misbehave(Fault::redirect(
        Endpoint::DidDocument,
        "http://169.254.169.254/",
    ));
    let answer = get(&url).await;
    assert_eq!((answer.status, answer.body), (307, Value::Null));
    assert_eq!(answer.headers["location"], "http://169.254.169.254/");
    network.behave();
    let mut client = Client::new(&network, "atproto");
    let access = client.sign_in("alice.test").await.text("access_token");
    network.misbehave(Fault::unauthorized_for_ever());
    let answer = client.xrpc(&access, "GET", SESSION, Value::Null).await;
    assert_eq!((answer.status, answer.error()), (401, "invalid_token"));
}

/// A held request is seen and not answered, others are; then it is answered, and the next ones do not wait.
#[tokio::test]
async fn a_hold_ends_when_it_is_released_or_dropped() {
    let network = TestNetwork::start().await.unwrap();
    let (document, other) = (
        document(&network),
        format!("{}/xrpc/{SESSION}", network.pds()),
    );
    for is_released in [true, false] {
        network.forget_requests();
        let hold = network.hold(Endpoint::DidDocument);
        let waiting = tokio::spawn({
            let url = document.clone();
            async move { get(&url).await.status }
        });
        network.until(|seen| seen.len() == 1).await;
        assert_eq!(get(&other).await.status, 401);
        assert_eq!(network.requests()[0].status, None);
        assert!(!waiting.is_finished());
        if is_released {
            hold.release();
        } else {
            drop(hold);
        }
        assert_eq!(waiting.await.unwrap(), 200);
        assert_eq!(get(&document).await.status, 200);
    }
}
