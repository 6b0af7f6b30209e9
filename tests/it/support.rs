//! A client on an in-process network.

mod connection;
mod faulty;
mod fleet;
mod logs;
mod scripted;

pub(crate) use connection::{Connection, Does, Held};
pub(crate) use faulty::{Fails, Faulty};
pub(crate) use fleet::Fleet;
pub(crate) use logs::Logs;
pub(crate) use scripted::Scripted;

pub(crate) use atproto_oauth_tests::{ended, eventually, free_ports, lines, soon};

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use atproto_oauth::jose::ClientKey;
use atproto_oauth::store::{RevocationRecord, SessionRecord};
use atproto_oauth::testing::{Endpoint, Seen, TestNetwork, TestNetworkBuilder};
use atproto_oauth::types::{Clock, SystemClock, Timestamp};
use atproto_oauth::{
    Authorization, AuthorizeOptions, Error, OAuthClient, OAuthClientBuilder, Session, SessionKey,
    SignedIn, Store, XrpcError,
};
use serde_json::Value;

pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// The hints of a session's two revocations.
pub(crate) const BOTH: [&str; 2] = ["refresh_token", "access_token"];

pub(crate) const SCOPES: [&str; 3] = ["atproto", "repo:com.example.note", "blob:*/*"];

/// The settings that lead a client to `network`.
pub(crate) fn builder(network: &TestNetwork) -> OAuthClientBuilder {
    logs::install();
    OAuthClient::builder()
        .base_url("http://127.0.0.1:3000")
        .scopes(SCOPES)
        .store_url("memory:")
        .plc_url(network.plc_url())
        .handle_resolver(network.handle_resolver())
        .lexicon_authority(network.lexicon_authority())
        .allow_loopback(true)
}

pub(crate) async fn client(network: &TestNetwork) -> OAuthClient {
    builder(network).build().await.unwrap()
}

/// A network and a client that tell the time by one clock, which runs ahead when it is told to.
pub(crate) async fn ahead() -> (TestNetwork, OAuthClient, Ahead) {
    ahead_on(TestNetwork::builder()).await
}

/// The same, on a network of another shape.
pub(crate) async fn ahead_on(network: TestNetworkBuilder) -> (TestNetwork, OAuthClient, Ahead) {
    logs::install();
    let clock = Ahead::default();
    let network = network.clock(Arc::new(clock.clone())).start();
    let network = network.await.unwrap();
    let client = builder(&network).clock(clock.clone());
    let client = client.build().await.unwrap();
    (network, client, clock)
}

/// A network and a client of development.
pub(crate) async fn network_and_client() -> (TestNetwork, OAuthClient) {
    let network = TestNetwork::start().await.unwrap();
    let client = client(&network).await;
    (network, client)
}

/// The same, and a session of Alice.
pub(crate) async fn signed_in() -> (TestNetwork, OAuthClient, Session) {
    let (network, client) = network_and_client().await;
    let session = sign_in(&network, &client, "alice.test").await;
    (network, client, session)
}

/// A network, a client and a session of Alice that tell the time by one clock.
pub(crate) async fn ahead_signed_in() -> (TestNetwork, OAuthClient, Ahead, Session) {
    let (network, client, clock) = ahead().await;
    let session = sign_in(&network, &client, "alice.test").await;
    (network, client, clock, session)
}

/// A network and a store that can fail, by one clock: `Faulty::new` or `Faulty::shared`.
pub(crate) async fn network_and_store(
    store: impl FnOnce(Ahead) -> Faulty,
) -> (TestNetwork, Faulty, Ahead) {
    let clock = Ahead::default();
    let network = network_at(&clock).await;
    (network, store(clock.clone()), clock)
}

/// A process on that network and store; the same again is another process, or this one after a restart.
pub(crate) async fn process(network: &TestNetwork, store: &Faulty, clock: &Ahead) -> OAuthClient {
    let builder = builder(network).clock(clock.clone()).secret(SECRET);
    builder.store(store.clone()).build().await.unwrap()
}

pub(crate) async fn network_at(clock: &Ahead) -> TestNetwork {
    logs::install();
    let builder = TestNetwork::builder().clock(Arc::new(clock.clone()));
    builder.start().await.unwrap()
}

/// No real secret: it protects nothing.
pub(crate) const SECRET: &str = "3v5l0PoV0ykzYBQ5y8bNqXzuIqYvCjAPxf0yQbKp6sU";

/// A deployed client with these keys; its documents are where the network looks for them.
pub(crate) async fn confidential(
    network: &TestNetwork,
    keys: &[&ClientKey],
    change: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
) -> OAuthClient {
    let plain = || {
        let builder = OAuthClient::builder()
            .base_url("https://app.example.com")
            .scopes(SCOPES)
            .secret(SECRET)
            .store_url("memory:")
            .test_network(network);
        let add = |builder: OAuthClientBuilder, key: &&ClientKey| builder.client_key(copy(key));
        keys.iter().fold(builder, add)
    };
    // Published before there is a client that works off what waits in its store.
    publish(network, &plain().build().await.unwrap());
    let client = change(plain()).build().await.unwrap();
    publish(network, &client);
    client
}

