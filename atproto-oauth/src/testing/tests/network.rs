//! The network itself: its clock, its log, its end.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::client::Client;
use super::web::{get, try_send};
use crate::testing::limit::{EVENT_LIMIT, within};
use crate::testing::{Endpoint, TestNetwork};
use crate::types::{Clock, Timestamp};

#[derive(Debug)]
struct Fixed(u64);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp(self.0)
    }
}

/// DP-14: servers with another time say which.
#[tokio::test]
async fn a_network_with_its_own_clock() {
    let clock = Arc::new(Fixed(784_111_777));
    let network = TestNetwork::builder().clock(clock).start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let answer = client.push().await;
    assert_eq!(answer.error(), "invalid_dpop_proof");
    assert_eq!(answer.headers["date"], "Sun, 06 Nov 1994 08:49:37 GMT");
    client.proof = json!({ "iat": 784_111_777 });
    assert_eq!(client.push().await.status, 201);
}

#[tokio::test]
async fn the_log_tells_what_was_sent_and_hides_it_from_debug() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    assert_eq!(network.requests_to(Endpoint::Refresh).len(), 0);
    let seen = network.requests_to(Endpoint::Exchange).remove(0);
    assert_eq!(seen.server, network.issuer());
    assert_eq!(seen.uri.path(), "/oauth/token");
    assert_eq!(seen.form("code_verifier"), Some(&*client.verifier));
    assert_eq!(seen.proof().unwrap().1["htm"], "POST");
    assert_eq!(seen.assertion().unwrap().1["aud"], network.issuer());
    let debug = format!("{seen:?} {network:?}");
    assert!(
        debug.contains("code_verifier") && !debug.contains(&client.verifier),
        "{debug}"
    );
    assert!(!debug.contains(&tokens.text("access_token")));
    network.forget_requests();
    assert_eq!(network.requests().len(), 0);
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let network = TestNetwork::start().await.unwrap();
    let port = network.plc_url().rsplit(':').next().unwrap();
    let port = port.parse::<u16>().unwrap();
    let error = TestNetwork::builder().port(port).start().await.unwrap_err();
    assert_eq!(error.kind(), crate::error::ErrorKind::Configuration);
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn the_servers_stop_with_the_network() {
    // The port may be another network's afterwards, which does not know this account.
    let builder = TestNetwork::builder().accounts(["stops.test"]);
    let network = builder.start().await.unwrap();
    let did = network.account("stops.test").unwrap().did;
    let url = format!("{}/{did}", network.plc_url());
    let clone = network.clone();
    drop(network);
    assert_eq!(get(&url).await.status, 200);
    drop(clone);
    // Each attempt gives the server a turn to stop.
    let stopped = async {
        loop {
            let request = Request::get(&url).body(Bytes::new()).unwrap();
            match try_send(request).await {
                Ok(answer) if answer.status() == 200 => {}
                _ => break,
            }
        }
    };
    let stopped = within(EVENT_LIMIT, stopped).await;
    stopped.expect("the servers are still there");
}
