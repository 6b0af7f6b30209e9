//! A client on an in-process network.

use std::time::Duration;

use atproto_oauth::testing::TestNetwork;
use atproto_oauth::types::{Clock, Timestamp};
use atproto_oauth::{
    Authorization, Authorize, Error, OAuthClient, OAuthClientBuilder, Session, SignedIn, Store,
};
use secrecy::ExposeSecret;

pub(crate) const SCOPES: [&str; 3] = ["atproto", "repo:com.example.note", "blob:*/*"];

/// The settings that lead a client to `network`.
pub(crate) fn builder(network: &TestNetwork) -> OAuthClientBuilder {
    OAuthClient::builder()
        .base_url("http://127.0.0.1:3000")
        .scopes(SCOPES)
        .store_url("memory:")
        .plc_url(network.plc_url())
        .handle_resolver(network.handle_resolver())
        .allow_loopback(true)
}

pub(crate) async fn client(network: &TestNetwork) -> OAuthClient {
    builder(network).build().await.unwrap()
}

pub(crate) async fn client_with(network: &TestNetwork, store: impl Store) -> OAuthClient {
    builder(network).store(store).build().await.unwrap()
}

/// The part of a callback's address that the client reads.
pub(crate) fn query(address: &str) -> &str {
    address.split_once('?').map_or("", |(_, query)| query)
}

pub(crate) async fn finish(
    client: &OAuthClient,
    authorization: &Authorization,
    address: &str,
) -> Result<SignedIn, Error> {
    client
        .callback(
            query(address),
            Some(authorization.binding().expose_secret()),
        )
        .await
}

/// Starts, says yes, and comes back.
pub(crate) async fn try_sign_in(
    network: &TestNetwork,
    client: &OAuthClient,
    handle: &str,
) -> Result<SignedIn, Error> {
    let authorization = client.authorize(handle, Authorize::default()).await?;
    let address = network.approve(authorization.url(), handle).await.unwrap();
    finish(client, &authorization, &address).await
}

pub(crate) async fn sign_in(network: &TestNetwork, client: &OAuthClient, handle: &str) -> Session {
    try_sign_in(network, client, handle)
        .await
        .unwrap()
        .into_session()
}

/// A clock that runs ahead when it is told to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ahead(std::sync::Arc<std::sync::atomic::AtomicU64>);

impl Ahead {
    pub(crate) fn by(&self, time: Duration) {
        self.0
            .fetch_add(time.as_secs(), std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let ahead = self.0.load(std::sync::atomic::Ordering::SeqCst);
        Timestamp(Timestamp::from(std::time::SystemTime::now()).0 + ahead)
    }
}