/// The authorization servers find the documents of this client from now on.
pub(crate) fn publish(network: &TestNetwork, client: &OAuthClient) {
    let metadata: Value = serde_json::from_slice(client.client_metadata()).unwrap();
    let keys: Value = serde_json::from_slice(&client.key_set()).unwrap();
    let keys = client.is_confidential().then_some(&keys);
    network.register_client(client.client_id(), &metadata, keys);
}

pub(crate) fn client_key() -> ClientKey {
    ClientKey::with_thumbprint(atproto_oauth::jose::PrivateKey::generate().unwrap())
}

/// The same key again, as after a restart.
pub(crate) fn copy(key: &ClientKey) -> ClientKey {
    let (d, x, y) = key.private().parts();
    let same = atproto_oauth::jose::PrivateKey::from_parts(&d, &x, &y).unwrap();
    ClientKey::new(key.kid(), same).unwrap()
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
        .callback(query(address), Some(authorization.binding()))
        .await
}

/// Starts and says yes; the address of the callback.
pub(crate) async fn approved(
    network: &TestNetwork,
    client: &OAuthClient,
    handle: &str,
) -> (Authorization, String) {
    let authorization = client.authorize(handle, AuthorizeOptions::new()).await;
    let authorization = authorization.unwrap();
    let address = network.approve(authorization.url(), handle).await.unwrap();
    (authorization, address)
}

/// Starts, says yes, and comes back.
pub(crate) async fn try_sign_in(
    network: &TestNetwork,
    client: &OAuthClient,
    handle: &str,
) -> Result<SignedIn, Error> {
    let authorization = client
        .authorize(handle, AuthorizeOptions::default())
        .await?;
    let address = network.approve(authorization.url(), handle).await.unwrap();
    finish(client, &authorization, &address).await
}

pub(crate) async fn sign_in(network: &TestNetwork, client: &OAuthClient, handle: &str) -> Session {
    try_sign_in(network, client, handle)
        .await
        .unwrap()
        .into_session()
}

/// A clock that stands still until it is told to run ahead: what a test sees does not depend on how long it takes.
#[derive(Clone, Debug)]
pub(crate) struct Ahead(Arc<AtomicU64>);

impl Default for Ahead {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(SystemClock.now().0)))
    }
}

impl Ahead {
    pub(crate) fn by(&self, time: Duration) {
        self.0.fetch_add(time.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A request to the account's PDS that needs a token.
pub(crate) async fn me(session: &Session) -> Result<Value, XrpcError> {
    session.query("com.atproto.server.getSession", &()).await
}

/// What the store has of a session.
pub(crate) async fn record(client: &OAuthClient, key: &SessionKey) -> SessionRecord {
    let stored = client.vault().get::<SessionRecord>(&key.to_string()).await;
    stored.unwrap().unwrap().record
}

/// How many tokens wait to be revoked.
pub(crate) async fn queued(client: &OAuthClient) -> usize {
    let queue = RevocationRecord::QUEUE;
    let page = client.vault().list::<RevocationRecord>(queue, None, 1_000);
    page.await.unwrap().items.len()
}

/// Waits until `endpoint` got a request.
#[track_caller]
pub(crate) fn until_requested(
    network: &TestNetwork,
    endpoint: Endpoint,
) -> impl Future<Output = ()> {
    network.until(move |seen| seen.iter().any(|one| one.endpoint == endpoint))
}

/// How many requests `endpoint` got.
pub(crate) fn count(network: &TestNetwork, endpoint: Endpoint) -> usize {
    network.requests_to(endpoint).len()
}

/// How many of them were answered with 200: those that only brought a nonce do not count.
pub(crate) fn done(network: &TestNetwork, endpoint: Endpoint) -> usize {
    let all = network.requests_to(endpoint);
    all.iter().filter(|seen| seen.status == Some(200)).count()
}

/// A claim of a request's proof.
pub(crate) fn claim(seen: &Seen, name: &str) -> Option<String> {
    let (_, claims) = seen.proof()?;
    claims.get(name)?.as_str().map(str::to_owned)
}

/// The hints of the revocations so far, in order, without those that only brought a nonce.
pub(crate) fn revoked(network: &TestNetwork) -> Vec<String> {
    let hint = |seen: &Seen| seen.form("token_type_hint").unwrap().to_owned();
    let done = |seen: &&Seen| seen.status == Some(200);
    let all = network.requests_to(Endpoint::Revocation);
    all.iter().filter(done).map(hint).collect()
}
