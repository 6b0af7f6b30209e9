//! A transport of the application's own sees every request that leaves.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use atproto_oauth::testing::{Endpoint, TestNetwork};
use atproto_oauth::transport::{Body, Guarded, Limits, Transport, TransportError};
use futures_util::future::BoxFuture;
use http::{Request, Response};

use crate::support::*;

/// The library's own transport, and what it was asked to send.
#[derive(Clone, Debug)]
struct Counting {
    real: Guarded,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Transport for Counting {
    fn send(
        &self,
        request: Request<Body>,
        limits: Limits,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let line = format!("{} {}", request.method(), request.uri());
        self.sent.lock().unwrap().push(line);
        self.real.send(request, limits)
    }

    fn txt(
        &self,
        name: &str,
        deadline: Duration,
    ) -> BoxFuture<'_, Result<Vec<String>, TransportError>> {
        self.real.txt(name, deadline)
    }
}

/// All that servers saw, but for the person's browser.
fn arrived(network: &TestNetwork) -> Vec<String> {
    let mut seen = network.requests();
    seen.retain(|seen| seen.endpoint != Endpoint::Authorize);
    let lines = seen
        .iter()
        .map(|seen| format!("{} {}{}", seen.method, seen.server, seen.uri));
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines
}

/// SS-09: a transport of the application's own carries every request there is.
#[tokio::test]
async fn nothing_leaves_past_the_transport() {
    let clock = Ahead::default();
    let network = network_at(&clock).await;
    let transport = Counting {
        real: Guarded::builder().allow_loopback(true).build().unwrap(),
        sent: Arc::default(),
    };
    let client = builder(&network).clock(clock.clone());
    let client = client.transport(transport.clone()).build().await.unwrap();

    let session = sign_in(&network, &client, "alice.test").await;
    me(&session).await.unwrap();
    clock.by(Duration::from_hours(2));
    me(&session).await.unwrap();
    client.revoke(&session.key()).await.unwrap();

    for endpoint in [
        Endpoint::PushedRequest,
        Endpoint::Exchange,
        Endpoint::Xrpc,
        Endpoint::Refresh,
        Endpoint::Revocation,
    ] {
        assert!(count(&network, endpoint) > 0, "{endpoint:?}");
    }
    let mut sent = transport.sent.lock().unwrap().clone();
    sent.sort();
    assert_eq!(sent, arrived(&network));
}
