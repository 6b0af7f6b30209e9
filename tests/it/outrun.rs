//! A token that is replaced each time it is on its way.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use atproto_oauth::store::{Commit, SessionRecord};
use atproto_oauth::testing::Endpoint;
use atproto_oauth::transport::{Body, Guarded, Limits, Transport, TransportError};
use atproto_oauth::{OAuthClient, Session, XrpcError};
use futures_util::future::BoxFuture;
use http::{Request, Response};

use crate::support::*;

/// A PDS that rejects every token. While requests are on their way, another process refreshes the session.
#[derive(Clone, Debug)]
struct Outrun(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    real: Guarded,
    session: OnceLock<(OAuthClient, String)>,
    refreshes: AtomicUsize,
}

impl Outrun {
    /// The next `times` requests are outrun.
    fn by(&self, times: usize) {
        self.0.refreshes.store(times, Ordering::SeqCst);
    }

    async fn refresh(&self) {
        let less = |left: usize| left.checked_sub(1);
        let (order, left) = (Ordering::SeqCst, &self.0.refreshes);
        let Ok(left) = left.fetch_update(order, order, less) else {
            return;
        };
        let (client, id) = self.0.session.get().unwrap();
        let stored = client.vault().get::<SessionRecord>(id).await;
        let mut stored = stored.unwrap().unwrap();
        stored.record.access_token = format!("another {left}").into();
        let change = client.vault().put(&stored.record, Some(stored.version));
        let done = client.vault().commit(vec![change.unwrap()]).await;
        assert_eq!(done.unwrap(), Commit::Done);
    }
}

impl Transport for Outrun {
    fn send(
        &self,
        request: Request<Body>,
        limits: Limits,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        if self.0.session.get().is_none()
            || !request.uri().path().starts_with("/xrpc/com.atproto.server")
        {
            return self.0.real.send(request, limits);
        }
        Box::pin(async {
            self.refresh().await;
            let challenge = "DPoP error=\"invalid_token\"";
            let refusal = Response::builder().status(401);
            let refusal = refusal.header("www-authenticate", challenge);
            Ok(refusal.body(Body::empty()).unwrap())
        })
    }

    fn txt(
        &self,
        name: &str,
        limit: Duration,
    ) -> BoxFuture<'_, Result<Vec<String>, TransportError>> {
        self.0.real.txt(name, limit)
    }
}

/// TK-03, scenario 44: a transient error, which says so. Where no process replaces the token, the answer of the PDS
/// counts.
#[tokio::test]
async fn a_token_that_is_always_replaced_is_no_refusal() {
    let (clock, wire) = (
        Ahead::default(),
        Outrun(Arc::new(Inner {
            real: Guarded::builder().allow_loopback(true).build().unwrap(),
            session: OnceLock::new(),
            refreshes: AtomicUsize::new(0),
        })),
    );
    let network = network_at(&clock).await;
    let store = Faulty::shared(clock.clone());
    let process = || {
        builder(&network)
            .clock(clock.clone())
            .secret(SECRET)
            .store(store.clone())
    };
    let here = process().transport(wire.clone()).build().await.unwrap();
    let there = process().build().await.unwrap();
    let session: Session = sign_in(&network, &here, "alice.test").await;
    let id = session.key().to_string();
    wire.0.session.set((there, id)).unwrap();

    wire.by(4);
    let error = me(&session).await.unwrap_err();
    assert!(matches!(error, XrpcError::Session(_)), "{error}");
    assert!(error.is_transient() && !error.needs_login(), "{error}");
    assert_eq!(done(&network, Endpoint::Refresh), 0);

    // One refresh, one replay, then its answer.
    let error = me(&session).await.unwrap_err();
    assert!(
        matches!(error, XrpcError::Server { status, .. } if status.as_u16() == 401),
        "{error}"
    );
    assert_eq!(done(&network, Endpoint::Refresh), 1);
}
